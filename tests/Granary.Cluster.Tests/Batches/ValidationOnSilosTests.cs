using Granary.Backtesting.Costs;
using Granary.Cluster.Feeds;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Batches;

/// <summary>
/// The looks that follow a batch, for look-ahead and under stressed costs, are spread over the silos like the batch, and find the same.
/// </summary>
[Collection<PlainSilos>]
public sealed class ValidationOnSilosTests(PlainSilos.Cluster shared, ValidationOnSilosTests.Spread spread)
    : IClassFixture<ValidationOnSilosTests.Spread>
{
    /// <summary>Silos that spread the smallest look.</summary>
    public sealed class Spread : IAsyncLifetime
    {
        internal TestSilos Silos { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silos = await TestSilos.StartAsync(2, s => s with { ChecksSpreadFrom = 0 });

        public ValueTask DisposeAsync() => Silos.DisposeAsync();
    }

    private readonly TestBatches _batches = shared.Batches;

    private string Foretelling => _batches.Write("foretelling", """
        { "name": "foretelling", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
          "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
          "strategies": [ { "class": "Foreteller", "params": { "ahead": [10, 20, 30, 40, 50] }, "size": { "percentOfEquity": 20 } },
                          { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal" }, "seed": 3 }
        """);

    [Fact]
    public async Task Spread_over_silos_they_find_what_they_find_in_one_process()
    {
        var cluster = spread.Silos;
        foreach (var batch in new[] { Foretelling, _batches.Costly, _batches.Sweep })
        {
            var embedded = await _batches.EmbeddedAsync(batch);
            var status = await cluster.RunAsync(batch);
            status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
            status.Digest.ShouldBe(embedded.Model.Digest);
            (status.Progress.Done, status.Progress.Strategies).ShouldBe((embedded.Model.Strategies.Count, embedded.Model.Strategies.Count));
            string Ours(string file) =>
                File.ReadAllText(Path.Combine(cluster.Runs, status.Id, file)).Replace(status.Id, status.Name, StringComparison.Ordinal);
            Ours("results.json").ShouldBe(await File.ReadAllTextAsync(Path.Combine(embedded.Folder, "results.json"),
                TestContext.Current.CancellationToken));
            // They have run as passes of the cluster: the one with stressed costs, the true bars and the perturbed ones.
            foreach (var pass in new[] { "rs has", ";until=", ";perturb=" })
                cluster.Log.Text.Split('\n')
                    .ShouldContain(l => l.Contains($"Run {status.Id}: pass ", StringComparison.Ordinal)
                        && l.Contains(pass, StringComparison.Ordinal), pass);
        }
        (await File.ReadAllTextAsync(Path.Combine((await _batches.EmbeddedAsync(Foretelling)).Folder, "results.json"),
            TestContext.Current.CancellationToken)).ShouldContain("when only later bars were changed");
    }

    // At their upper end too.
    [Fact]
    public async Task A_batch_with_measured_costs_has_the_results_of_one_process()
    {
        var set = new FillSet();
        set.Fills.AddRange(Enumerable.Range(0, 80).Select(i => new MeasuredFill(new DateTime(2023, 1, 3).AddHours(i * 7).Ticks, "A",
            i % 2 == 0 ? Side.Buy : Side.Sell, 1 + i % 5, 100 * (1 + (i % 2 == 0 ? 1 : -1) * (2 + i % 3) / 1e4), "")
        { Open = 100 }));
        CostStudyFiles.Write(Path.Combine(_batches.Folder, "costs.json"), CostStudy.Of(set, ["test"]));
        var batch = _batches.Write("measured", """
            { "name": "measured", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05, "costs": "costs.json" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" }, "seed": 3 }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        var cluster = spread.Silos;
        var status = await cluster.RunAsync(batch);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        var results = File.ReadAllText(Path.Combine(cluster.Runs, status.Id, "results.json"))
            .Replace(status.Id, status.Name, StringComparison.Ordinal);
        results.ShouldBe(await File.ReadAllTextAsync(Path.Combine(embedded.Folder, "results.json"), TestContext.Current.CancellationToken));
        results.ShouldContain("of the costs");
        cluster.Log.Text.Split('\n').ShouldContain(l => l.Contains("pass ", StringComparison.Ordinal)
            && l.Contains("ru has", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_little_is_done_where_the_report_is_made()
    {
        var cluster = shared.Silos;
        var status = await cluster.RunAsync(Foretelling);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        cluster.Log.Text.Split('\n').Count(l => l.Contains($"Run {status.Id}: pass ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("head=2000")]
    [InlineData("head=100000;until=638400000000000000:8192")]
    [InlineData("head=3000;until=638100000000000000:100;perturb=638100000000000000:18446744073709551615:21")]
    public async Task Changes_of_a_series_are_text_and_back(string changes)
    {
        var spec = new Granary.Simulation.Batches.BatchReader(TestCatalogues.All).Read(Foretelling);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null), TestContext.Current.CancellationToken);
        Granary.Simulation.LookAhead.SeriesChanges.Of(series).ShouldBe("");
        var changed = Granary.Simulation.LookAhead.SeriesChanges.Apply(series, changes);
        Granary.Simulation.LookAhead.SeriesChanges.Of(changed).ShouldBe(changes);
        changed.ContentHash.ShouldBe(series.ContentHash, "by it silos know that they have the same bars");
        var key = new FeedKey("set", "A/B?C", Timeframe.Parse("1h"));
        FeedKey.Parse(key.ToString()).ShouldBe(key);
        Should.Throw<FormatException>(() => Granary.Simulation.LookAhead.SeriesChanges.Apply(series,
            "newer=1")).Message.ShouldContain("'newer=1'");
    }
}
