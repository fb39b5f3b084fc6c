using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Learning.Registry;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Allocation;

/// <summary>A policy from the registry decides the weights of a backtest and of a live session.</summary>
public sealed class PolicySessionTests(PolicySessionTests.Trained once) : IClassFixture<PolicySessionTests.Trained>, IDisposable
{
    public sealed class Trained() : TrainedOnce(TrainAsync);

    private const string Strategies = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "sides": "both", "size": { "percentOfEquity": 80 } },
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "percentOfEquity": 150 } }
        """;

    private const string Learned = """
        , "portfolio": { "weights": "ppo", "limits": { "maxGrossPercent": 70 }, "rebalance": { "every": "1w", "window": "3w" },
          "allocator": { "steps": 2048, "seeds": 2, "episode": 50, "registry": "REGISTRY" } }
        """;

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string Registry => Path.Combine(_under.Folder, "models");

    private static Task<BatchRun> TrainAsync(SessionUnderTest under) => under.BacktestAsync(Strategies,
        more: Learned.Replace("REGISTRY", Path.Combine(under.Folder, "models"), StringComparison.Ordinal));

    private static BatchSpec Production(string folder) =>
        new ProductionReader(TestCatalogues.All).Read(Path.Combine(folder, "prod.json")).Spec;

    [Fact]
    public async Task A_live_session_decides_the_weights_of_the_backtest_to_the_bit_and_writes_each_into_its_journal()
    {
        var trained = await once.CopyAsync(_under);
        var to = DateTime.Parse("2022-02-10", CultureInfo.InvariantCulture).Ticks;
        var spec = Production(trained.Folder);
        var backtest = await _under.RunAsync(spec with { Data = spec.Data with { To = to } }, "production");
        var state = Path.Combine(_under.Folder, "state");
        var live = await _under.LiveAsync(trained, with: r => r with { State = state });

        live.Against!.IsSame.ShouldBeTrue();
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Ledger.Trades.Count.ShouldBeGreaterThan(20);
        var expected = File.ReadAllLines(Path.Combine(backtest.Folder, "weights.csv"));
        File.ReadAllLines(Path.Combine(live.Run.Folder, "weights.csv")).ShouldBe(expected);
        File.ReadAllBytes(Path.Combine(live.Run.Folder, "equity.csv")).ShouldBe(
            File.ReadAllBytes(Path.Combine(backtest.Folder, "equity.csv")));

        var decided = await JournalAsync(Directory.GetFiles(state, "*.grj", SearchOption.AllDirectories)
            .Single(f => !f.Contains("paper", StringComparison.Ordinal)));
        decided.Count.ShouldBe(expected.Length - 1);
        foreach (var (fact, line) in decided.Zip(expected.Skip(1)))
        {
            var fields = line.Split(',');
            new DateTime(fact.Timestamp, DateTimeKind.Utc).ShouldBe(DateTime.Parse(fields[0], CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal));
            fact.Weights.Values.Select(w => w.ToString("R", CultureInfo.InvariantCulture)).ShouldBe(fields[1..^1]);
        }
        // The policy decides again wherever the change exceeds the band.
        decided.Select(d => d.Weights.Values.First()).Distinct().Count().ShouldBeGreaterThan(decided.Count / 10);
    }

    [Fact]
    public async Task A_session_that_begins_in_the_middle_decides_as_a_backtest_from_there()
    {
        var trained = await once.CopyAsync(_under);
        var from = DateTime.Parse("2022-01-20", CultureInfo.InvariantCulture).Ticks;
        var live = await _under.LiveAsync(trained, with: r => r with { From = from });
        live.Against!.IsSame.ShouldBeTrue();
        live.Ledger.Trades.Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Every_window_leaves_a_version_with_its_checks_and_training_again_adds_none()
    {
        var trained = await once.CopyAsync(_under);
        var registry = new ModelRegistry(new FileModelStore(Registry), TestCatalogues.All.ModelKinds);
        var windows = Results(trained.Folder).GetProperty("windows");
        var versions = registry.Versions("live-weights");
        versions.Count.ShouldBe(windows.GetArrayLength());
        versions.Count.ShouldBeGreaterThan(1);
        versions.Select(v => $"live-weights:{v.Number}").ShouldBe(
            windows.EnumerateArray().Select(w => w.GetProperty("version").GetString()!));
        versions[^1].Lineage.Checks!.Count.ShouldBe(10);
        versions.SkipLast(1).ShouldAllBe(v => v.Lineage.Checks == null);
        versions[^1].Lineage.OutOfSample.Keys.ShouldBe(["validation", "test", "stressed"]);
        registry.Pointer("live-weights").Current.ShouldBe(Results(trained.Folder).GetProperty("promoted").GetBoolean()
            ? versions.Count : 0);
        await TrainAsync(_under);
        registry.Versions("live-weights").Count.ShouldBe(versions.Count);
    }

    [Fact]
    public async Task A_configuration_whose_version_was_replaced_or_whose_strategies_are_others_is_refused()
    {
        var trained = await once.CopyAsync(_under);
        var file = Path.Combine(trained.Folder, "prod.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        json["policy"]!["hash"] = new string('0', 64);
        File.WriteAllText(file, json.ToJsonString());
        Should.Throw<InputException>(() => Production(trained.Folder)).Message.ShouldContain("is another one than");

        trained = await once.CopyAsync(_under);
        json = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        json["strategies"]!.AsArray().RemoveAt(0);
        File.WriteAllText(file, json.ToJsonString());
        (await Should.ThrowAsync<InputException>(() => _under.LiveAsync(trained, "other"))).Message
            .ShouldContain("which the configuration does not have");
    }

    private static JsonElement Results(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "results.json"))).RootElement.GetProperty("allocator");

    private static async Task<List<WeightsDecided>> JournalAsync(string path)
    {
        var decided = new List<WeightsDecided>();
        await using var journal = FileJournal.Open(Path.GetDirectoryName(path)!, TimeProvider.System, name: Path.GetFileName(path));
        await foreach (var entry in journal.ReadAsync(new JournalQuery(), TestContext.Current.CancellationToken))
            if (JournalCodec.Decode(entry) is WeightsDecided fact)
                decided.Add(fact);
        return decided;
    }
}
