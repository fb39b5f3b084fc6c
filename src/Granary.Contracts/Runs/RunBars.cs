namespace Granary.Contracts.Runs;

/// <summary>A curve of a run, thinned to the requested number of points.</summary>
/// <param name="Rows">How many rows the run has in the span.</param>
/// <param name="Times">UTC.</param>
public sealed record RunCurve(string Name, int Rows, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Values)
{
    /// <summary>Why there is no curve, such as a strategy that cannot be run again; null if there is one.</summary>
    public string? Why { get; init; }
}

/// <summary>The basis of the prices of a chart.</summary>
public enum PriceBasis : byte
{
    /// <summary>Prices as the source has them.</summary>
    Raw,

    /// <summary>Prices that the source's adjusted closes adjust for splits and dividends, as of the source's newest bar.</summary>
    Adjusted,
}

/// <summary>Bars of a run, a store or a session; neighbouring bars are joined if there are more than requested.</summary>
public sealed record RunBars
{
    public required string Symbol { get; init; }

    /// <summary>The length of the bars: <c>1d</c>, or <c>5 x 1d</c> where each joins five bars of a day.</summary>
    public required string Timeframe { get; init; }

    /// <summary>How many bars there are in the span before they are joined.</summary>
    public required int Rows { get; init; }

    /// <summary>How many bars each bar joins, the last one maybe fewer; 1 = none are joined.</summary>
    public required int Joined { get; init; }

    /// <summary>Whether the prices are adjusted for splits and dividends.</summary>
    public required PriceBasis Prices { get; init; }

    /// <summary>Open times, UTC.</summary>
    public required IReadOnlyList<DateTime> Times { get; init; }

    public required IReadOnlyList<double> Open { get; init; }

    public required IReadOnlyList<double> High { get; init; }

    public required IReadOnlyList<double> Low { get; init; }

    public required IReadOnlyList<double> Close { get; init; }

    public required IReadOnlyList<double> Volume { get; init; }
}

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
