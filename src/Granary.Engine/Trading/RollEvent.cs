using System.Runtime.InteropServices;

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
/// <param name="ClosingCommission">The part of the order that closed the old contract.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RollEvent(int Number, long Time, int Change, Side Side, double Quantity, double OldPrice, double NewPrice,
    double Commission, double ClosingCommission)
{
    /// <summary>Profit of the roll before commission: the part of the next price's jump that is no gain of the position.</summary>
    /// <param name="multiplier">The instrument's.</param>
    public double Profit(double multiplier) => (int)Side * (OldPrice - NewPrice) * Quantity * multiplier;
}
