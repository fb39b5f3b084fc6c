using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

internal static class PortfolioEntries
{
    /// <summary>Reports the first fill of a strategy's trade, and returns the portfolio's quantity.</summary>
    public static double OnEntry(this PortfolioRun run, int member, int number, long time, double price, double quantity,
        double commission) => run.OnFill(member,
        new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false));
}
