using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>The kind of slippage of a fill.</summary>
internal enum FillSlippage : byte
{
    /// <summary>None: it is at the price of its own order, or the venue's.</summary>
    None,
    /// <summary>The slippage of orders.</summary>
    Order,
    /// <summary>The slippage of stop orders, if their fills were measured.</summary>
    Stop,
}

/// <summary>The terms of a fill's price for any quantity: accounts of different sizes pay different prices for the same order.</summary>
/// <param name="Reference">The price at which the order trades, before slippage; quote currency.</param>
/// <param name="Bound">The worst price of the order; NaN for none.</param>
/// <param name="Open">Of the bar in which it fills; the other prices and the volume too.</param>
internal readonly record struct FillTerms(FillSlippage Slippage, double Reference, double Bound, long Time, double Open, double High,
    double Low, double Close, double Volume)
{
    internal FillTerms(FillSlippage slippage, double reference, double bound, in Bar bar)
        : this(slippage, reference, bound, bar.Time, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume)
    {
    }

    /// <summary>The terms of a fill at a price, whatever its quantity.</summary>
    internal static FillTerms At(double price, in Bar bar) => new(FillSlippage.None, price, double.NaN, bar);

    internal Bar Bar => new(Time, Open, High, Low, Close, Volume);
}
