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
