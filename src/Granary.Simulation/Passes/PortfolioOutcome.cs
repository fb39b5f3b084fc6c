using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Risk;

namespace Granary.Simulation.Passes;

/// <summary>The outcome of the portfolio pass.</summary>
/// <param name="Decisions">Decisions on the signals of each strategy, by its index, in order; only strategies with a weight.</param>
internal sealed record PortfolioOutcome(
    MetricSet Statistics, UInt128 Digest, IReadOnlyDictionary<Decision, long> Counts,
    IReadOnlyDictionary<int, List<Decision>> Decisions, EquityRecorder Recorder)
{
    /// <summary>Predictions of risk models for entries, in the order of the entries; empty without such models.</summary>
    public IReadOnlyList<RiskAnswer> Risk { get; init; } = [];

    /// <summary>Open times of the first and the last row, UTC ticks; 0 without rows.</summary>
    public (long First, long Last) Rows { get; init; }

    /// <inheritdoc cref="RunModel.EquityWithFills"/>
    public double EquityWithFills { get; init; }

    /// <summary>Periods per year over those that the rows count; 1 unless the batch sets them.</summary>
    public double PeriodScale { get; init; } = 1;

    /// <summary>Funding that the portfolio paid and received; null if there was none.</summary>
    public FundingResults? Funding { get; init; }

    /// <summary>How much of the return is price and how much currency; null if all instruments have the account's currency.</summary>
    public CurrencyResults? Currency { get; init; }

    /// <summary>Interest and borrow fees by currency; null if the batch has neither over time.</summary>
    public BorrowingResults? Borrowing { get; init; }

    /// <summary>Why the portfolio never held a position; null if it did.</summary>
    public IdlePortfolio? Idle { get; init; }

    /// <summary>Notes on the portfolio's account for the report.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];
}
