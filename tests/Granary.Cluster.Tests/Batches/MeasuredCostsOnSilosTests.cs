using Granary.Backtesting.Costs;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Measured costs on silos are those of one process, also at their upper end.</summary>
public sealed class MeasuredCostsOnSilosTests : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

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
        await using var cluster = await TestSilos.StartAsync(2, s => s with { ChecksSpreadFrom = 0 });
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
}
