using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

public sealed class WalkForwardTests(WalkForwardTests.Runs shared) : IClassFixture<WalkForwardTests.Runs>, IDisposable
{
    /// <summary>Runs that several tests look at, each made by the first of them.</summary>
    public sealed class Runs : IDisposable
    {
        private readonly Dictionary<string, Task<(BatchRun Run, WalkForwardOutcome Outcome)>> _runs = new(StringComparer.Ordinal);

        public string Folder { get; } = Directory.CreateTempSubdirectory("granary-walks-").FullName;

        /// <summary>The whole record in rolling windows, on three threads.</summary>
        internal Task<(BatchRun Run, WalkForwardOutcome Outcome)> Whole => Of("whole", () => Spec(Rolling));

        /// <summary>The record's first five windows, on three threads.</summary>
        internal Task<(BatchRun Run, WalkForwardOutcome Outcome)> Part => Of("part", () => Spec(Rolling, Short));

        /// <summary>The first five windows with models, on three threads.</summary>
        internal Task<(BatchRun Run, WalkForwardOutcome Outcome)> LearnedPart => Of("learned", () => Learned(Folder, Short));

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private Task<(BatchRun Run, WalkForwardOutcome Outcome)> Of(string name, Func<BatchSpec> spec)
        {
            if (!_runs.TryGetValue(name, out var run)) _runs[name] = run = RunInAsync(spec(), Path.Combine(Folder, name), 3);
            return run;
        }
    }

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-walk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Sweep = """
        { "class": "SmaCross", "params": { "fast": [5, 8, 13], "slow": [20, 30, 50] }, "size": { "percentOfEquity": 50 } },
        { "class": "RsiReversion", "sides": "long", "params": { "period": [7, 14] }, "size": { "percentOfEquity": 50 },
          "stopLossPercent": 4 }
        """;

    private static BatchSpec Spec(string windows, string range = "", string strategies = Sweep) =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
        { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
          ["ACME", "COINUSDT"], "timeframe": "1h"{{range}} },
          "execution": { "commissionPercent": 0.05 }, "strategies": [ {{strategies}} ], "walkForward": { {{windows}} } }
        """), Path.GetTempPath());

    private Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunAsync(BatchSpec spec, int threads = 2) =>
        RunInAsync(spec, Path.Combine(_folder, Path.GetRandomFileName()), threads);

    private static async Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunInAsync(BatchSpec spec, string folder, int threads) =>
        await new WalkForwardRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = folder, Threads = threads, Validation = false }, null, CancellationToken.None);

    [Fact]
    public async Task A_walk_forward_refuses_a_start_of_the_portfolio()
    {
        var batch = Encoding.UTF8.GetString(Spec(Rolling).Text)
            .Replace("\"walkForward\"", "\"portfolio\": { \"from\": \"2022-06-01\" }, \"walkForward\"", StringComparison.Ordinal);
        var refused = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(batch), Path.GetTempPath());
        (await Should.ThrowAsync<InputException>(() => RunAsync(refused))).Message
            .ShouldContain("portfolio.from: the account of a walk-forward begins with its first window; leave 'from' out");
    }

    [Fact]
    public async Task An_allocation_method_weighs_the_groups_by_their_own_past_out_of_sample()
    {
        BatchSpec Weighted(string method, string more = "") => new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Spec(Rolling).Text).Replace("\"walkForward\"", $$"""
                "portfolio": { "weights": "{{method}}", "rebalance": { "every": "6w", "window": "12w", "maxSymbolWeight": 0.6{{more}} } },
                "walkForward"
                """, StringComparison.Ordinal)), Path.GetTempPath());
        var spec = Weighted("minimum-variance");
        var (run, outcome) = await RunAsync(spec);
        var weights = outcome.Weights!.Chosen!;
        // The same choice, from the groups' traces.
        var traces = outcome.Groups.Select((g, i) => (i, g.Trace!)).ToList();
        var calendar = weights.History.Select(h => h.Time / traces[0].Item2.PeriodTicks).ToList();
        calendar.Count.ShouldBeGreaterThan(3);
        calendar[0].ShouldBe(traces.Min(t => t.Item2.FirstPeriod) + 12);
        var plan = BatchPlan.Make(spec, ["ACME", "COINUSDT"]);
        var rule = GroupWeights.RuleOf(plan, ChoosingGroup.Of(plan, ChoiceAmong.Parameters))!;
        rule.Choose(traces, calendar[0] - 12, calendar[0], null).Chosen.ShouldBe(weights.History[0].Chosen);
        outcome.Trades.Min(t => t.Trade.SignalTime).ShouldBeGreaterThanOrEqualTo(weights.History[0].Time - TimeSpan.TicksPerHour);
        // The account is another one than with equal weights, and the groups' own accounts are the same.
        var equal = (await shared.Whole).Outcome;
        outcome.Groups.Select(g => g.Statistics.FinalEquity).ShouldBe(equal.Groups.Select(g => g.Statistics.FinalEquity));
        outcome.Statistics.FinalEquity.ShouldNotBe(equal.Statistics.FinalEquity);
        var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "results.json"))).RootElement;
        results.GetProperty("weights").GetProperty("choices").GetInt32().ShouldBe(calendar.Count);
        results.GetProperty("strategies").EnumerateArray().Sum(s => s.GetProperty("weight").GetDouble()).ShouldBe(1, 1e-9);
        (await Should.ThrowAsync<InputException>(() => RunAsync(Weighted("risk-parity", ", \"minWeight\": 0.4")))).Message
            .ShouldContain("4 strategies of the whole portfolio with at least 0.4 each have 1.6");
    }

    private const string Rolling = "\"inSample\": \"12w\", \"outOfSample\": \"6w\"";

    private static readonly MetricObjective Sharpe = MetricObjective.Parse("sharpe", MetricCatalogue.BuiltIn);

    [Fact]
    public void A_gap_lies_between_what_a_window_learns_from_and_what_it_trades()
    {
        var week = 7 * TimeSpan.TicksPerDay;
        var spec = new WalkForwardSpec(CalendarSpan.OfDays(28), CalendarSpan.OfDays(14), false, Sharpe, ChoiceAmong.Parameters, 0, 0)
        {
            Gap = CalendarSpan.OfDays(7),
        };
        // In sample [0, 4), a gap of one week, out of sample [5, 7); the next window is two weeks later.
        spec.Windows(0, 9 * week, [])
            .ShouldBe([new(0, 0, 5 * week, 7 * week, 4 * week), new(1, 2 * week, 7 * week, 9 * week, 6 * week)]);
        (spec with { Anchored = true }).Windows(0, 9 * week, [])
            .ShouldBe([new(0, 0, 5 * week, 7 * week, 4 * week), new(1, 0, 7 * week, 9 * week, 6 * week)]);
    }

    [Fact]
    public void Windows_of_bars_have_as_many_bars_whatever_the_calendar_between_them()
    {
        // Ten daily bars; a week of holidays lies between the fifth and the sixth.
        var day = TimeSpan.TicksPerDay;
        long[] bars = [.. Enumerable.Range(0, 10).Select(i => (i < 5 ? i : i + 7) * day)];
        var spec = new WalkForwardSpec(new WindowSpan(default, 4), new WindowSpan(default, 2), false, Sharpe, ChoiceAmong.Parameters, 0, 0)
        {
            Gap = new WindowSpan(default, 1),
        };
        var end = 17 * day;
        // In sample bars 0 to 3, gap bar 4, out of sample bars 5 and 6; then all two bars later. A third window has bar 9 alone: half.
        spec.Windows(0, end, bars).ShouldBe([new(0, 0, bars[5], bars[7], bars[4]), new(1, bars[2], bars[7], bars[9], bars[6])]);
        spec.Windows(0, end + day, [.. bars, end]).Count.ShouldBe(3);
        // Lengths of both kinds: the calendar's week out of sample begins with the bar after the gap.
        (spec with { OutOfSample = CalendarSpan.OfDays(7) }).Windows(0, end, bars).ShouldBe([new(0, 0, bars[5], end, bars[4])]);
    }

    [Fact]
    public async Task A_window_with_a_gap_chooses_by_the_bars_before_the_gap_alone()
    {
        var (_, outcome) = await RunAsync(Spec(Rolling + ", \"gap\": \"40bars\", \"objective\": \"sharpe - 0.5 * maxDrawdown\"", Short));
        foreach (var choice in outcome.Groups.SelectMany(g => g.Choices))
        {
            choice.Window.Learnt.ShouldBeLessThan(choice.Window.At);
            if (choice.InSample is not { } inSample) continue;
            choice.Objective.ShouldBe(inSample.Sharpe - 0.5 * inSample.MaxDrawdown, 1e-12);
        }
        outcome.Groups.SelectMany(g => g.Choices).Count(c => c.Strategy >= 0).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Windows_roll_or_are_anchored_and_follow_one_another_without_a_gap()
    {
        var week = 7 * TimeSpan.TicksPerDay;
        var rolling = new WalkForwardSpec(CalendarSpan.OfDays(28), CalendarSpan.OfDays(14), false, Sharpe, ChoiceAmong.Parameters,
            0, 0);
        rolling.Windows(10 * week, 19 * week, []).ShouldBe([new(0, 10 * week, 14 * week, 16 * week, 14 * week),
            new(1, 12 * week, 16 * week, 18 * week, 16 * week)]);
        // A last window of a good half is taken, of less than half is left.
        rolling.Windows(10 * week, 19 * week + week / 2, []).Count.ShouldBe(3);
        (rolling with { Anchored = true }).Windows(10 * week, 19 * week, [])
            .ShouldBe([new(0, 10 * week, 14 * week, 16 * week, 14 * week), new(1, 10 * week, 16 * week, 18 * week, 16 * week)]);
    }

    [Fact]
    public void Windows_of_years_and_months_begin_at_midnight_of_the_same_day_and_do_not_drift()
    {
        static long At(int year, int month, int day, int hour = 0) => new DateTime(year, month, day, hour, 0, 0, DateTimeKind.Utc).Ticks;
        var yearly = new WalkForwardSpec(CalendarSpan.OfMonths(36), CalendarSpan.OfMonths(12), false, Sharpe,
            ChoiceAmong.Parameters, 0, 0);
        var windows = yearly.Windows(At(1995, 1, 3, 14), At(2015, 1, 1), []);
        windows.Select(w => w.At).ShouldBe(Enumerable.Range(1998, 17).Select(y => At(y, 1, 3)));
        windows.Select(w => w.From).ShouldBe(Enumerable.Range(1995, 17).Select(y => At(y, 1, 3)));
        windows[^1].To.ShouldBe(At(2015, 1, 1));
        // The 31st comes back after a shorter month.
        var monthly = new WalkForwardSpec(CalendarSpan.OfMonths(1), CalendarSpan.OfMonths(1), false, Sharpe,
            ChoiceAmong.Parameters, 0, 0);
        monthly.Windows(At(2020, 12, 31), At(2021, 6, 1), []).Select(w => w.At)
            .ShouldBe([At(2021, 1, 31), At(2021, 2, 28), At(2021, 3, 31), At(2021, 4, 30)]);
    }

    [Fact]
    public async Task The_best_of_the_window_is_chosen_by_the_objective_as_a_backtest_of_that_window_has_it()
    {
        var (_, outcome) = await RunAsync(Spec(Rolling + ", \"objective\": \"totalReturn\", \"warmUp\": 0", Short));
        var group = outcome.Groups.First(g => g.Name == "SmaCross@ACME:1h");
        var choice = group.Choices[3];
        string Day(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var window = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec(Rolling, $", \"from\": \"{Day(choice.Window.From)}\", \"to\": \"{Day(choice.Window.At)}\", \"warmUp\": false"),
            new BatchOptions { Out = Path.Combine(_folder, "window"), Validation = false }, null, TestContext.Current.CancellationToken);
        var best = window.Model.Strategies.Where(s => s.Class == "SmaCross" && s.Symbol == "ACME").MaxBy(s => s.Stats!.TotalReturn)!;
        group.Members.Single(m => m.Index == choice.Strategy).Id.ShouldBe(best.Id);
        choice.Objective.ShouldBe(best.Stats!.TotalReturn);
    }

    [Fact]
    public async Task A_choice_trades_what_follows_warm_from_the_first_bar_on_and_nothing_before()
    {
        var (_, outcome) = await shared.Whole;
        foreach (var choice in outcome.Groups.SelectMany(g => g.Choices))
        {
            choice.Trades.ShouldAllBe(t => t.EntryTime >= choice.Window.At && t.EntryTime < choice.Window.To);
        }
        // 50 hours would be lost to the longest average alone.
        outcome.Groups.SelectMany(g => g.Choices)
            .ShouldContain(c => c.Trades.Any(t => t.SignalTime < c.Window.At + 20 * TimeSpan.TicksPerHour));
    }

    [Fact]
    public async Task Windows_are_stitched_into_one_equity_that_multiplies_their_returns()
    {
        var (_, outcome) = await shared.Whole;
        foreach (var group in outcome.Groups)
            (1 + group.Statistics.TotalReturn).ShouldBe(group.Choices.Aggregate(1.0, (growth, c) => growth * (1 + c.OutOfSampleReturn)),
                1e-12);
        outcome.Statistics.FinalEquity.ShouldBe(outcome.Rows[^1].Equity);
        // A single group is the whole account, but for marks of a position that waits for its market's next open when a window begins.
        var (_, alone) = await RunAsync(Spec(Rolling + ", \"choose\": \"batch\"", Short));
        alone.Rows[^1].Equity.ShouldBe(alone.Groups.Single().Statistics.FinalEquity, 50);
    }

    [Theory]
    [InlineData("rolling")]
    [InlineData("anchored")]
    public async Task What_comes_later_changes_no_choice_and_no_result_before_it(string mode)
    {
        var anchored = $"{Rolling}, \"mode\": \"{mode}\"";
        var (whole, _) = mode == "rolling" ? await shared.Whole : await RunAsync(Spec(anchored, ", \"to\": \"2023-01-01\""));
        var (cut, _) = mode == "rolling" ? await shared.Part : await RunAsync(Spec(anchored, Short));
        List<string> Rows(BatchRun run, bool choicesOnly) => [.. File.ReadLines(Path.Combine(run.Folder, "windows.csv")).Skip(1)
            .Where(l => string.CompareOrdinal(l.Split(',')[choicesOnly ? 2 : 3], "2022-09-30") < 0)
            .Select(l => choicesOnly ? string.Join(',', l.Split(',').Take(3)) + l[..l.LastIndexOf(',')].Split('"').ElementAtOrDefault(1)
                : l)];
        Rows(cut, false).Count.ShouldBeGreaterThan(12);
        Rows(whole, false).ShouldBe(Rows(cut, false));
        Rows(whole, true).ShouldBe(Rows(cut, true));
        File.ReadLines(Path.Combine(whole.Folder, "windows.csv")).Skip(1).Count().ShouldBeGreaterThan(Rows(cut, true).Count);
    }

    [Fact]
    public async Task Any_number_of_threads_gives_one_digest_and_verify_finds_it_again()
    {
        var (three, _) = await shared.Part;
        var (one, _) = await RunAsync(Spec(Rolling, Short), 1);
        three.Model.Digest.ShouldBe(one.Model.Digest);
        var verified = await VerifyRun.RunAsync(one.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(4, 2), null, TestContext.Current.CancellationToken);
        verified.Actual.ShouldBe(one.Model.Digest);
        verified.Passed.ShouldBeTrue();
    }

    private static BatchSpec Learned(string folder, string range,
        string learning = "\"trainer\": \"naive-bayes\", \"label\": \"direction\", \"apply\": { \"rule\": \"veto\", \"below\": 0.5 }") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
        { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
          ["ACME", "COINUSDT"], "timeframe": "1h"{{range}} },
          "execution": { "commissionPercent": 0.05 }, "strategies": [ {{Sweep}} ], "walkForward": { {{Rolling}} },
          "learning": { {{learning}}, "features": ["return(1)", "return(5)", "rsi(14)"],
            "registry": "{{Path.Combine(folder, "models")}}" } }
        """), folder);

    // Five windows, the last of them cut short: each trains the models of two markets.
    private const string Short = ", \"to\": \"2022-10-08\"";

    [Fact]
    public async Task Models_are_trained_inside_each_in_sample_window_and_gate_what_is_chosen_and_traded()
    {
        var (run, outcome) = await shared.LearnedPart;
        var (plain, _) = await shared.Part;
        run.Model.Digest.ShouldNotBe(plain.Model.Digest);
        outcome.Models.Count.ShouldBe(outcome.Windows.Count);
        outcome.Models.ShouldAllBe(m => m.Missing.Count == 0 && m.WindowFilters.Count == 22);
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("trained again inside each window", StringComparison.Ordinal));
        // The last choice goes on with models of the whole record.
        using var production = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(run.Folder, "prod.json"),
            TestContext.Current.CancellationToken));
        production.RootElement.GetProperty("models").EnumerateObject().Count().ShouldBe(2);
        File.Exists(Path.Combine(run.Folder, "learning.json")).ShouldBeTrue();

        var (one, _) = await RunAsync(Learned(shared.Folder, Short), 1);
        one.Model.Digest.ShouldBe(run.Model.Digest);
        var verified = await VerifyRun.RunAsync(run.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(4, 2), null, TestContext.Current.CancellationToken);
        verified.Actual.ShouldBe(run.Model.Digest);
        verified.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task Checks_of_a_learning_walk_forward_judge_what_the_models_let_trade()
    {
        var (none, _) = await RunAsync(Learned(_folder, Short, "\"trainer\": \"naive-bayes\", \"label\": \"direction\", "
            + "\"apply\": { \"rule\": \"veto\", \"below\": 0.999999 }"));
        var (plain, _) = await shared.Part;
        double Figure(BatchRun run, string name) =>
            JsonDocument.Parse(run.Model.Section<ValidationFigures>()!.ToJson()).RootElement.GetProperty(name).GetDouble();
        // Models that refuse nearly every entry leave nearly nothing to be found, whatever the strategies would have done without them.
        Figure(none, "effectiveTrials").ShouldNotBe(Figure(plain, "effectiveTrials"));
        Figure(none, "realityCheck").ShouldNotBe(Figure(plain, "realityCheck"));
        Figure(none, "probabilityOfOverfitting").ShouldNotBe(Figure(plain, "probabilityOfOverfitting"));
    }

    [Fact]
    public async Task What_comes_later_changes_no_model_of_a_window_before_it()
    {
        var (whole, _) = await RunAsync(Learned(_folder, ", \"to\": \"2023-01-01\""));
        var (cut, _) = await shared.LearnedPart;
        static List<string> Rows(BatchRun run) =>
            [.. File.ReadLines(Path.Combine(run.Folder, "windows.csv")).Skip(1)
                .Where(l => string.CompareOrdinal(l.Split(',')[3], "2022-09-30") < 0)];
        Rows(cut).Count.ShouldBeGreaterThan(12);
        File.ReadLines(Path.Combine(whole.Folder, "windows.csv")).Skip(1).Count().ShouldBeGreaterThan(Rows(cut).Count);
        Rows(whole).ShouldBe(Rows(cut));
    }

    [Fact]
    public async Task A_window_too_short_to_learn_from_goes_on_without_a_model_and_the_run_says_so()
    {
        var (run, outcome) = await RunAsync(Learned(_folder, Short, "\"trainer\": \"naive-bayes\", \"label\": \"direction\", "
            + "\"walkForward\": { \"train\": 3000, \"test\": 100 }"));
        outcome.Models.ShouldAllBe(m => m.Missing.Count == 2 && m.WindowFilters.Count == 0);
        outcome.Groups.SelectMany(g => g.Choices).ShouldContain(c => c.Trades.Count > 0);
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("could not be made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_run_reads_each_feed_once_and_leaves_a_folder_with_report_windows_and_checks_that_are_out_of_sample()
    {
        var reads = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var (run, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System, null, data =>
            new CountingSource(BatchSources.Open(TestCatalogues.All, data), reads))
            .RunAsync(Spec(Rolling, Short), new BatchOptions { Out = Path.Combine(_folder, "run") }, null,
                TestContext.Current.CancellationToken);
        reads.Keys.Order().ShouldBe(["ACME", "COINUSDT"]);
        reads.Values.ShouldAllBe(n => n == 1);
        foreach (var file in new[] { "results.json", "equity.csv", "trades.csv", "windows.csv", "prod.json", "manifest.json",
            "report.html" }) File.Exists(Path.Combine(run.Folder, file)).ShouldBeTrue(file);
        var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "results.json"))).RootElement;
        results.GetProperty("walkForward").GetProperty("windows").GetInt32().ShouldBe(outcome.Windows.Count);
        results.GetProperty("evidence").GetProperty("outOfSample").GetProperty("sentence").GetString()!.ShouldContain("walk-forward");
        results.GetProperty("evidence").GetProperty("costStress").GetProperty("state").GetString().ShouldNotBe("missing");
        File.ReadAllText(Path.Combine(run.Folder, "report.html")).ShouldContain("Parameters chosen by window");
        foreach (var (choice, expected) in results.GetProperty("walkForward").GetProperty("groups")[0].GetProperty("choices")
            .EnumerateArray().Zip(outcome.Groups[0].Choices))
        {
            choice.GetProperty("inSample").GetProperty("sharpe").GetDouble().ShouldBe(expected.Objective);
            choice.GetProperty("outOfSample").GetProperty("totalReturn").GetDouble().ShouldBe(expected.OutOfSampleReturn);
            choice.GetProperty("outOfSampleObjective").GetDouble()
                .ShouldBe(choice.GetProperty("outOfSample").GetProperty("sharpe").GetDouble());
        }
    }

    [Fact]
    public async Task The_report_draws_no_parameter_that_never_changes_and_sets_in_sample_against_out_of_sample()
    {
        var (run, outcome) =
            await RunAsync(Spec(Rolling, Short, """{ "class": "SmaCross", "params": { "fast": [5, 8, 13], "slow": 30 } }"""));
        outcome.Groups[0].Choices.Select(c => c.Strategy).Distinct().Count().ShouldBeGreaterThan(1);
        var page = File.ReadAllText(Path.Combine(run.Folder, "report.html"));
        page.ShouldContain("Parameters chosen by window: fast");
        page.ShouldNotContain("Parameters chosen by window: slow");
        page.ShouldContain("The same in all windows: slow 30");
        page.ShouldContain("In sample against out of sample: sharpe");
    }

    [Fact]
    public void A_statistic_that_does_not_exist_and_a_record_that_is_too_short_are_errors_of_one_sentence()
    {
        Should.Throw<InputException>(() => Spec("\"objective\": \"sharp\"")).Message.ShouldContain("did you mean 'sharpe'?");
        Should.Throw<InputException>(() => RunAsync(Spec("\"inSample\": \"10y\"")).GetAwaiter()
            .GetResult()).Message.ShouldContain("use shorter windows");
    }

    private sealed class CountingSource(IBarSource inner, System.Collections.Concurrent.ConcurrentDictionary<string, int> reads)
        : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            inner.ListSymbolsAsync(timeframe, cancellationToken);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
            new Counting(await inner.OpenAsync(query, cancellationToken), query.Symbol, reads);
    }

    private sealed class Counting(IBarSeries inner, string symbol, System.Collections.Concurrent.ConcurrentDictionary<string, int> reads)
        : IBarSeries
    {
        public Instrument Instrument => inner.Instrument;

        public Timeframe Timeframe => inner.Timeframe;

        public long Count => inner.Count;

        public string ContentHash => inner.ContentHash;

        public IReadOnlyList<string> Notes => inner.Notes;

        // Counted at its end: a look at the first block is no read.
        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var block in inner.ReadAsync(blockSize, cancellationToken)) yield return block;
            reads.AddOrUpdate(symbol, 1, (_, n) => n + 1);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
