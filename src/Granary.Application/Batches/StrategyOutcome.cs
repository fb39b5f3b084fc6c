using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;

namespace Granary.Application.Batches;

/// <summary>What a host reports of one strategy. Reporting it twice changes nothing: it is keyed by its index.</summary>
/// <param name="Bars">Bars that it saw.</param>
/// <param name="PeriodsPerYear">Of its feed.</param>
/// <param name="Error">Why it failed; null where it ran to its end.</param>
public sealed record StrategyOutcome(int Index, StrategyResult? Result, long Bars, double PeriodsPerYear, string? Error)
{
    public RunStatistics? Statistics => Result is null ? null : RunStatistics.Of(Result, PeriodsPerYear);
}

/// <summary>How far a batch is.</summary>
/// <param name="Evaluations">Bars times strategies done.</param>
/// <param name="Total">The same when all is done.</param>
public readonly record struct BatchProgress(int StrategiesDone, int Strategies, long Evaluations, long Total, double BarsPerSecond, TimeSpan Elapsed, TimeSpan? Remaining, string Stage);
