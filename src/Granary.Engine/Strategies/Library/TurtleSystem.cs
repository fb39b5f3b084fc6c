using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies.Library;

/// <summary>The Turtles' system: breakouts sized by volatility, with units added in a trend and one stop for all units.</summary>
/// <remarks>
/// N is the average true range at the first entry. A unit is so large that N costs <c>risk</c> percent of the equity, but no larger than
/// its share of an account without margin. Each further <c>step</c> · N in favour adds a unit, up to <c>units</c> (the batch's
/// <c>maxOpenTrades</c> has to allow them). It also moves the stop of all units to <c>stop</c> · N behind the newest entry. The sizes
/// replace the batch's size rule.
/// </remarks>
[Strategy("The Turtles' system: breakouts sized so that one average true range costs 'risk' percent, with units added as they gain, "
        + "under a common stop.",
    WorksIn = "The few large trends of a year in a broad list of markets: the position grows with the trend, and the risk stays that of "
        + "the newest unit.",
    LosesIn = "All other markets: two breakouts of three fail, and positions are largest at the top of a trend.",
    Source = "Faith 2003; Dennis and Eckhardt 1983")]
public sealed class TurtleSystem : Strategy
{
    // The greatest share of the equity in all units together; the remainder covers costs and gaps.
    private const double Invested = 0.95;

    private readonly Factor _upper, _lower, _exitUpper, _exitLower, _range;
    private readonly int _units;
    private readonly double _risk, _step, _stop;
    private double _n, _newest;
    private int _held;

    public TurtleSystem([Range(1, 2_000)] int entry = 20, [Range(1, 2_000)] int exit = 10, [Range(1, 1_000)] int period = 20, [Range(1, 20)]
        int units = 4,
        [Range(0.01, 20)] double risk = 1, [Range(0.1, 10)] double step = 0.5, [Range(0.1, 20)] double stop = 2)
    {
        _upper = Use("donchian", entry);
        _lower = Use(_upper.Request, line: 1);
        _exitUpper = Use("donchian", exit);
        _exitLower = Use(_exitUpper.Request, line: 1);
        _range = Use("atr", period);
        (_units, _risk, _step, _stop) = (units, risk, step, stop);
    }

    public override void OnBar(StrategyContext bar)
    {
        var close = bar.Close;
        if (!bar.InMarket)
        {
            _held = 0;
            if (bar.HasPendingEntry(Side.Buy) || bar.HasPendingEntry(Side.Sell) || !(bar[_range] > 0)) return;
            _n = bar[_range];
            if (close > bar[_upper]) Add(bar, Side.Buy);
            else if (close < bar[_lower]) Add(bar, Side.Sell);
            return;
        }

        var side = bar.IsLong ? Side.Buy : Side.Sell;
        if (side == Side.Buy ? close < bar[_exitLower] : close > bar[_exitUpper])
        {
            bar.Exit(side);
            return;
        }
        if (bar.OpenTrades > _held)
        {
            _held = bar.OpenTrades;
            _newest = bar.EntryPrice;
            bar.MoveStop(side, _newest - (int)side * _stop * _n);
        }
        if (_held < _units && !bar.HasPendingEntry(side) && (int)side * (close - _newest) >= _step * _n) Add(bar, side);
    }

    private void Add(StrategyContext bar, Side side)
    {
        var money = bar.Equity / (bar.Instrument.Multiplier * bar.CurrencyRate);
        var quantity = Math.Min(money * _risk / 100 / _n, money * Invested / (_units * bar.TradedClose));
        bar.Enter(side, new EntryOptions { Quantity = quantity, StopLoss = bar.Close - (int)side * _stop * _n });
    }
}
