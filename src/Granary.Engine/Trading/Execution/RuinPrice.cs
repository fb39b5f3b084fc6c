using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The price at which closing all open trades in an account's only instrument leaves no equity after fees. A short position reaches it when
/// the price rises, a long position on margin when the price falls.
/// </summary>
internal static class RuinPrice
{
    private const int MostSteps = 50;

    /// <param name="cash">Equity is <c>cash + net · price</c>.</param>
    /// <param name="net">Longs less shorts, in base units times the multiplier.</param>
    /// <param name="multiplier">The instrument's.</param>
    /// <returns>NaN if no price ruins the account: there is no position, or long positions were paid in full.</returns>
    public static double Of(double cash, double net, in OpenTrades trades, FeeModel fee, double multiplier)
    {
        if (net == 0 || net > 0 && cash >= 0) return double.NaN;
        var price = Math.Max(0, -cash / net);
        // Fees grow at most in proportion to the price, by a small part of it: the steps shrink fast.
        for (var i = 0; i < MostSteps; i++)
        {
            var next = Math.Max(0, (CostToClose(trades, price, fee, multiplier) - cash) / net);
            if (Math.Abs(next - price) <= Tolerance.Level * price) return next;
            price = next;
        }
        return price;
    }

    /// <summary>The fees of closing every open trade at a price.</summary>
    public static double CostToClose(in OpenTrades trades, double price, FeeModel fee, double multiplier)
    {
        var sum = 0.0;
        for (var i = 0; i < trades.Count; i++) sum += fee.Fee(price, trades[i].Quantity, multiplier, maker: false);
        return sum;
    }
}
