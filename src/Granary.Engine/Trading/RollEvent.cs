using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>An open trade has moved from one contract to the next, with two orders in one time slice.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Change">The index of the change in the instrument's <see cref="Market.ListingChanges"/>.</param>
/// <param name="Side">The side of the trade.</param>
/// <param name="Quantity">Base units that are open.</param>
/// <param name="OldPrice">The price at which the old contract was closed, slippage included.</param>
/// <param name="NewPrice">The price at which the new contract was opened, slippage included.</param>
/// <param name="Commission">Of both orders, quote currency.</param>
/// <param name="High">Of the new contract's bar, by which the account of a different size computes its prices; the others likewise.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RollEvent(int Number, long Time, int Change, Side Side, double Quantity, double OldPrice, double NewPrice,
    double Commission, double High, double Low, double Close, double Volume)
{
    /// <summary>The new contract's bar.</summary>
    /// <param name="open">Its open, at which the roll is made.</param>
    internal Bar BarAt(double open) => new(Time, open, High, Low, Close, Volume);

    /// <summary>Profit of the roll before commission: the part of the next price's jump that is no gain of the position.</summary>
    /// <param name="multiplier">The instrument's.</param>
    public double Profit(double multiplier) => (int)Side * (OldPrice - NewPrice) * Quantity * multiplier;
}
