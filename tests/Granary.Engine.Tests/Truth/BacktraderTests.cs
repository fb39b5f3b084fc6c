using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Trading;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Truth;

/// <summary>
/// Whole runs against backtrader's, trade for trade: on synthetic bars that a lone clone has, and on real ones where ../shared is there.
/// (What differs on purpose stands in docs/differences.md.)
/// </summary>
public sealed class BacktraderTests
{
    // The two cases of several assets are proven with the run of several symbols.
    private static readonly string[] _cases =
    [
        "bracket_signalclose", "bracket_signalclose_slip", "bracket_tight_bothhit", "cheat_on_close", "ema_cross_long",
        "futures_margin_longshort",
        "limit_entry_gtc_slip", "limit_entry_valid", "macd_cross_longshort", "market_on_close", "minute_bracket", "minute_futures",
        "minute_sma_long",
        "minute_sma_longshort_slip", "minute_trailing", "oco_entryprice", "oco_entryprice_percent50", "oco_tight_bothhit", "rsi_reversion",
        "sma_long_allin_int_rejected", "sma_long_fixed", "sma_long_nocomm_size1", "sma_long_percent95", "sma_long_percentint90",
        "sma_long_slip5bp",
        "sma_longshort_fixed", "sma_longshort_fixed_b", "sma_longshort_slip5bp", "stop_entry_valid", "stoplimit_entry", "trailing_stop",
    ];

    public static MatrixTheoryData<string, bool> Cases => new(_cases, SharedData.IsSynthetic);

    public static MatrixTheoryData<string, bool> Reversals =>
        new(["sma_longshort_fixed", "sma_longshort_slip5bp", "futures_margin_longshort"], SharedData.IsSynthetic);

    [Theory, MemberData(nameof(Cases))]
    public void A_run_agrees_with_backtrader(string name, bool synthetic) => Check(BacktraderCase.Read(name, synthetic));

    [Theory, MemberData(nameof(Reversals))]
    public void An_exit_and_an_entry_reverse_a_position_as_one_order_of_twice_the_size_does(string name, bool synthetic)
    {
        var given = BacktraderCase.Read(name, synthetic);
        var recorder = new TradeRecorder();
        var result = SingleRun.Of(new SmaCross(given.Count("fast"), given.Count("slow")), given.Series, given.Feed.Bars, Settings(given),
            Execution(given), recorder);
        AgreesOnTrades(given, recorder);
        Near(result.Equity.Final, given.FinalValue, 1e-9);
    }

    private static TradingSettings Settings(BacktraderCase given) => new()
    {
        Cash = 100_000,
        Size = given.Size,
        StopLossPercent = given.Kind == "oco_entry" ? given.Number("stop") * 100 : 0,
        TakeProfitPercent = given.Kind == "oco_entry" ? given.Number("target") * 100 : 0,
        TrailingStopPercent = given.Kind == "trail" ? given.Number("trail") * 100 : 0,
    };

    private static ExecutionSettings Execution(BacktraderCase given) => new()
    {
        Fee = given.Fee,
        Slippage = given.Slip > 0 ? new PercentSlippage(given.Slip * 100) : null,
        Fill = given.CheatOnClose ? FillTiming.SameClose : FillTiming.NextOpen,
        ProtectFrom = ProtectFrom.NextBar,
    };

    private static void Check(BacktraderCase given)
    {
        given.Feed.Bars.Length.ShouldBe(given.Bars);
        var strategy = CaseStrategy.Of(given);
        var recorder = new TradeRecorder();
        var result = SingleRun.Of(strategy, given.Series, given.Feed.Bars, Settings(given), Execution(given), recorder);

        AgreesOnTrades(given, recorder);
        result.Trades.Trades.ShouldBe(given.Trades.Count);
        Near(result.Equity.Final, given.FinalValue, 1e-9);
        var open = recorder.Trades.Where(t => t.Reason == ExitReason.Open).Sum(t => (int)t.Side * t.Quantity);
        Near(open, given.FinalPosition, 1e-9);
        // Cheating on the close, we book a commission with its fill and backtrader a bar later.
        var late = given.CheatOnClose ? given.Trades.Max(t => t.Commission) / 100_000 : 0;
        Near(result.Equity.MaxDrawdown, given.MaxDrawdown, 1e-8, late + 1e-13);
        if (given.DailySharpe is { } sharpe && !given.CheatOnClose && given.Series.Timeframe == Timeframe.D1)
        {
            var (e, n) = (result.Equity, result.Equity.Count);
            var variance = (e.SumOfSquares - e.SumOfReturns * e.SumOfReturns / n) / (n - 1);
            Near(e.SumOfReturns / n / Math.Sqrt(variance) * Math.Sqrt(252), sharpe, 1e-8);
        }

        AgreesOnOrders(given, strategy);
        AgreesOnEquity(given, strategy);
    }

    private static void AgreesOnTrades(BacktraderCase given, TradeRecorder recorder)
    {
        var ours = recorder.Closed.ToList();
        var bars = given.Feed.Bars;
        for (var i = 0; i < Math.Min(ours.Count, given.Trades.Count); i++)
        {
            var (our, their) = (ours[i], given.Trades[i]);
            // Cheating on the close, backtrader dates the trade by the bar after the one at whose close it fills.
            var shift = given.CheatOnClose ? 1 : 0;
            var where = $"trade {i + 1}, entered {new DateTime(their.Entry):yyyy-MM-dd HH:mm}";
            Later(our.EntryTime, shift).ShouldBe(their.Entry, where);
            Later(our.ExitTime, shift).ShouldBe(their.Exit, where);
            our.Side.ShouldBe(their.Side, where);
            Near(our.Quantity, their.Quantity, 1e-9, 0, where);
            Near(our.EntryPrice, their.EntryPrice, 1e-9, 0, where);
            Near(our.ExitPrice, their.ExitPrice, 1e-9, 0, where);
            // A profit is a difference of notionals, and keeps so many digits as they have.
            var notional = their.Quantity * their.EntryPrice * given.Series.Instrument.Multiplier;
            Near(our.Profit, their.Profit, 1e-9, notional * 1e-12, where);
            Near(our.Commission, their.Commission, 1e-9, 0, where);
            our.Bars.ShouldBe(their.Bars, where);
        }
        ours.Count.ShouldBe(given.Trades.Count);

        long Later(long time, int by) => by == 0 ? time : bars[Array.FindIndex(bars, b => b.Time == time) + by].Time;
    }

    private static void AgreesOnOrders(BacktraderCase given, CaseStrategy strategy)
    {
        var counts = strategy.Ended.GroupBy(e => e.Order.State).ToDictionary(g => g.Key switch
        {
            OrderState.Filled => "Completed",
            OrderState.Cancelled => "Canceled",
            OrderState.Expired => "Expired",
            _ => "Margin",
        }, g => g.Count(), StringComparer.Ordinal);
        counts.OrderBy(c => c.Key, StringComparer.Ordinal).ShouldBe(given.OrdersByStatus.OrderBy(c => c.Key, StringComparer.Ordinal));
        if (given.Orders is null) return;

        // backtrader checks the margin on the bar after the signal, and we refuse at once; it tells of a strategy's own cancelling a bar
        // later.
        var bars = given.Feed.Bars;
        var next = bars.Zip(bars.Skip(1)).ToDictionary(p => p.First.Time, p => p.Second.Time);
        var ended = given.Orders.Where(o => o.State != OrderState.Rejected).ToList();
        var ours = strategy.Ended.Where(o => o.Order.State != OrderState.Rejected).ToList();
        var theirEvents = ended.Select(o => (Time: o.Ended, o.Side, o.Type, o.State)).Order().ToList();
        var ourEvents = ours
            .Select(o => (Time: o.Order is { Role: OrderRole.Entry, State: OrderState.Cancelled } ? next[o.Time]
                : o.Time, o.Order.Side, o.Order.Type, o.Order.State))
            .Order().ToList();
        for (var i = 0; i < Math.Min(ourEvents.Count, theirEvents.Count); i++)
            ourEvents[i].ShouldBe(theirEvents[i], $"order event {i + 1}");
        ourEvents.Count.ShouldBe(theirEvents.Count);
        var filled = ours.Where(o => o.Order.State == OrderState.Filled).OrderBy(o => o.Time).ThenBy(o => o.Order.Side).ToList();
        var theirs = ended.Where(o => o.State == OrderState.Filled).OrderBy(o => o.Ended).ThenBy(o => o.Side).ToList();
        for (var i = 0; i < filled.Count; i++) Near(filled[i].Order.FilledPrice, theirs[i].Price, 1e-9);
    }

    private static void AgreesOnEquity(BacktraderCase given, CaseStrategy strategy)
    {
        if (given.ReadEquity() is not { } curve) return;
        curve.Count.ShouldBe(given.Bars);
        for (var i = 0; i < curve.Count; i++)
        {
            var (time, value, position) = curve[i];
            time.ShouldBe(given.Feed.Bars[i].Time);
            var our = strategy.Curve.TryGetValue(time, out var known) ? known : (Value: 100_000, Position: 0);
            // Cheating on the close, backtrader books the fill a bar after the one at whose close it was made.
            if (given.CheatOnClose && our.Position != position) continue;
            Near(our.Value, value, 1e-9, 0, $"value at bar {i}");
            Near(our.Position, position, 1e-9, 0, $"position at bar {i}");
        }
    }

    private static void Near(double actual, double expected, double relative, double absolute = 0, string? where = null)
    {
        var error = Math.Abs(actual - expected);
        if (!(error <= Math.Abs(expected) * relative + absolute)) Assert.Fail($"{actual:R} instead of {expected:R} ({where})");
    }
}
