namespace Granary.Contracts.Runs;

/// <summary>A curve of a run, thinned to the requested number of points.</summary>
/// <param name="Rows">How many rows the run has in the span.</param>
/// <param name="Times">UTC.</param>
public sealed record RunCurve(string Name, int Rows, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Values)
{
    /// <summary>Why there is no curve, such as a strategy that cannot be run again; null if there is one.</summary>
    public string? Why { get; init; }
}

/// <summary>Bars of a run, a store or a session; neighbouring bars are joined if there are more than requested.</summary>
/// <param name="Rows">How many bars of the timeframe there are in the span.</param>
/// <param name="Times">Open times, UTC.</param>
public sealed record RunBars(string Symbol, string Timeframe, int Rows, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Open,
    IReadOnlyList<double> High, IReadOnlyList<double> Low, IReadOnlyList<double> Close, IReadOnlyList<double> Volume);

/// <summary>A factor at the bars of a chart: at a joined bar the value at its last one; null until the factor is warm.</summary>
public sealed record ChartFactor(string Name, IReadOnlyList<double?> Values);

/// <summary>
/// The stop and target of a strategy's newest open trade at each bar of a chart, as they work after the bar's close. A bar that closes the
/// last open trade has the stop and target that this trade had. null without a stop or target.
/// </summary>
/// <param name="Stops">Quote currency, one for each bar of the chart.</param>
/// <param name="Targets">Likewise.</param>
/// <param name="Why">Why there are no stops and targets; null if there are.</param>
public sealed record ChartLevels(IReadOnlyList<double?> Stops, IReadOnlyList<double?> Targets, string? Why);

/// <summary>The price chart of a strategy: bars with the factors that it uses.</summary>
/// <param name="Levels">null where no strategy is named.</param>
public sealed record ChartBars(RunBars Bars, IReadOnlyList<ChartFactor> Factors, ChartLevels? Levels);
