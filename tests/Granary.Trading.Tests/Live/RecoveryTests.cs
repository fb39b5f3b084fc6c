using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>
/// A session that continues from its journal runs the past in blocks. Wherever it was cut, it ends as a session that was not.
/// </summary>
public sealed class RecoveryTests : IDisposable
{
    private const string Library = """
        { "class": "BollingerReversion" }, { "class": "BuyAndHold", "timeframe": "4h" }, { "class": "DonchianBreakout",
          "params": { "period": 20, "exit": 10 }, "timeframe": ["1h", "4h"], "size": { "riskPercent": 0.5 }, "trailingStopPercent": 3 },
        { "class": "EmaCross", "params": { "fast": 8, "slow": 26 }, "timeframe": ["1h", "4h", "1d"] }, { "class": "GapFade" },
        { "class": "IchimokuTrend" }, { "class": "MacdCross", "stopLossPercent": 3 }, { "class": "MeanReversion" },
        { "class": "MonthlyRebalance" }, { "class": "OpeningRangeBreakout" }, { "class": "ReversalBreakout" },
        { "class": "RsiReversion", "params": { "period": 7 }, "sides": "long", "size": { "cash": 10000 }, "stopLossPercent": 2,
          "maxBars": 20 }, { "class": "SeasonalityHour" }, { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] } },
        { "class": "SupertrendFollow" }, { "class": "SupportResistanceBreakout" }, { "class": "TrendDay" }, { "class": "TurtleSystem" },
        { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 5 }, "stopLossPercent": 1,
          "takeProfitPercent": 2, "exitOnSignal": false },
        { "class": "PairsSpread", "symbols": ["COINUSDT", "GLIMUSDT"] },
        { "class": "MomentumRank", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "4h" },
        { "class": "SymbolAllocation", "params": { "window": 48, "every": "1d", "band": 0.2 } },
        { "class": "LimitEntries", "params": { "percent": 0.4 }, "maxBars": 3, "entryEvery": "1d", "signalValid": "150m" }
        """;

    private const string Limits = """
        , "portfolio": { "weights": "equal", "size": { "percentOfEquity": 40 }, "enable": { "by": "both", "trades": 6, "minTrades": 4,
            "minProfitFactor": 0.5 },
          "limits": { "maxPositions": 6, "maxGrossPercent": 9, "maxNetPercent": 5, "maxSymbolPercent": 4.02, "maxLeverage": 0.2,
            "maxTurnoverPercent": 300, "maxCorrelatedPercent": 8, "correlation": 0.3, "days": 15,
            "groups": { "all": { "symbols": ["ACME", "COINUSDT"], "maxPercent": 28 } }, "maxDrawdownPercent": 20, "resumeAfterDays": 3,
              "exclusiveSymbols": true, "enforce": "every-bar" } }
        """;

    private const string Reject = """
        , "portfolio": { "weights": "equal", "fills": "bar-close", "onInsufficientCash": "reject", "limits": { "maxPositions": 9 } }
        """;

    private const string Resize = """
        , "portfolio": { "weights": "equal", "fills": "bar-close", "onInsufficientCash": "resize", "limits": { "maxGrossPercent": 60 } }
        """;

    private static readonly DateTime s_from = new(2022, 1, 1), s_to = new(2022, 2, 10);

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    [Theory]
    [InlineData("the library", Library, Reject, "")]
    [InlineData("the library on an account that makes entries smaller", Library, Resize, "")]
    [InlineData("limits and rules of the portfolio", SessionUnderTest.Strategies, Limits, "")]
    [InlineData("another symbol, and smaller bars within longer ones", """
        { "class": "MovesWith", "params": { "n": [10, 20] }, "symbols": ["ACME"], "size": { "percentOfEquity": 20 } },
        { "class": "RsiReversion", "symbols": ["COINUSDT"], "timeframe": "1d", "params": { "period": 3 }, "stopLossPercent": 0.5,
          "takeProfitPercent": 0.5, "exitOnSignal": false, "size": { "percentOfEquity": 20 } }
        """, Reject, """, "intrabarPath": "auto" """)]
    [InlineData("targets in parts and over time, distances in ranges, orders of entries, scaling in", SessionUnderTest.Exits, Resize, "")]
    [InlineData("strategies that fail", """
        { "class": "FailsAt", "params": { "bar": [60, 130, 401] } }, { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } }
        """, Resize, "")]
    public async Task A_session_that_was_cut_anywhere_ends_as_one_that_was_not(string what, string strategies, string more, string path)
    {
        var backtest = await _under.BacktestAsync(strategies, """["ACME", "COINUSDT", "GLIMUSDT"]""", more: more, path: path);
        var whole = await _under.LiveAsync(backtest, "whole");
        whole.Ledger.Trades.Count.ShouldBeGreaterThan(20, what);
        var random = new Random(16);
        var rounds = TestEffort.Of(1, 3);
        for (var round = 0; round < rounds; round++)
        {
            var state = Path.Combine(_under.Folder, $"state-{round}");
            var cuts = Enumerable.Range(0, TestEffort.Of(1, 3)).Select(_ => s_from + random.NextDouble() * (s_to - s_from)).Order()
                .ToList();
            foreach (var cut in cuts) await _under.LiveAsync(backtest, $"cut-{round}", r => r with { State = state, To = cut.Ticks });
            var end = await _under.LiveAsync(backtest, $"end-{round}", r => r with { State = state });
            var about = $"{what}, cut at {string.Join(", ", cuts)}";
            end.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest, about);
            end.Status.Signals.ShouldBe(whole.Status.Signals, about);
            end.Status.Failed.ShouldBe(whole.Status.Failed, about);
            // Each counter follows from the journal, and so goes on where it was.
            (end.Status.OrdersSent, end.Status.Fills, end.Status.Rejected, end.Status.Differences, end.Status.Bars).ShouldBe(
                (whole.Status.OrdersSent, whole.Status.Fills, whole.Status.Rejected, whole.Status.Differences, whole.Status.Bars), about);
            end.Status.OrdersSent.ShouldBe(File.ReadLines(Path.Combine(end.Run.Folder, "orders.csv")).Count() - 1, about);
            end.Run.Model.Strategies.Select(s => s.Error).ShouldBe(whole.Run.Model.Strategies.Select(s => s.Error), about);
            foreach (var file in new[] { "trades.csv", "signals.csv", "equity.csv", "portfolio_trades.csv", "account_trades.csv" })
                File.ReadAllText(Path.Combine(end.Run.Folder, file))
                    .ShouldBe(File.ReadAllText(Path.Combine(whole.Run.Folder, file)), $"{file} of {about}");
        }
    }

    [Fact]
    public async Task What_follows_from_other_facts_is_not_read_again_and_an_unknown_kind_is_never_left_out()
    {
        var backtest = await _under.BacktestAsync();
        var state = Path.Combine(_under.Folder, "state");
        await _under.LiveAsync(backtest, "live", r => r with { State = state });
        var all = FileJournal.Peek(state, new JournalQuery());
        var read = FileJournal.Peek(state, new JournalQuery { Without = JournalKinds.BesideSession });
        read.Count.ShouldBeLessThan(all.Count * 2 / 3);
        read.Select(e => e.Sequence).ShouldBe(all.Where(e => !JournalKinds.BesideSession.Contains(e.Kind)).Select(e => e.Sequence));

        await using (var journal = FileJournal.Open(state, TimeProvider.System))
            await journal.AppendAsync([new JournalEntry(journal.Last + 1, TimeProvider.System.GetUtcNow(), "OfTomorrow", "", "",
                "{}"u8.ToArray())]);
        (await Should.ThrowAsync<JournalException>(() => _under.LiveAsync(backtest, "again", r => r with { State = state })))
            .Message.ShouldContain("is a 'OfTomorrow', which this Granary does not know");
    }
}

/// <summary>Trades both ways every seven bars, until it throws at a bar; only for tests.</summary>
public sealed class FailsAt : Strategy
{
    private readonly int _bar;

    public FailsAt([Engine.Market.Range(1, 10000)] int bar = 100) => _bar = bar;

    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber >= _bar) throw new InvalidOperationException($"bar {_bar} is one too many");
        if (bar.BarNumber % 7 == 0) bar.Go(bar.BarNumber % 14 == 0 ? Side.Buy : Side.Sell);
    }
}
