using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Why;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Why;

/// <summary>
/// Answers of <c>why</c> at random bars, 1,000 of them in the long form, against the run's files and bars, with factors, conditions,
/// positions and equity computed again here.
/// </summary>
public sealed class WhyAgainstRunTests : IDisposable
{
    private const double Fee = 0.05, Cash = 100_000;
    private static readonly string s_data = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-why-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(RunWhy Why, RunFilesByHand Files)> RunAsync(string symbols, string strategies, string portfolio,
        string more = "")
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "why", "data": { "source": "csv:{{s_data}}", "symbols": {{symbols}}, "timeframe": "1h", "to": "2022-12-01" },
              "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
              "strategies": {{strategies}}, "portfolio": {{portfolio}}, "outputs": "all"{{more}} }
            """), _folder);
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
        return (new RunWhy(new RunLibrary(_folder), TestCatalogues.All, TimeProvider.System),
            new RunFilesByHand(Path.Combine(_folder, "run"), s_data));
    }

    [Fact]
    public async Task A_step_to_a_bar_with_a_signal_reads_no_file_of_the_run_again()
    {
        var (why, _) = await RunAsync("""["ACME"]""", """[{ "class": "SmaCross", "params": { "fast": 5, "slow": 20 } }]""",
            """{ "weights": "equal" }""");
        var query = new WhyQuery("SmaCross(fast=5,slow=20)@ACME:1h") { Signal = 2 };
        var first = await why.AnswerAsync("run", query);
        File.Delete(Path.Combine(_folder, "run", "signals.csv"));
        var (at, next) = (new WhyQuery(query.Strategy) { At = first.Bar!.Time }, new WhyQuery(query.Strategy) { Signal = 3, Step = -1 });
        (await why.AnswerAsync("run", at)).Signals.Single().Outcome.ShouldBe(first.Signals.Single().Outcome);
        var third = await why.AnswerAsync("run", next with { Step = 0 });
        third.Signals.Single().Outcome.ShouldNotBeNull();
        (await why.AnswerAsync("run", next)).Bar!.Number.ShouldBe(third.Bar!.Number - 1);
    }

    private static int Index(List<(DateTime Time, double Open, double High, double Low, double Close, double Volume)> bars,
        DateTime time) =>
        bars.FindLastIndex(b => b.Time <= time);

    private static void Same(double expected, double? actual)
    {
        if (double.IsNaN(expected)) Assert.Null(actual);
        else Assert.Equal(expected, actual!.Value, 1e-9 * Math.Max(1, Math.Abs(expected)));
    }

    // The strategy's position, equity and signals, and the portfolio's account, after a bar of an hour.
    private static void CheckAccounts(RunFilesByHand files, WhyAnswer answer)
    {
        var bar = answer.Bar!.Time;
        var open = files.OpenAfter("trades.csv", bar, answer.Strategy);
        Assert.Equal(open.Select(t => ((string)t["side"], RunFilesByHand.Number(t, "entry_price"),
            RunFilesByHand.Number(t, "quantity"))).Order(),
            answer.After!.Trades.Select(t => (t.Side, t.EntryPrice, t.Quantity)).Order());
        var equity = files.EquityAfter(bar, answer.Strategy, Cash, Fee, symbol =>
            files.Bars(symbol) is var bars ? bars[Index(bars, bar)].Close : 0);
        Assert.Equal(equity, answer.After.Equity, 1e-6);
        var signals = files.Rows("signals.csv").Where(s => (string)s["strategy"] == answer.Strategy
            && RunFilesByHand.Time(s, "time") == bar);
        Assert.Equal(signals.Select(s => ((int)RunFilesByHand.Number(s, "number"), (string)s["decision"], (string)s["side"])),
            answer.Signals.Select(s => (s.Number, s.Decision!, s.Side)));
        Assert.NotNull(answer.Portfolio);
        var row = files.Rows("equity.csv").Last(r => RunFilesByHand.Time(r, "time") <= bar);
        Assert.Equal(RunFilesByHand.Number(row, "equity"), answer.Portfolio.Equity);
        Assert.Equal(RunFilesByHand.Number(row, "cash"), answer.Portfolio.Cash);
        Assert.Equal(RunFilesByHand.Number(row, "exposure"), answer.Portfolio.Exposure);
        Assert.Equal(files.OpenAfter("portfolio_trades.csv", bar).Count, answer.Portfolio.OpenTrades);
    }

    private async Task AskAsync(RunWhy why, RunFilesByHand files, string symbol, (string Strategy, int Points, long Seed) ask,
        Action<WhyAnswer, int, List<double>> check)
    {
        var bars = files.Bars(symbol).Where(b => b.Time < new DateTime(2022, 12, 1)).ToList();
        var closes = bars.ConvertAll(b => b.Close);
        var random = new PortableRandom(ask.Seed);
        for (var i = 0; i < TestEffort.Of(ask.Points / 4, ask.Points); i++)
        {
            var at = random.Next(bars.Count);
            // A time within the bar, not its open.
            var answer = await why.AnswerAsync("run", new WhyQuery(ask.Strategy, symbol, bars[at].Time.AddMinutes(17)));
            Assert.Equal(bars[at].Time, answer.Bar!.Time);
            Assert.Equal((bars[at].Open, bars[at].High, bars[at].Low, bars[at].Close, bars[at].Volume),
                (answer.Bar.Open, answer.Bar.High, answer.Bar.Low, answer.Bar.Close, answer.Bar.Volume));
            Assert.Equal(at, answer.Bar.Number);
            CheckAccounts(files, answer);
            check(answer, at, closes);
        }
    }

    [Fact]
    public async Task Values_of_crossings_with_stops_and_refused_entries_are_those_of_the_run()
    {
        var (why, files) = await RunAsync("""["ACME", "BOLT"]""", """
            [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "sides": "both", "size": { "percentOfEquity": 60 },
                "stopLossPercent": 2, "takeProfitPercent": 4, "trailingStopPercent": 3 } ]
            """, """{ "weights": "equal", "limits": { "maxPositions": 2, "maxGrossPercent": 25 } }""");
        var refused = 0;
        foreach (var (fast, symbol, seed) in new[] { (5, "ACME", 1L), (10, "ACME", 2L), (5, "BOLT", 3L), (10, "BOLT", 4L) })
            await AskAsync(why, files, symbol, ($"SmaCross(fast={fast},slow=30)@{symbol}:1h", 100, seed), (answer, at, closes) =>
            {
                var (left, right) = (RunFilesByHand.Sma(closes, at, fast), RunFilesByHand.Sma(closes, at, 30));
                Same(left, answer.Factors[0].Value);
                Same(right, answer.Factors[1].Value);
                Assert.Equal(Math.Min(5, at + 1), answer.Factors[1].Recent.Count);
                for (var i = 0; i < answer.Factors[1].Recent.Count; i++)
                    Same(RunFilesByHand.Sma(closes, at + 1 - answer.Factors[1].Recent.Count + i, 30), answer.Factors[1].Recent[i].Value);
                // Prices have two decimals, so that sums of cents decide ties as the product's exact averages do.
                var turn = RunFilesByHand.Crossed(i => Math.Round(RunFilesByHand.Sma(closes, i, fast)
                    - RunFilesByHand.Sma(closes, i, 30), 9),
                    at);
                Assert.Equal([turn == 1, turn == -1], answer.Conditions.Select(c => c.Holds));
                Assert.Equal([left, right], answer.Conditions.SelectMany(c => new[]
                    { c.Left ?? double.NaN, c.Right ?? double.NaN }).Take(2),
                    (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-9);
                CheckRules(files, answer, ref refused);
            });
        foreach (var signal in files.Rows("signals.csv").Where(s => (string)s["decision"] is not "accepted").Take(60))
        {
            var answer = await why.AnswerAsync("run", new WhyQuery((string)signal["strategy"], Signal: int.Parse((string)signal["number"],
                CultureInfo.InvariantCulture)));
            Assert.Equal(RunFilesByHand.Time(signal, "time"), answer.Bar!.Time);
            Assert.Equal((string)signal["decision"], answer.Signals[0].Decision);
            CheckRules(files, answer, ref refused);
        }
        Assert.True(refused > 20, $"only {refused} refusals were asked about");
    }

    [Fact]
    public async Task An_exit_that_the_batch_refuses_is_an_event_with_its_reason()
    {
        var (why, files) = await RunAsync("""["ACME"]""", """
            [ { "class": "SmaCross", "params": { "fast": 10, "slow": 80 }, "sides": "long", "exitOnSignal": false, "maxBars": 200,
                "size": { "percentOfEquity": 50 } } ]
            """, """{ "weights": "equal" }""");
        var trade = files.Rows("trades.csv").First();
        var (from, to) = (RunFilesByHand.Time(trade, "entry_time"), RunFilesByHand.Time(trade, "exit_time"));
        var bars = files.Bars("ACME");
        var closes = bars.ConvertAll(b => b.Close);
        var at = Enumerable.Range(0, bars.Count).First(i => bars[i].Time > from && bars[i].Time < to
            && RunFilesByHand.Crossed(j => Math.Round(RunFilesByHand.Sma(closes, j, 10) - RunFilesByHand.Sma(closes, j, 80), 9), i) == -1);
        var answer = await why.AnswerAsync("run", new WhyQuery("SmaCross(fast=10,slow=80)@ACME:1h:long", At: bars[at].Time));
        var refused = Assert.Single(answer.Events, e => e.Kind == "exit-refused");
        Assert.Equal("The strategy asked to close trade 1. The batch keeps it open (exitOnSignal: false): only its stop, target, trailing "
            + "stop or time closes it.", refused.Text);
        Assert.Contains("The batch permits only long entries; a signal of the other side does not close them either (exitOnSignal: false).",
            answer.Notes);
    }

    [Fact]
    public async Task Failed_conditions_and_the_nearest_miss_of_a_span_are_those_of_its_bars()
    {
        var (why, files) = await RunAsync("""["COINUSDT"]""", """
            [ { "class": "RsiReversion", "params": { "period": 7, "low": 15, "high": 85 }, "size": { "percentOfEquity": 40 } } ]
            """, """{ "weights": "equal" }""");
        var bars = files.Bars("COINUSDT");
        var closes = bars.ConvertAll(b => b.Close);
        var (first, end) = (bars.FindIndex(b => b.Time == new DateTime(2022, 3, 5)),
            bars.FindIndex(b => b.Time == new DateTime(2022, 3, 7)));
        var rsi = Enumerable.Range(first, end - first).ToDictionary(i => bars[i].Time, i => RunFilesByHand.Rsi(closes, i, 7));
        var answer = await why.AnswerAsync("run", new WhyQuery("RsiReversion(period=7,low=15,high=85)@COINUSDT:1h",
            From: new DateTime(2022, 3, 5, 0, 0, 0, DateTimeKind.Utc), To: new DateTime(2022, 3, 7, 0, 0, 0, DateTimeKind.Utc)));
        var span = answer.Span!;
        Assert.Equal((48, bars[first].Time, bars[end - 1].Time), (span.Bars, span.From, span.To));
        Assert.Equal(rsi.Values.Count(r => r > 15), span.Conditions.Single(c => c.Acts is ["buy"]).Failed);
        Assert.Equal(rsi.Values.Count(r => r >= 85), span.Conditions.Single(c => c.Acts is ["sell"]).Held);
        Assert.True(span.Conditions[0].Failed >= span.Conditions[1].Failed);
        var nearest = rsi.SelectMany(r => new (DateTime Key, double Value, double Level, bool IsMissed)[]
            { (r.Key, r.Value, 15, r.Value > 15), (r.Key, r.Value, 85, r.Value < 85) }).Where(r => r.IsMissed)
            .MinBy(r => Math.Abs(r.Value - r.Level) / Math.Max(r.Value, r.Level));
        Assert.Equal((nearest.Key, nearest.Level), (span.NearestMiss!.Time, span.NearestMiss.Right));
        Same(nearest.Value, span.NearestMiss.Left);
        Same(Math.Abs(nearest.Value - nearest.Level) / Math.Max(nearest.Value, nearest.Level), span.NearestMiss.Distance);
    }

    [Fact]
    public async Task Steps_lead_bar_by_bar_and_before_is_the_account_after_the_bar_before()
    {
        var (why, files) = await RunAsync("""["ACME"]""", """
            [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 40 }, "trailingStopPercent": 2 } ]
            """, """{ "weights": "equal" }""");
        var (id, entry) = ("SmaCross(fast=5,slow=20)@ACME:1h", files.Rows("trades.csv")[3]);
        var bars = files.Bars("ACME");
        var before = await why.AnswerAsync("run", new WhyQuery(id, Trade: 4));
        Assert.Equal((RunFilesByHand.Time(entry, "entry_time"), 4, "long" == (string)entry["side"]),
            (before.Trade!.EntryTime, before.Trade.Number, before.Trade.Side == "long"));
        // The order of the signal waits after its bar, and fills in the next one.
        Assert.Contains(before.After!.Orders, o => o.Role == "entry");
        for (var step = 1; step <= 30; step++)
        {
            var next = await why.AnswerAsync("run", new WhyQuery(id, Trade: 4, Step: step));
            Assert.Equal(bars[(int)before.Bar!.Number + 1].Time, next.Bar!.Time);
            Assert.Equivalent(before.After, next.Before);
            before = next;
        }
        var back = await why.AnswerAsync("run", new WhyQuery(id, At: before.Bar!.Time, Step: -30));
        Assert.Equivalent((await why.AnswerAsync("run", new WhyQuery(id, Trade: 4))).After, back.After);
    }

    [Theory]
    [InlineData("SmaCros(fast=5,slow=20)@ACME:1h", "2022-03-01", 0, 0, "did you mean 'SmaCross(fast=5,slow=20)@ACME:1h'?")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", "2031-03-01", 0, 0, "name a time between them")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", "2001-03-01", 0, 0, "name a time between them")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", null, 9999, 0, "name 1 to")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", null, 0, 9999, "name 1 to")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", null, 0, 0, "give at, trade, signal, or from and to")]
    [InlineData("SmaCross(fast=5,slow=20)@ACME:1h", "2022-03-01", 3, 0, "give only one of")]
    public async Task A_question_that_names_no_bar_of_the_run_is_one_sentence(string strategy, string? at, int trade, int signal,
        string part)
    {
        var (why, _) = await RunAsync("""["ACME"]""", """[ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } } ]""",
            """{ "weights": "equal" }""");
        var query = new WhyQuery(strategy, At: at is null ? null : DateTime.Parse(at, CultureInfo.InvariantCulture),
            Trade: trade > 0 ? trade : null, Signal: signal > 0 ? signal : null);
        var fault = await Assert.ThrowsAsync<InputException>(() => why.AnswerAsync("run", query));
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task A_run_whose_bars_have_changed_is_not_replayed()
    {
        var data = Path.Combine(_folder, "bars");
        Directory.CreateDirectory(data);
        var lines = File.ReadAllLines(Path.Combine(s_data, "ACME.csv"));
        File.WriteAllLines(Path.Combine(data, "ACME.csv"), lines);
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "csv:{{data}}", "symbols": ["ACME"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } } ], "portfolio": { "weights": "equal" } }
            """), _folder);
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "changed"), Validation = false });
        File.WriteAllLines(Path.Combine(data, "ACME.csv"), lines[..^3]);
        var fault = await Assert.ThrowsAsync<InputException>(() => new RunWhy(new RunLibrary(_folder), TestCatalogues.All,
            TimeProvider.System).AnswerAsync("changed", new WhyQuery("SmaCross(fast=5,slow=20)@ACME:1h", Signal: 1)));
        Assert.Equal("the bars of ACME have changed since the run changed, so that it cannot be replayed; run its batch again, and ask of "
            + "that run", fault.Message);
    }

    // The use of the limits, from the portfolio's trades and curve.
    private static void CheckRules(RunFilesByHand files, WhyAnswer answer, ref int refused)
    {
        var portfolio = answer.Portfolio!;
        var positions = answer.Rules.Single(r => r.Name == "maxPositions");
        var gross = answer.Rules.Single(r => r.Name == "maxGrossPercent");
        Assert.Equal((2.0, 25.0), (positions.Limit!.Value, gross.Limit!.Value));
        if (answer.Signals.Count == 0)
        {
            Assert.Equal(portfolio.OpenTrades + portfolio.ReservedTrades, positions.Used);
            Assert.Equal(100 * portfolio.Exposure / portfolio.Equity, gross.Used!.Value, 1e-9);
            Assert.All(answer.Rules, r => Assert.Equal("open", r.State));
            return;
        }
        var decision = answer.Signals[0].Decision!;
        if (decision == "accepted") Assert.All(answer.Rules, r => Assert.Equal("passed", r.State));
        if (decision is not ("max-positions" or "max-gross")) return;
        refused++;
        var rule = answer.Rules.Single(r => r.State == "refused");
        Assert.Equal(decision == "max-positions" ? "maxPositions" : "maxGrossPercent", rule.Name);
        // The refusal follows from the shown figures.
        if (decision == "max-positions") Assert.True(rule.Used >= rule.Limit);
        else Assert.True(rule.BoundedValue + answer.Signals[0].Quantity * portfolio.Weight * answer.Signals[0].Price > rule.Bound);
    }

    [Fact]
    public async Task Values_of_levels_and_of_a_longer_timeframe_are_those_of_the_run()
    {
        var (why, files) = await RunAsync("""["COINUSDT"]""", """
            [ { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 70 }, "sides": "both",
                "size": { "percentOfEquity": 40 }, "stopLossPercent": 3, "maxBars": 20 },
              { "class": "FactorLevel", "params": { "factor": "roc(6)@4h", "low": -1, "high": 1 }, "sides": "both",
                "size": { "percentOfEquity": 40 } } ]
            """, """{ "weights": "equal" }""");
        await AskAsync(why, files, "COINUSDT", ("RsiReversion(period=7,low=30,high=70)@COINUSDT:1h", 200, 5), (answer, at, closes) =>
        {
            var rsi = RunFilesByHand.Rsi(closes, at, 7);
            Same(rsi, answer.Factors[0].Value);
            Assert.Equal([rsi <= 30, rsi >= 70], answer.Conditions.Select(c => c.Holds));
            Assert.Equal([30.0, 70.0], answer.Conditions.Select(c => c.Right));
            Assert.Equal([["buy"], ["sell"]], answer.Conditions.Select(c => c.Acts));
        });
        // A bar of four hours is known when its last hour has closed.
        await AskAsync(why, files, "COINUSDT", ("FactorLevel(factor=roc(6)@4h,low=-1,high=1)@COINUSDT:1h", 150, 6), (answer, at, closes) =>
        {
            List<double> fours = [.. Enumerable.Range(0, (at + 1) / 4).Select(i => closes[4 * i + 3])];
            var roc = RunFilesByHand.Roc(fours, fours.Count - 1, 6);
            Same(roc, answer.Factors[0].Value);
            Assert.Equal([roc >= 1, roc <= -1], answer.Conditions.Select(c => c.Holds));
        });
    }

    [Fact]
    public async Task Values_of_several_symbols_together_are_those_of_the_run()
    {
        var (why, files) = await RunAsync("""["ACME", "BOLT", "CRUX"]""", """
            [ { "class": "MomentumRank", "params": { "lookback": 40, "top": 2, "every": 30 }, "size": { "percentOfEquity": 30 } } ]
            """, """{ "weights": "equal" }""");
        var id = (string)files.Rows("trades.csv")[0]["strategy"];
        foreach (var (symbol, seed) in new[] { ("ACME", 7L), ("BOLT", 8L), ("CRUX", 9L) })
            await AskAsync(why, files, symbol, (id, 60, seed), (answer, at, closes) =>
            {
                Same(RunFilesByHand.Roc(closes, at, 40), answer.Factors.Single(f => f.Symbol == symbol).Value);
                Assert.Equal(2, answer.OtherBars.Count);
                Assert.Empty(answer.Conditions);
                Assert.Contains("declares no conditions", answer.Notes[0], StringComparison.Ordinal);
            });
    }

    [Fact]
    public async Task Predictions_and_inputs_of_models_are_those_of_the_run()
    {
        var (why, files) = await RunAsync("""["ACME"]""", """
            [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "both", "size": { "percentOfEquity": 10 } } ]
            """, """{ "weights": "equal" }""", """
            , "learning": [ { "name": "gate", "trainer": "logistic", "features": ["return(1)", "return(5)"],
                "label": { "kind": "direction", "bars": 5 }, "walkForward": { "window": "expanding", "train": 400, "test": 200 },
                "apply": { "rule": "gate", "buyAbove": 0.52, "sellBelow": 0.48 } } ]
            """);
        var id = (string)files.Rows("signals.csv")[0]["strategy"];
        var bars = files.Bars("ACME");
        var judged = 0;
        foreach (var row in files.Rows("signals.csv"))
        {
            var answer = await why.AnswerAsync("run", new WhyQuery(id, Signal: (int)RunFilesByHand.Number(row, "number")));
            CheckAccounts(files, answer);
            var model = answer.Signals[0].Model!;
            if ((string)row["prediction"] is "") continue;
            Assert.Equal(RunFilesByHand.Number(row, "prediction"), model.Prediction);
            Assert.Equal(RunFilesByHand.Number(row, "model_size"), model.SizeFactor);
            var at = Index(bars, answer.Bar!.Time);
            Same(Math.Log(bars[at].Close / bars[at - 1].Close), model.Features.Single(f => f.Name == "return(1)").Value);
            Same(Math.Log(bars[at].Close / bars[at - 5].Close), model.Features.Single(f => f.Name == "return(5)").Value);
            Assert.Equal((0.52, 0.48), (model.Thresholds["buyAbove"], model.Thresholds["sellBelow"]));
            // The rule's decision follows from what is shown.
            var passes = answer.Signals[0].Side == "long" ? model.Prediction > 0.52 : 1 - model.Prediction > 1 - 0.48;
            Assert.Equal(passes ? 1 : 0, model.SizeFactor);
            if (!passes) Assert.Equal("model-refused", answer.Signals[0].Decision);
            judged++;
        }
        Assert.True(judged > 20, $"only {judged} entries were judged");
        await AskAsync(why, files, "ACME", (id, 70, 10), (answer, at, closes) =>
            Same(RunFilesByHand.Sma(closes, at, 20), answer.Factors[1].Value));
    }
}
