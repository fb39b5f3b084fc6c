using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Trades the reversion of the spread of two symbols to its mean: long the cheap one, short the expensive one, weighted by a rolling hedge
/// ratio.
/// </summary>
/// <remarks>
/// The hedge ratio is the slope of the least-squares line of the first symbol's log price on the second's. The line is fitted over the last
/// <c>period</c> time slices at which both have a bar. The spread is the distance from that line in its standard deviations. The batch's
/// size rule applies to both legs together. If one leg is refused or stopped, the other is closed.
/// </remarks>
[Strategy("Trades the spread of two symbols back to its mean, each leg weighted by a rolling hedge ratio.",
    WorksIn = "Two prices with a real link, such as share classes, or a fund and its index: the spread returns whatever the market does.",
    LosesIn = "A link that breaks, by a merger, a default or a new product: the spread only widens, and two legs pay costs.",
    Source = "Gatev, Goetzmann and Rouwenhorst 2006; Vidyamurthy 2004")]
public sealed class PairsSpread : MultiSymbolStrategy
{
    private readonly double _entry, _exit;
    private RollingWindow _first, _second;

    public PairsSpread([Range(3, 5_000)] int period = 60, [Range(0.1, 10)] double entry = 2, [Range(0, 10)] double exit = 0.5)
    {
        if (exit >= entry) throw new ArgumentException("exit has to be below entry");
        (_first, _second) = (new RollingWindow(period), new RollingWindow(period));
        (_entry, _exit) = (entry, exit);
    }

    public override int LeastSymbols => 2;

    public override int MostSymbols => 2;

    public override void OnBar(MultiSymbolContext bar)
    {
        var (a, b) = (bar.Symbols[0], bar.Symbols[1]);
        if (!a.HasBar || !b.HasBar) return;
        _first.Add(Math.Log(a.Close));
        _second.Add(Math.Log(b.Close));
        if (!_first.IsFull) return;

        if (a.InMarket != b.InMarket && !IsWaiting(a) && !IsWaiting(b))
        {
            a.Exit();
            b.Exit();
            return;
        }
        var (ratio, spread) = Spread();
        if (a.InMarket)
        {
            // A short position in the first symbol is held while it is expensive.
            if (a.IsShort ? spread < _exit : spread > -_exit)
            {
                a.Exit();
                b.Exit();
            }
            return;
        }
        if (!(Math.Abs(spread) > _entry) || !(ratio > 0) || IsWaiting(a) || IsWaiting(b)) return;
        var side = spread > 0 ? Side.Sell : Side.Buy;
        var quantity = a.UsualQuantity / (1 + ratio);
        if (!(quantity > 0)) return;
        var other = quantity * a.TradedClose * a.Instrument.Multiplier * a.CurrencyRate * ratio
            / (b.TradedClose * b.Instrument.Multiplier * b.CurrencyRate);
        a.Enter(side, new EntryOptions { Quantity = quantity });
        b.Enter((Side)(-(int)side), new EntryOptions { Quantity = other });
    }

    private static bool IsWaiting(SymbolContext symbol) => symbol.HasPendingEntry(Side.Buy) || symbol.HasPendingEntry(Side.Sell);

    // NaN if the second symbol has not moved, or if the first lies exactly on the line.
    private (double Ratio, double Deviations) Spread()
    {
        var y = _first.Values;
        var x = _second.Values;
        var (yy, xx, xy) = RollingWindow.Comoments(y, x);
        if (Variation.IsNoneSquared(xx / x.Length, Variation.OfReturns)) return (double.NaN, double.NaN);
        var ratio = xy / xx;
        double meanY = 0, meanX = 0;
        for (var i = 0; i < y.Length; i++)
        {
            meanY += y[i];
            meanX += x[i];
        }
        var residual = y[^1] - meanY / y.Length - ratio * (x[^1] - meanX / x.Length);
        var variance = (yy - ratio * xy) / y.Length;
        return (ratio, Variation.IsNoneOfSums(variance, yy / y.Length) ? double.NaN : residual / Math.Sqrt(variance));
    }
}
