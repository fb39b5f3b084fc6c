using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses entries for the rest of a UTC day that has lost a percentage of its first equity.</summary>
[PortfolioRule("dailyLossPercent", "Refuses entries for the rest of a day with a loss.", Order = 50, Refusal = "daily-loss",
    RefusalTitle = "daily loss limit", RefusalSentence = "The day had lost more than limits.dailyLossPercent.")]
internal sealed class DailyLossLimit : IPortfolioRule
{
    [Key("for the rest of a UTC day with this loss"), Range(0, 100)]
    public required double DailyLossPercent { get; init; }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        !(portfolio.DayStart - portfolio.Equity >= DailyLossPercent * portfolio.DayStart / 100);

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
    [
        new("Loss of the day", portfolio.DayStart > 0 ? 100 * Math.Max(0, 1 - portfolio.Equity / portfolio.DayStart) : 0, DailyLossPercent,
            RuleUnit.Percent),
    ];
}
