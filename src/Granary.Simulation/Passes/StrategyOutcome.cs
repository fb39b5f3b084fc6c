using Granary.Contracts.Jobs;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>
/// What a host reports of one strategy: small enough to cross a wire and to be kept for a resumed run. Reporting it twice changes nothing:
/// it is keyed by its index.
/// </summary>
/// <param name="Fingerprint">Of its signals, trades and equity; zero where it failed.</param>
/// <param name="Signals">How many it made.</param>
/// <param name="Bars">Bars that it saw.</param>
/// <param name="Error">Why it failed; null where it ran to its end.</param>
public sealed record StrategyOutcome(int Index, MetricSet? Statistics, UInt128 Fingerprint, int Signals, long Bars, string? Error)
{
    /// <summary>Its equity at the ends of periods; null where it failed, or nothing was traced.</summary>
    public EquityTrace? Trace { get; init; }

    /// <summary>Signals that ended without a trade, by reason.</summary>
    public SignalEnds SignalEnds { get; init; }

    /// <summary>Whether every factor of the strategy had a value at some bar.</summary>
    public bool IsWarm { get; init; } = true;

    /// <summary>Trades that were opened; those that are open at the end count too.</summary>
    public int Opened => Signals - SignalEnds.Total;

    /// <summary>Of a strategy that failed, or was stopped.</summary>
    public static StrategyOutcome Failed(int index, long bars, string? error) => new(index, null, 0, 0, bars, error);

    /// <param name="result">What the run left; null where it failed.</param>
    /// <param name="metrics">Those that are computed of it.</param>
    public static StrategyOutcome Of(int index, StrategyResult? result, FeedClock clock, MetricCatalogue metrics, string? error) =>
        result is null ? Failed(index, clock.Bars, error)
        : new StrategyOutcome(index, metrics.Compute(MetricInput.Of(result.Equity, result.Trades, clock.PeriodsPerYear)),
            result.Fingerprint, result.Signals, clock.Bars, error)
        {
            SignalEnds = result.SignalEnds,
            IsWarm = result.IsWarm,
        };
}

/// <summary>How far a batch is.</summary>
/// <param name="Evaluations">Bars times strategies done.</param>
/// <param name="Total">The same when all is done.</param>
public readonly record struct BatchProgress(int StrategiesDone, int Strategies, long Evaluations, long Total, double BarsPerSecond,
    TimeSpan Elapsed, TimeSpan? Remaining, string Stage)
{
    /// <summary>Of the process that computes; null where it is not known.</summary>
    public ProcessLoad? Load { get; init; }
}
