using Granary.Contracts.Jobs;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Result of one strategy as a host reports it. It is small enough to send over a network and to keep for a resumed run. Reporting it twice
/// has no effect, because the index identifies it.
/// </summary>
/// <param name="Digest">Hash of its signals, trades and equity; zero if it failed.</param>
/// <param name="Signals">Number of signals.</param>
/// <param name="Bars">Number of bars processed.</param>
/// <param name="Error">The reason of its failure; null if it ran to its end.</param>
internal sealed record StrategyOutcome(int Index, MetricSet? Statistics, UInt128 Digest, int Signals, long Bars, string? Error)
{
    /// <summary>Equity at the ends of periods; null if the strategy failed or nothing was traced.</summary>
    public EquityTrace? Trace { get; init; }

    /// <summary>Number of signals that ended without a trade, by reason.</summary>
    public SignalEnds SignalEnds { get; init; }

    /// <summary>Whether all factors of the strategy had a value at some bar.</summary>
    public bool IsWarm { get; init; } = true;

    /// <summary>Share of the bars on which it ran: less than 1 for a trial that its search stopped.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Whether it ran on all bars.</summary>
    public bool IsWhole => Share >= 1;

    /// <summary>Number of opened trades, including those still open at the end.</summary>
    public int Opened => Signals - SignalEnds.Total;

    /// <summary>Creates the outcome of a strategy that failed or was stopped.</summary>
    public static StrategyOutcome Failed(int index, long bars, string? error) => new(index, null, 0, 0, bars, error);

    /// <param name="result">Result of the run; null if it failed.</param>
    public static StrategyOutcome Of(int index, StrategyResult? result, FeedClock clock, FeedPlan feed, string? error) =>
        result is null ? Failed(index, clock.Bars, error)
        : new StrategyOutcome(index, feed.Metrics.Compute(MetricInput.Of(result.Equity, result.Trades,
                feed.PeriodsPerYear ?? clock.PeriodsPerYear)),
            result.Digest, result.Signals, clock.Bars, error)
        {
            SignalEnds = result.SignalEnds,
            IsWarm = result.IsWarm,
        };
}

/// <summary>Progress of a batch.</summary>
/// <param name="Evaluations">Work done: bars times strategies.</param>
/// <param name="Total">Total work: bars times strategies.</param>
internal readonly record struct BatchProgress(int StrategiesDone, int Strategies, long Evaluations, long Total, double BarsPerSecond,
    TimeSpan Elapsed, TimeSpan? Remaining, string Stage)
{
    /// <summary>Load of the computing process; null if unknown.</summary>
    public ProcessLoad? Load { get; init; }

    /// <summary>The best result of a search so far; null if there is none.</summary>
    public string? Best { get; init; }
}
