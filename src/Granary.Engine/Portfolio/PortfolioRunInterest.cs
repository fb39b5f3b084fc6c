using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

// What the portfolio's own margin loan costs: its strategies' loans are of accounts of their own, and of other sizes.
public sealed partial class PortfolioRun
{
    /// <summary>Cash without the proceeds of what is short at the last marks, gains and losses of margined instruments settled; below 0 the account owes it.</summary>
    private double SettledCash(out double longValue)
    {
        var settled = _cash;
        longValue = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            if (_instruments[i].MarginPerUnit > 0)
            {
                settled += _net[i] * _close[i];
                continue;
            }
            settled -= (_gross[i] - _net[i]) / 2 * _close[i];
            longValue += (_gross[i] + _net[i]) / 2 * _close[i];
        }
        return settled;
    }

    // Of the nights between two instants, at the marks of the later one; each long trade bears its part by value.
    private void AccrueInterest(long days, long time)
    {
        if (_holdings.Count == 0 || !(SettledCash(out var value) is < 0 and var settled) || !(value > 0)) return;
        var rate = -settled / value * (_execution.MarginRate / 365 * days);
        foreach (var key in _holdings.Keys.Order().ToList())
        {
            var holding = _holdings[key];
            var instrument = _instruments[holding.Symbol];
            if (holding.Side == Side.Buy && !(instrument.MarginPerUnit > 0)) Book(key, ref holding, -_close[holding.Symbol] * instrument.Multiplier * rate, time);
        }
    }
}
