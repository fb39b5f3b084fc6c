namespace Granary.Engine.Portfolio.Rules;

/// <summary>Sums over several instruments.</summary>
internal static class PortfolioViewSums
{
    /// <summary>Open positions in some instruments, and where asked for the reservations in them.</summary>
    public static double ValueIn(this IPortfolioView portfolio, int[] markets, bool countsReserved)
    {
        var sum = 0.0;
        foreach (var market in markets)
            sum += countsReserved ? portfolio.ValueIn(market) + portfolio.ReservedIn(market) : portfolio.ValueIn(market);
        return sum;
    }
}
