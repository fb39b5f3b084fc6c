using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Modelling.Tests.Allocation;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Tests.Allocation;

public partial class AllocatorBatchTests
{
    private const string Small = "\"allocator\": { \"steps\": 2048, \"seeds\": 2, \"episode\": 60 }, "
        + "\"rebalance\": { \"every\": \"52w\", \"window\": \"78w\", \"maxStrategies\": 3 }";

    // The first time of a row; ids of strategies have commas.
    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:]+Z")]
    private static partial Regex EntryTime();

    private static async Task<(BatchRun Run, JsonElement Results)> RunAsync(AllocationBatch batch, string portfolio, string name,
        int threads)
    {
        var run = await new BatchRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(batch.Spec(portfolio),
            new BatchOptions { Out = Path.Combine(batch.Folder, name), Threads = threads, Validation = false }, null,
            TestContext.Current.CancellationToken);
        return (run, JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "results.json"))).RootElement);
    }

    [Theory]
    [InlineData("ppo")]
    [InlineData("adaptive")]
    public async Task Learned_weights_trade_after_their_window_and_have_the_same_bits_on_any_number_of_threads(string rule)
    {
        using var batch = new AllocationBatch(0.0008, 0.0004, -0.0003);
        var portfolio = $"\"weights\": \"{rule}\", {Small}, \"limits\": {{ \"maxGrossPercent\": 80 }}";
        var (one, results) = await RunAsync(batch, portfolio, "one", 1);
        var (two, _) = await RunAsync(batch, portfolio, "two", 2);
        two.Model.Digest.ShouldBe(one.Model.Digest);
        new RunLibrary(batch.Folder).Find("one")!.Kind.ShouldBe("reinforce");

        var allocator = results.GetProperty("allocator");
        var windows = allocator.GetProperty("windows");
        windows.GetArrayLength().ShouldBeGreaterThan(1);
        foreach (var window in windows.EnumerateArray())
        {
            window.GetProperty("seeds").GetArrayLength().ShouldBe(2);
            window.GetProperty("baselines").EnumerateArray().Select(b => b.GetProperty("name").GetString())
                .ShouldBe(["equal", "winners", "inverse-volatility", "minimum-variance", "hold"]);
        }
        allocator.GetProperty("improvement").GetArrayLength().ShouldBe(5);
        allocator.GetProperty("promoted").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
        // Nothing is traded before the first policy.
        var from = windows[0].GetProperty("from").GetDateTime();
        one.Model.Portfolio!.Trades.ShouldBeGreaterThan(5);
        File.ReadLines(Path.Combine(one.Folder, "portfolio_trades.csv")).Skip(1)
            .Select(l => EntryTime().Match(l).Value).ShouldAllBe(t => DateTime.Parse(t).ToUniversalTime() >= from);
        File.ReadLines(Path.Combine(one.Folder, "equity.csv")).Skip(1).Select(l => l.Split(','))
            .ShouldAllBe(f => double.Parse(f[3]) <= 0.9 * double.Parse(f[1]));
    }

    // With a hole before it, the window of mid 2014 has too few rows; a falling year before it leaves matching pursuit nothing to select.
    [Theory]
    [InlineData("ppo")]
    [InlineData("adaptive")]
    public async Task Weights_depend_on_no_later_bar_also_where_a_window_trains_no_policy(string rule)
    {
        const string Spec = "\"allocator\": { \"steps\": 1024, \"seeds\": 1, \"episode\": 40 }, "
            + "\"rebalance\": { \"every\": \"26w\", \"window\": \"52w\" }";
        const string Long = """{ "class": "SmaCross", "params": { "fast": [3, 8], "slow": 21 }, "sides": "long", """
            + """ "size": { "percentOfEquity": 40 } }""";
        var (from, to, changed) = (new DateTime(2013, 7, 15), new DateTime(2014, 6, 29), new DateTime(2014, 10, 1));
        var decided = new List<List<(DateTime Time, string Row, double Cash)>>();
        foreach (var isChanged in new[] { false, true })
        {
            using var batch = new AllocationBatch(0.002, 0.002);
            batch.Rewrite((day, prices) => rule == "ppo" && day >= from && day < to ? null
                : [.. prices.Select(p => Math.Round(p * Factor(day), 3))]);
            double Factor(DateTime day) => (rule == "ppo" ? 1 : Math.Exp(-0.006 * Math.Clamp((day - from).Days, 0, (to - from).Days)))
                * (isChanged && day >= changed ? 1 + 0.01 * (day.DayOfYear % 7) : 1);
            var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
                batch.Spec($"\"weights\": \"{rule}\", {Spec}", Long), new BatchOptions
                {
                    Out = Path.Combine(batch.Folder, "run"),
                    Threads = 2,
                    Validation = false,
                }, null, TestContext.Current.CancellationToken);
            var windows = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "results.json"))).RootElement
                .GetProperty("allocator").GetProperty("windows").EnumerateArray().Select(w => w.GetProperty("from").GetDateTime())
                .ToList();
            windows.ShouldContain(w => w < to);
            windows.ShouldContain(w => w > changed);
            windows.ShouldNotContain(w => w >= to && w < changed);
            decided.Add([.. File.ReadLines(Path.Combine(run.Folder, "weights.csv")).Skip(1).Select(row =>
                (DateTime.Parse(row.Split(',')[0]).ToUniversalTime(), row, double.Parse(row.Split(',')[^1])))]);
        }
        decided[0].Count(r => r.Time >= to && r.Time < changed).ShouldBeGreaterThan(50);
        decided[0].Where(r => r.Time < changed).Select(r => r.Row).ShouldBe(decided[1].Where(r => r.Time < changed).Select(r => r.Row));
        decided[0].Select(r => r.Row).ShouldNotBe(decided[1].Select(r => r.Row));
        if (rule == "adaptive") decided[0].Where(r => r.Time >= to && r.Time < changed).ShouldAllBe(r => r.Cash == 1);
        else decided[0].Where(r => r.Time >= to && r.Time < changed).ShouldContain(r => r.Cash < 1);
    }

    [Fact]
    public void Settings_of_the_allocator_belong_to_its_weights()
    {
        using var batch = new AllocationBatch(0);
        Should.Throw<InputException>(() => batch.Spec("\"weights\": \"equal\", \"allocator\": { \"seeds\": 2 }")).Message
            .ShouldContain("it is for the weights ppo and adaptive");
        Should.Throw<InputException>(() => batch.Spec("\"weights\": \"ppo\", \"allocator\": { \"seed\": 2 }")).Message
            .ShouldContain("did you mean 'seeds'?");
    }

    [Fact]
    public async Task More_strategies_than_a_policy_weighs_are_refused()
    {
        using var batch = new AllocationBatch(0.0004, 0.0002);
        var spec = batch.Spec("\"weights\": \"ppo\"", """
            { "class": "SmaCross", "params": { "fast": [2, 3, 4, 5, 6, 7], "slow": [10, 15, 20, 25, 30, 35] }, "sides": "long",
              "size": { "units": 10 } }
            """);
        (await Should.ThrowAsync<InputException>(() => new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(batch.Folder, "many"), Validation = false }, null,
            TestContext.Current.CancellationToken))).Message.ShouldContain("ppo weighs at most 50 strategies");
    }
}
