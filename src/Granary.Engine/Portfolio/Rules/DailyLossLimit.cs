namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses entries for the rest of a UTC day that has lost a percentage of its first equity.</summary>
internal sealed class DailyLossLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.DailyLoss;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        !(portfolio.DayStart - portfolio.Equity >= percent * portfolio.DayStart / 100);
}
