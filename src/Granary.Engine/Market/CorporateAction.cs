namespace Granary.Engine.Market;

/// <summary>A change of one share on an ex date: a cash dividend, a split, or both.</summary>
/// <param name="ExDate">The first day without it, as UTC midnight in ticks.</param>
/// <param name="SplitRatio">New shares for one old; 1 = no split.</param>
/// <param name="Dividend">Cash per old share, also if the shares are split on the same date; 0 = no dividend.</param>
public sealed record CorporateAction(long ExDate, double SplitRatio, double Dividend)
{
    /// <summary>From which open time on the bars of a timeframe are without it: New York's midnight (in winter) within a day.</summary>
    public long From(Timeframe timeframe) => timeframe.IsIntraday ? ExDate + 5 * TimeSpan.TicksPerHour : ExDate;

    /// <summary>Returns the actions in the order of their dates, one action for each date.</summary>
    internal static IReadOnlyList<CorporateAction> ByDate(IReadOnlyList<CorporateAction> actions)
    {
        var isOrdered = true;
        for (var i = 1; i < actions.Count && isOrdered; i++) isOrdered = actions[i - 1].ExDate < actions[i].ExDate;
        return isOrdered ? actions : [.. actions.GroupBy(a => a.ExDate).OrderBy(g => g.Key).Select(g =>
            g.Aggregate((a, b) => new CorporateAction(g.Key, a.SplitRatio * b.SplitRatio, a.Dividend + b.Dividend)))];
    }
}
