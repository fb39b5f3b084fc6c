using Granary.Reporting.Runs;

namespace Granary;

/// <summary>A window of a walk-forward: what was chosen in sample, and how it did out of sample.</summary>
/// <param name="Group">The strategies among which it chose.</param>
/// <param name="From">Start of the bars in sample, UTC.</param>
/// <param name="ChosenAt">End of those, and start of the bars out of sample, UTC.</param>
/// <param name="To">End of the bars out of sample, UTC.</param>
/// <param name="Strategy">Id of the chosen strategy; null if none could be chosen.</param>
/// <param name="Objective">The objective in sample; NaN if none was chosen.</param>
/// <param name="OutOfSampleObjective">The objective out of sample; NaN where undefined.</param>
/// <param name="OutOfSampleReturn">Profit over the equity at its start, out of sample; a fraction.</param>
public sealed record BacktestWindow(string Group, DateTime From, DateTime ChosenAt, DateTime To, string? Strategy, double Objective,
    double OutOfSampleObjective, double OutOfSampleReturn)
{
    internal static IEnumerable<BacktestWindow> Of(WalkForwardGroup group) =>
        group.Choices.Select(c => new BacktestWindow(group.Group, BacktestTrade.Utc(c.From), BacktestTrade.Utc(c.ChosenAt),
            BacktestTrade.Utc(c.To), c.Strategy, c.Objective, c.OutOfSampleObjective, c.OutOfSampleReturn));
}
