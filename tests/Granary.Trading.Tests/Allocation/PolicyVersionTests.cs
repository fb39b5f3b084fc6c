using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Learning.Registry;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Allocation;

/// <summary>Newer promoted versions of a policy take the place of that of a production configuration.</summary>
public sealed class PolicyVersionTests(PolicyVersionTests.Trained once) : IClassFixture<PolicyVersionTests.Trained>, IDisposable
{
    public sealed class Trained() : TrainedOnce(TrainAsync);

    private const string Strategies = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "sides": "both", "size": { "percentOfEquity": 80 } },
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "percentOfEquity": 150 } }
        """;

    private const string Model = "live-weights";

    private static readonly long End = Time("2022-02-10");

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string RegistryFolder => RegistryOf(_under);

    private ModelRegistry Registry => Opened(RegistryFolder);

    private static string RegistryOf(SessionUnderTest under) => Path.Combine(under.Folder, "models");

    private static ModelRegistry Opened(string folder) => new(new FileModelStore(folder), TestCatalogues.All.ModelKinds);

    [Fact]
    public async Task A_session_uses_newer_promoted_versions_by_its_schedule_and_its_journal_says_which()
    {
        var trained = await once.CopyAsync(_under);
        var state = Path.Combine(_under.Folder, "state");
        var live = await _under.LiveAsync(trained, with: r => r with { State = state });
        var changes = await ChangesAsync(state);
        changes.Count.ShouldBeGreaterThan(1);
        changes.Select(c => c.Version).ShouldBe(Enumerable.Range(2, changes.Count));
        foreach (var change in changes)
        {
            var version = Registry.Version(change.Model, change.Version);
            change.Hash.ShouldBe(version.ModelHash);
            version.Lineage.To.Ticks.ShouldBeLessThanOrEqualTo(change.Timestamp);
        }
        live.Against!.IsSame.ShouldBeTrue();

        // The configuration that the session leaves names its versions; the one it began with finds them by the schedule.
        foreach (var (folder, versions) in new[] { (live.Run.Folder, changes.Select(c => c.Version)), (trained.Folder, []) })
        {
            var spec = Production(folder);
            spec.Portfolio.Policy!.Changes.Select(c => c.Reference.Version).ShouldBe(versions);
            var backtest = await _under.RunAsync(spec, "again");
            backtest.Model.Digest.ShouldBe(live.Run.Model.Digest);
            File.ReadAllLines(Path.Combine(backtest.Folder, "weights.csv")).ShouldBe(
                File.ReadAllLines(Path.Combine(live.Run.Folder, "weights.csv")));
        }

        // The first version alone decides other weights.
        Edit(trained.Folder, policy => policy.Remove("refresh"));
        (await _under.RunAsync(Production(trained.Folder), "first")).Model.Digest.ShouldNotBe(live.Run.Model.Digest);
    }

    [Fact]
    public async Task A_session_that_goes_on_decides_its_past_by_the_versions_of_its_journal()
    {
        var trained = await once.CopyAsync(_under);
        var whole = await _under.LiveAsync(trained, "whole", r => r with { State = Path.Combine(_under.Folder, "whole-state") });
        var state = Path.Combine(_under.Folder, "state");
        await _under.LiveAsync(trained, "begun", r => r with { State = state, To = Time("2022-02-07") });
        var known = await ChangesAsync(state);
        known.ShouldNotBeEmpty();
        // Only the journal knows the versions before the current one.
        var current = Registry.Pointer(Model).Current;
        File.Delete(Path.Combine(RegistryFolder, Model, "current.json"));
        Registry.Promote(Model, current);
        var continued = await _under.LiveAsync(trained, "continued", r => r with { State = state });
        (await ChangesAsync(state)).Take(known.Count).ShouldBe(known);
        continued.Against!.IsSame.ShouldBeTrue();
        continued.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest);
    }

    [Fact]
    public async Task A_newer_version_of_other_strategies_is_not_used_and_the_session_says_so()
    {
        var trained = await once.CopyAsync(_under);
        var file = Path.Combine(trained.Folder, "prod.json");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var known = Registry.Pointer(Model).Current;
        await BatchAsync(_under, Strategies.Replace("[20, 30]", "[22, 33]", StringComparison.Ordinal));
        File.Delete(Path.Combine(RegistryFolder, Model, "current.json"));
        Registry.Promote(Model, known + 1);
        File.WriteAllText(file, text);

        var state = Path.Combine(_under.Folder, "state");
        var live = await _under.LiveAsync(trained, with: r => r with { State = state });
        (await ChangesAsync(state)).ShouldBeEmpty();
        live.Status.Notes.ShouldContain(n => n.Contains($"policy {Model}:1 stays in force after", StringComparison.Ordinal)
            && n.Contains("which the configuration does not have", StringComparison.Ordinal));
        live.Against!.IsSame.ShouldBeTrue();
    }

    [Fact]
    public async Task A_version_that_was_rolled_back_is_replaced_by_the_one_before()
    {
        var trained = await once.CopyAsync(_under);
        var policies = Production(trained.Folder).Portfolio.Policy!;
        var last = Registry.Pointer(Model).Current;
        policies.Find(End, null)!.Reference.Version.ShouldBe(last);
        var inForce = policies.Reference with { Version = last };
        policies.Find(End, inForce).ShouldBeNull();
        Registry.RollBack(Model);
        policies.Find(End, inForce)!.Reference.Version.ShouldBe(last - 1);
        // No version that saw later bars.
        policies.Find(Registry.Version(Model, 2).Lineage.To.Ticks, null)!.Reference.Version.ShouldBe(2);
        policies.Find(Registry.Version(Model, 2).Lineage.To.Ticks - 1, null).ShouldBeNull();
    }

    // A batch whose windows left several versions, all promoted in their order; its configuration begins with the first.
    private static async Task<BatchRun> TrainAsync(SessionUnderTest under)
    {
        var trained = await BatchAsync(under, Strategies);
        var registry = Opened(RegistryOf(under));
        var versions = registry.Versions(Model);
        versions.Count.ShouldBeGreaterThan(2);
        foreach (var version in versions) registry.Promote(Model, version.Number);
        Edit(trained.Folder, policy =>
        {
            policy["refresh"]!.GetValue<string>().ShouldBe("1d");
            (policy["version"], policy["hash"]) = (1, versions[0].ModelHash);
            policy["from"] = versions[0].Lineage.To.ToString("s", CultureInfo.InvariantCulture) + "Z";
        });
        return trained;
    }

    private static Task<BatchRun> BatchAsync(SessionUnderTest under, string strategies) => under.BacktestAsync(strategies, more: $$"""
        , "portfolio": { "weights": "ppo", "limits": { "maxGrossPercent": 70 }, "rebalance": { "every": "1w", "window": "2w" },
          "allocator": { "steps": 2048, "seeds": 2, "episode": 50, "refresh": "1d", "registry": "{{RegistryOf(under)}}" } }
        """);

    private static BatchSpec Production(string folder)
    {
        var spec = new ProductionReader(TestCatalogues.All).Read(Path.Combine(folder, "prod.json")).Spec;
        return spec with { Data = spec.Data with { To = End } };
    }

    private static void Edit(string folder, Action<JsonObject> edit)
    {
        var file = Path.Combine(folder, "prod.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        edit(json["policy"]!.AsObject());
        File.WriteAllText(file, json.ToJsonString());
    }

    private static async Task<List<PolicyChanged>> ChangesAsync(string state)
    {
        var path = Directory.GetFiles(state, "*.grj", SearchOption.AllDirectories)
            .Single(f => !f.Contains("paper", StringComparison.Ordinal));
        var changes = new List<PolicyChanged>();
        await using var journal = FileJournal.Open(Path.GetDirectoryName(path)!, TimeProvider.System, name: Path.GetFileName(path));
        await foreach (var entry in journal.ReadAsync(new JournalQuery(), TestContext.Current.CancellationToken))
            if (JournalCodec.Decode(entry) is PolicyChanged fact)
                changes.Add(fact);
        return changes;
    }

    private static long Time(string day) => DateTime.Parse(day, CultureInfo.InvariantCulture).Ticks;
}
