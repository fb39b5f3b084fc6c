using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Backtesting.Why;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Why;

/// <summary>Answers of <c>why</c> about walk-forwards against their files and bars.</summary>
public sealed class WhyOfWalkForwardTests : IDisposable
{
    private const double Fee = 0.05, Cash = 100_000;
    private const string Strategy = "SmaCross@ACME:1h";
    private static readonly string s_data = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-why-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(RunWhy Why, RunFilesByHand Files)> RunAsync(string strategy, string more = "", string portfolio =
        """{ "weights": "equal", "limits": { "maxPositions": 1, "maxGrossPercent": 30 } }""")
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "why", "data": { "source": "csv:{{s_data}}", "symbols": ["ACME", "BOLT"], "timeframe": "1h", "to": "2022-10-01" },
              "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
              "strategies": [ {{strategy}} ], "portfolio": {{portfolio}}, "outputs": "all",
              "walkForward": { "inSample": "2mo", "outOfSample": "1mo", "minTrades": 1 }{{more}} }
            """), _folder);
        await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false, Yes = true },
            cancellationToken: TestContext.Current.CancellationToken);
        return (new RunWhy(new RunLibrary(_folder), TestCatalogues.All, TimeProvider.System),
            new RunFilesByHand(Path.Combine(_folder, "run"), s_data));
    }

    private const string Grid = """
        { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [20, 30, 50] }, "sides": "both", "size": { "percentOfEquity": 60 },
          "stopLossPercent": 2 }
        """;

    private static Task<WhyAnswer> Ask(RunWhy why, DateTime at, int step = 0) =>
        why.AnswerAsync("run", new WhyQuery(Strategy, At: at, Step: step));

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    // The bar's fold, its parameters and factors, the account, signals and the portfolio, from the files alone.
    private static void Check(RunFilesByHand files, WhyAnswer answer,
        List<(DateTime Time, double Open, double High, double Low, double Close, double Volume)> bars)
    {
        var bar = answer.Bar!.Time;
        var window = files.Rows("windows.csv").Single(w => (string)w["group"] == Strategy && RunFilesByHand.Time(w, "chosen_at") <= bar
            && RunFilesByHand.Time(w, "to") > bar);
        (answer.Fold!.TestedFrom, answer.Fold.TestedTo, answer.Fold.Configuration).ShouldBe((RunFilesByHand.Time(window, "chosen_at"),
            RunFilesByHand.Time(window, "to"), (string)window["strategy"]));
        (answer.Fold.Parameters["fast"], answer.Fold.Parameters["slow"]).ShouldBe(((string)window["fast"], (string)window["slow"]));
        var at = bars.FindIndex(b => b.Time == bar);
        (answer.Bar.Open, answer.Bar.High, answer.Bar.Low, answer.Bar.Close).ShouldBe((bars[at].Open, bars[at].High, bars[at].Low,
            bars[at].Close));
        var closes = bars.ConvertAll(b => b.Close);
        foreach (var (factor, name) in answer.Factors.Zip(["fast", "slow"]))
            factor.Value!.Value.ShouldBe(RunFilesByHand.Sma(closes, at,
                int.Parse((string)window[name], CultureInfo.InvariantCulture)), 1e-9);
        var open = files.OpenAfter("trades.csv", bar, Strategy);
        answer.After!.Trades.Select(t => (t.Side, t.EntryPrice, t.Quantity)).Order().ShouldBe(open.Select(t => ((string)t["side"],
            RunFilesByHand.Number(t, "entry_price"), RunFilesByHand.Number(t, "quantity"))).Order());
        answer.After.Equity.ShouldBe(files.EquityAfter(bar, Strategy, Cash, Fee, _ => bars[at].Close), 1e-6);
        var signals = files.Rows("signals.csv").Where(s => (string)s["strategy"] == Strategy && RunFilesByHand.Time(s, "time") == bar);
        answer.Signals.Select(s => (s.Number, s.Decision!, s.Side)).ShouldBe(
            signals.Select(s => ((int)RunFilesByHand.Number(s, "number"), (string)s["decision"], (string)s["side"])));
        var row = files.Rows("equity.csv").Last(r => RunFilesByHand.Time(r, "time") <= bar);
        (answer.Portfolio!.Equity, answer.Portfolio.Cash).ShouldBe((RunFilesByHand.Number(row, "equity"),
            RunFilesByHand.Number(row, "cash")));
        answer.Portfolio.OpenTrades.ShouldBe(files.OpenAfter("portfolio_trades.csv", bar).Count);
        answer.Rules.ShouldNotBeEmpty();
        // The rules are those of the decision on this signal, also of a configuration that several folds chose.
        if (answer.Signals.Count > 0)
            answer.Rules.All(r => r.State == "passed").ShouldBe(answer.Signals[0].Decision == "accepted", bar.ToString("s"));
    }

    [Fact]
    public async Task Values_trades_and_signals_of_random_and_first_and_last_bars_of_folds_are_those_of_the_run()
    {
        var (why, files) = await RunAsync(Grid);
        var bars = files.Bars("ACME").Where(b => b.Time < new DateTime(2022, 10, 1)).ToList();
        var windows = files.Rows("windows.csv").Where(w => (string)w["group"] == Strategy).ToList();
        windows.Select(w => (string)w["strategy"]).Distinct().Count().ShouldBeGreaterThan(2);
        var (first, end) = (RunFilesByHand.Time(windows[0], "chosen_at"), RunFilesByHand.Time(windows[^1], "to"));
        var tested = bars.Where(b => b.Time >= first && b.Time < end).ToList();
        var random = new PortableRandom(5);
        List<DateTime> asked = [.. Enumerable.Range(0, 60).Select(_ => tested[random.Next(tested.Count)].Time)];
        foreach (var window in windows)
        {
            var own = tested.Where(b => b.Time >= RunFilesByHand.Time(window, "chosen_at") && b.Time < RunFilesByHand.Time(window, "to"))
                .ToList();
            asked.AddRange([own[0].Time, own[^1].Time]);
            // A step goes on from the last bar of a fold to the first one of the next.
            if (own[^1] == tested[^1]) continue;
            var next = await Ask(why, own[^1].Time, step: 1);
            next.Bar!.Time.ShouldBe(tested[tested.IndexOf(own[^1]) + 1].Time);
            next.Fold!.TestedFrom.ShouldBe(RunFilesByHand.Time(window, "to"));
            (await Ask(why, next.Bar.Time, step: -1)).Bar!.Time.ShouldBe(own[^1].Time);
        }
        asked.AddRange(files.Rows("signals.csv").Where(s => (string)s["strategy"] == Strategy).Select(s => RunFilesByHand.Time(s, "time"))
            .Where((_, i) => i % 4 == 0));
        foreach (var time in asked.Order())
        {
            var answer = await Ask(why, time.AddMinutes(17));
            answer.Bar!.Time.ShouldBe(time);
            answer.Bar.Number.ShouldBe(tested.FindIndex(b => b.Time == time));
            Check(files, answer, bars);
        }
        files.Rows("signals.csv").Count(s => (string)s["decision"] != "accepted").ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Signals_and_trades_are_found_by_their_numbers_in_the_files_and_other_times_are_refused_with_the_spans()
    {
        var (why, files) = await RunAsync(Grid);
        var trades = files.Rows("trades.csv").Where(t => (string)t["strategy"] == Strategy).ToList();
        foreach (var number in Enumerable.Range(1, trades.Count).Where(n => n % 7 == 1))
        {
            var (answer, row) = (await why.AnswerAsync("run", new WhyQuery(Strategy, Trade: number)), trades[number - 1]);
            (answer.Trade!.EntryTime, answer.Trade.EntryPrice).ShouldBe((RunFilesByHand.Time(row, "entry_time"),
                RunFilesByHand.Number(row, "entry_price")));
            answer.Signals.ShouldContain(s => s.Number == answer.Trade.Signal);
            answer.Events.ShouldContain(e => e.Text.StartsWith($"Signal {answer.Trade.Signal}:", StringComparison.Ordinal));
        }
        foreach (var row in files.Rows("signals.csv").Where(s => (string)s["strategy"] == Strategy).Where((_, i) => i % 9 == 0))
        {
            var number = (int)RunFilesByHand.Number(row, "number");
            var answer = await why.AnswerAsync("run", new WhyQuery(Strategy, Signal: number));
            answer.Bar!.Time.ShouldBe(RunFilesByHand.Time(row, "time"));
            answer.Signals.Single(s => s.Number == number).Outcome.ShouldBe((string)row["outcome"]);
        }
        var windows = files.Rows("windows.csv").Where(w => (string)w["group"] == Strategy).ToList();
        var (first, end) = (RunFilesByHand.Time(windows[0], "chosen_at"), RunFilesByHand.Time(windows[^1], "to"));
        foreach (var time in (DateTime[])[first.AddHours(-1), end])
            (await Should.ThrowAsync<InputException>(() => Ask(why, time))).Message.ShouldContain(
                $"no test span of the walk-forward contains this time; its test spans are {first:yyyy-MM-dd}T");
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("run", new WhyQuery("SmaCross(fast=5,slow=20)@ACME:1h", Signal: 1))))
            .Message.ShouldContain("it is a configuration among which the windows chose; ask of 'SmaCross@ACME:1h'");
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("run", new WhyQuery("SmaCros@ACME:1h", Signal: 1))))
            .Message.ShouldContain("did you mean 'SmaCross@ACME:1h'");
        // Commands of the report ask of bars with a signal.
        var commands = Regex.Matches(await File.ReadAllTextAsync(Path.Combine(_folder, "run", "report.html"),
            TestContext.Current.CancellationToken), $"--strategy \"{Strategy}\" --at ([^ <]+)</code>");
        commands.Count.ShouldBeGreaterThan(3);
        foreach (var at in commands.Take(4).Select(c => c.Groups[1].Value))
            (await Ask(why, DateTime.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal))).Signals.ShouldNotBeEmpty();
        var (from, to) = (RunFilesByHand.Time(windows[1], "chosen_at"), RunFilesByHand.Time(windows[1], "to"));
        var span = await why.AnswerAsync("run", new WhyQuery(Strategy, From: from, To: to));
        span.Span!.Bars.ShouldBe(files.Bars("ACME").Count(b => b.Time >= from && b.Time < to));
        span.Span.Signals.ShouldBe(files.Rows("signals.csv").Count(s => (string)s["strategy"] == Strategy
            && RunFilesByHand.Time(s, "time") >= from && RunFilesByHand.Time(s, "time") < to));
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("run", new WhyQuery(Strategy, From: first, To: end)))).Message
            .ShouldContain("another configuration was chosen from");
    }

    [Fact]
    public async Task Combinations_that_a_search_chose_are_replayed_and_chosen_weights_leave_the_portfolio_out()
    {
        var (why, files) = await RunAsync("""
            { "class": "SmaCross", "search": { "space": { "fast": [4, 12], "slow": [20, 60] }, "trials": 6 },
              "size": { "percentOfEquity": 60 } }
            """, portfolio: """{ "weights": "risk-parity" }""");
        var windows = files.Rows("windows.csv").Where(w => (string)w["group"] == Strategy).ToList();
        foreach (var window in windows)
        {
            var answer = await Ask(why, RunFilesByHand.Time(window, "chosen_at").AddDays(9));
            answer.Fold!.Configuration.ShouldBe((string)window["strategy"]);
            answer.Fold.Parameters["slow"].ShouldBe(Text(window["slow"]));
            answer.Portfolio.ShouldBeNull();
            answer.Notes.ShouldContain(n => n.StartsWith("The portfolio is not shown", StringComparison.Ordinal));
        }
    }
}
