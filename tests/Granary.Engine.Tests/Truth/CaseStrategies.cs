using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>
/// A strategy of a backtrader case: a signal of +1 or −1, and what its kind makes of it. Records its orders and its curve.
/// </summary>
internal abstract class CaseStrategy : Strategy
{
    private readonly Crossing? _cross;
    private readonly Factor? _level;
    private readonly double _low, _high;

    protected CaseStrategy(BacktraderCase given)
    {
        Case = given;
        switch (given.Signal)
        {
            case "sma" or "ema":
                _cross = Cross(Use(given.Signal, given.Count("fast")), Use(given.Signal, given.Count("slow")));
                break;
            case "macd":
                _cross = Cross(Use("macd(12,26,9)"), Use("macd(12,26,9).signal"));
                break;
            case "rsi":
                _level = Use("rsi", given.Count("period"));
                (_low, _high) = (given.Number("low"), given.Number("high"));
                break;
            default:
                throw new ArgumentException($"unknown signal {given.Signal}", nameof(given));
        }
    }

    protected BacktraderCase Case { get; }

    /// <summary>Orders that ended, with the bar in which they did.</summary>
    public List<(Order Order, long Time)> Ended { get; } = [];

    /// <summary>After each bar since the first call.</summary>
    public Dictionary<long, (double Value, double Position)> Curve { get; } = [];

    public static CaseStrategy Of(BacktraderCase given) => given.Kind switch
    {
        "long" => new LongOnly(given),
        "ls" => new Reversing(given),
        "long_close" => new OnClose(given),
        "limit_entry" or "stop_entry" or "stoplimit_entry" => new PricedEntry(given),
        "bracket" => new BracketFromSignal(given),
        "oco_entry" or "trail" => new ProtectedFromFill(given),
        _ => throw new ArgumentException($"unknown kind {given.Kind}", nameof(given)),
    };

    public sealed override void OnBar(StrategyContext bar)
    {
        var signal = _cross is not null ? _cross.At(bar)
            : bar[_level!] < _low ? 1
            : bar[_level!] > _high ? -1 : 0;
        if (signal != 0) OnSignal(bar, signal);
        Curve[bar.Time.Ticks] = (bar.Equity, bar.Position.SignedQuantity);
    }

    public sealed override void OnOrder(StrategyContext bar, in Order order)
    {
        if (order.State.IsFinal()) Ended.Add((order, bar.Time.Ticks));
    }

    protected abstract void OnSignal(StrategyContext bar, int signal);
}

/// <summary>In at +1 while flat, out at −1.</summary>
internal sealed class LongOnly(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy);
        else bar.Exit(Side.Buy);
    }
}

/// <summary>Long at +1, short at −1, by one order of twice the size that nets.</summary>
internal sealed class Reversing(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        var change = signal * Case.Number("size") - bar.Position.SignedQuantity;
        if (change != 0) bar.Submit(new OrderRequest((Side)Math.Sign(change), Math.Abs(change)));
    }
}

/// <summary>The same as <see cref="LongOnly"/>, at the next bar's close.</summary>
internal sealed class OnClose(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy, new EntryOptions { Type = OrderType.MarketOnClose });
        else bar.ExitOnClose(Side.Buy);
    }
}

/// <summary>
/// In by a limit below the signal's close, a stop above it, or a stop with a limit further up; out at −1, which also cancels.
/// </summary>
internal sealed class PricedEntry(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal < 0)
        {
            bar.Exit(Side.Buy);
            return;
        }
        var (close, off) = (bar.Close, Case.Number("off"));
        var days = Case.Number("valid_days", 0);
        bar.Enter(Side.Buy, new EntryOptions
        {
            Type = Case.Kind switch { "limit_entry" => OrderType.Limit, "stop_entry" => OrderType.Stop, _ => OrderType.StopLimit },
            LimitPrice = Case.Kind == "limit_entry" ? close * (1 - off) : close * (1 + off * Case.Number("lim_mult", 0)),
            StopPrice = close * (1 + off),
            TimeInForce = days > 0 ? TimeInForce.GoodTillDate : TimeInForce.GoodTillCancelled,
            ExpiresAt = bar.Time.AddDays(days).Ticks,
        });
    }
}

/// <summary>Stop and target from the close of the signal; nothing else ends a trade.</summary>
internal sealed class BracketFromSignal(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0)
            bar.Enter(Side.Buy, new EntryOptions
            {
                StopLoss = bar.Close * (1 - Case.Number("stop")),
                TakeProfit = bar.Close * (1 + Case.Number("target"))
            });
    }
}

/// <summary>Stop and target, or a trailing stop, from the fill on, as the settings say; nothing else ends a trade.</summary>
internal sealed class ProtectedFromFill(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy);
    }
}
