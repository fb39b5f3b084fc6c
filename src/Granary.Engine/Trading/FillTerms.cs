using System.Runtime.InteropServices;
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
/// <param name="Worst">
/// For the fill of an exit the worst price for the position that the bar had before it, by which the exchange liquidates; NaN if no
/// liquidation can precede it.
/// </param>
/// <param name="AtStop">Whether the stop of a trade is reached: beyond the liquidation price it comes too late.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct FillTerms(FillSlippage Slippage, double Reference, double Bound, long Time, double Open, double High,
    double Low, double Close, double Volume, double Worst, bool AtStop)
{
    internal FillTerms(FillSlippage slippage, double reference, double bound, in Bar bar)
        : this(slippage, reference, bound, bar.Time, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, double.NaN, false)
    {
    }

    /// <summary>The terms of a fill at a price, whatever its quantity.</summary>
    internal static FillTerms At(double price, in Bar bar) => new(FillSlippage.None, price, double.NaN, bar);

    internal Bar Bar => new(Time, Open, High, Low, Close, Volume);
}

/// <summary>The terms of the next fill of a trade; only sent where a price, or a liquidation, depends on the quantity.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="IsAtOpen">Whether the fill is at the bar's open.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct PricedEvent(int Number, long Time, FillTerms Terms, bool IsAtOpen);
