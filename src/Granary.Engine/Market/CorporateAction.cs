namespace Granary.Engine.Market;

/// <summary>A split or a cash dividend of one share.</summary>
/// <param name="ExDate">The first day without it, as UTC midnight in ticks.</param>
/// <param name="SplitRatio">New shares for one old; 1 for a dividend.</param>
/// <param name="Dividend">Cash per old share; 0 for a split.</param>
public sealed record CorporateAction(long ExDate, double SplitRatio, double Dividend)
{
    /// <summary>From which open time on the bars of a timeframe are without it: New York's midnight (in winter) within a day.</summary>
    public long From(Timeframe timeframe) => timeframe.IsIntraday ? ExDate + 5 * TimeSpan.TicksPerHour : ExDate;
}
