using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>A walk-forward whose windows choose by a search.</summary>
public sealed class SearchedWalkForwardTests : IDisposable
{
    private const string Windows = "\"inSample\": \"12w\", \"outOfSample\": \"6w\"";

    private const string Exhaustive = """
        "search": { "method": "random", "trials": 50, "space": { "fast": { "values": [5, 8, 13] }, "slow": { "values": [20, 30, 50] } } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-searched-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Samples => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static BatchSpec Spec(string entry, string windows = Windows, string sections = "", string? data = null) =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{data ?? Samples}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h",
              "to": "2022-10-08" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 50 }, {{entry}} } ], {{sections}}
              "walkForward": { {{windows}} } }
            """), Path.GetTempPath());

    private async Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunAsync(BatchSpec spec, int threads = 2, string? ledger = null) =>
        await new WalkForwardRunner(new EmbeddedHost(threads), TimeProvider.System,
            ledger is null ? null : new TrialLedger(Path.Combine(_folder, ledger))).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, Path.GetRandomFileName()), Threads = threads, Validation = false }, null,
            TestContext.Current.CancellationToken);

    private static string Text(BatchRun run, string file) => File.ReadAllText(Path.Combine(run.Folder, file));

    // The groups have other indices, and a search has its own name.
    private static IEnumerable<string> Chosen(WalkForwardOutcome outcome) => outcome.Groups.SelectMany(g => g.Choices).Select(c =>
        string.Create(CultureInfo.InvariantCulture, $"{(c.Strategy < 0 ? "" : outcome.Plan.Instances[c.Strategy].Id)} {c.Objective:R}"));

    [Fact]
    public async Task Groups_of_searches_are_weighed_as_those_of_grids()
    {
        const string Parity = "\"portfolio\": { \"weights\": \"risk-parity\", \"rebalance\": { \"every\": \"6w\", \"window\": \"8w\" } },";
        var (grid, weighed) = await RunAsync(Spec("\"params\": { \"fast\": [5, 8, 13], \"slow\": [20, 30, 50] }", sections: Parity));
        var (run, _) = await RunAsync(Spec(Exhaustive, sections: Parity));
        weighed.Weights.ShouldNotBeNull();
        foreach (var file in new[] { "equity.csv", "portfolio_fills.csv" }) Text(run, file).ShouldBe(Text(grid, file));
    }

    [Fact]
    public async Task A_search_of_the_whole_space_chooses_trades_and_counts_what_the_grid_does()
    {
        var (grid, chosen) = await RunAsync(Spec("\"params\": { \"fast\": [5, 8, 13], \"slow\": [20, 30, 50] }"), ledger: "grid");
        var (run, outcome) = await RunAsync(Spec(Exhaustive), ledger: "searched");
        Chosen(outcome).ShouldBe(Chosen(chosen));
        foreach (var file in new[] { "equity.csv", "portfolio_fills.csv" }) Text(run, file).ShouldBe(Text(grid, file));
        outcome.Groups.SelectMany(g => g.Choices).ShouldAllBe(c => c.Tried == 9);
        outcome.Groups.Select(g => g.Members.Count).ShouldBe([9, 9]);
        run.Model.Trials!.Trials.ShouldBe(grid.Model.Trials!.Trials);
        run.Model.Trials.Effective.ShouldBe(grid.Model.Trials.Effective, 1e-9);
        using var production = JsonDocument.Parse(Text(run, "prod.json"));
        production.RootElement.GetProperty("strategies").EnumerateArray().Select(s => s.GetProperty("id").GetString())
            .ShouldBe(outcome.Groups.Select(g => outcome.Plan.Instances[g.Choices[^1].Strategy].Id), ignoreOrder: true);
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("sobol")]
    [InlineData("halving")]
    public async Task Each_window_tries_its_own_points_and_the_result_does_not_depend_on_the_threads(string method)
    {
        var entry = $$"""
            "search": { "method": "{{method}}", "trials": 12, "conditions": ["slow > fast"],
              "space": { "fast": [3, 20], "slow": { "from": 10, "to": 120, "log": true }, "stopLossPercent": { "values": [2, 4] } } }
            """;
        var (one, outcome) = await RunAsync(Spec(entry), 1, "one");
        foreach (var threads in ((int[])[3, 2]).Take(TestEffort.Of(1, 2)))
        {
            var (other, _) = await RunAsync(Spec(entry), threads, $"{threads}");
            other.Model.Digest.ShouldBe(one.Model.Digest);
            Text(other, "windows.csv").ShouldBe(Text(one, "windows.csv"));
            other.Model.Trials.ShouldBe(one.Model.Trials);
        }
        outcome.Groups.SelectMany(g => g.Choices).ShouldAllBe(c => c.Tried == 12);
        // The members are what any window tried; windows have different seeds.
        outcome.Groups.ShouldAllBe(g => g.Members.Count > 12 && g.Members.Count <= 12 * outcome.Windows.Count);
        one.Model.Trials!.Trials.ShouldBeGreaterThan(24);
        var lines = File.ReadAllLines(Path.Combine(one.Folder, "windows.csv"));
        lines[0].ShouldEndWith(",trials,fast,slow,stopLossPercent");
        lines.Skip(1).ShouldAllBe(l => l.Contains(",12,", StringComparison.Ordinal));

        var verified = await VerifyRun.RunAsync(one.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(2, 2), null, TestContext.Current.CancellationToken);
        verified.Actual.ShouldBe(one.Model.Digest);
        verified.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_changed_bar_after_the_end_of_what_a_window_learns_from_changes_no_point_and_no_choice_of_it()
    {
        const string Entry = """
            "search": { "method": "tpe", "trials": 25, "space": { "fast": [3, 20], "slow": [21, 120] } }
            """;
        var (_, before) = await RunAsync(Spec(Entry));
        var at = before.Windows[2].Learnt;
        foreach (var file in Directory.GetFiles(Samples, "*.csv"))
            await File.WriteAllLinesAsync(Path.Combine(_folder, Path.GetFileName(file)), Changed(file, at),
                TestContext.Current.CancellationToken);
        var (_, after) = await RunAsync(Spec(Entry, data: _folder));
        static IEnumerable<string> Until(WalkForwardOutcome outcome, int last) => outcome.Groups.SelectMany(g => g.Choices
            .Where(c => c.Window.Index <= last).Select(c => $"{outcome.Plan.Instances[c.Strategy].Id} {c.Objective:R} {c.Tried}"));
        Until(after, 2).ShouldBe(Until(before, 2));
        Until(after, 4).ShouldNotBe(Until(before, 4));

        static IEnumerable<string> Changed(string file, long at) => File.ReadLines(file).Select(line =>
        {
            var cells = line.Split(',');
            if (!DateTime.TryParse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) || time.Ticks < at)
                return line;
            // A mirror of the prices, whose high is the other one's low.
            double Mirrored(int cell) => 1e4 / double.Parse(cells[cell], CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture,
                $"{cells[0]},{Mirrored(1):R},{Mirrored(3):R},{Mirrored(2):R},{Mirrored(4):R},{cells[5]}");
        });
    }

    [Fact]
    public async Task A_point_that_is_chosen_again_keeps_its_positions()
    {
        var (_, outcome) = await RunAsync(Spec("""
            "params": { "slow": 30 }, "search": { "method": "random", "trials": 5, "space": { "fast": [5, 6] }, "conditions": ["fast < 6"] }
            """));
        outcome.Groups.ShouldAllBe(g => g.Members.Count == 1 && g.Stability == 1 && g.Digests.Count == 1);
    }

    [Fact]
    public async Task A_search_competes_with_the_grids_of_its_market_or_of_the_batch()
    {
        const string Entry = Exhaustive + """
             }, { "class": "RsiReversion", "sides": "long", "params": { "period": [7, 14] }, "size": { "percentOfEquity": 50 }
            """;
        var (_, market) = await RunAsync(Spec(Entry, Windows + ", \"choose\": \"market\""));
        market.Groups.Select(g => (g.Name, g.Members.Count)).ShouldBe([("ACME", 11), ("COINUSDT", 11)]);
        market.Groups.SelectMany(g => g.Choices).ShouldAllBe(c => c.Tried == 11);
        var (_, batch) = await RunAsync(Spec(Entry, Windows + ", \"choose\": \"batch\""));
        batch.Groups.Single().Members.Count.ShouldBe(22);
        // The best of the batch in a window is the better of the markets' best.
        foreach (var choice in batch.Groups[0].Choices)
            choice.Objective.ShouldBe(market.Groups.Max(g => g.Choices[choice.Window.Index].Objective));
    }

    [Theory]
    [InlineData("\"objective\": [\"sharpe\", \"maxDrawdown\"], ", Windows, "",
        "strategies[0].search.objective: a walk-forward trades one combination per window, and several objectives have a front of them")]
    [InlineData("\"objective\": \"sortino\", ", Windows, "",
        "strategies[0].search.objective: the windows choose by 'sharpe', the objective of 'walkForward'; leave 'objective' out here")]
    [InlineData("", Windows, "\"learning\": { \"trainer\": \"naive-bayes\", \"label\": \"direction\", \"apply\": { \"rule\": \"veto\", "
            + "\"below\": 0.5 } },",
        "learning: models learn from the strategies of a batch, and a search makes these window by window; search first")]
    [InlineData("\"symbol\": 1", Windows + ", \"choose\": \"market\"", "",
        "strategies[0].search.space.symbol: 'walkForward.choose' is \"market\", and this search has several markets")]
    public async Task What_a_walk_forward_cannot_search_is_said_in_one_sentence(string more, string windows, string sections,
        string sentence)
    {
        var isSymbol = more.StartsWith("\"symbol\"", StringComparison.Ordinal);
        var symbols = isSymbol ? ", \"symbol\": [\"ACME\", \"COINUSDT\"]" : "";
        var entry = $$"""
            "search": { "trials": 5, {{(isSymbol ? "" : more)}} "space": { "fast": [3, 20]{{symbols}} } }
            """;
        (await Should.ThrowAsync<InputException>(() => RunAsync(Spec(entry, windows, sections)))).Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task The_objective_of_the_search_may_be_that_of_the_windows()
    {
        var (run, outcome) = await RunAsync(Spec("""
            "search": { "objective": "totalReturn", "trials": 5, "space": { "fast": [3, 20] } }
            """, Windows + ", \"objective\": \"totalReturn\""));
        outcome.Groups.SelectMany(g => g.Choices).Where(c => c.InSample is not null)
            .ShouldAllBe(c => c.Objective == c.InSample!.TotalReturn);
        run.Model.Strategies.Count.ShouldBe(2);
    }
}
