using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>The common results of all kinds of runs.</summary>
/// <param name="Host">The host, for the manifest and the report.</param>
/// <param name="BarEvaluations">Bars times strategies.</param>
/// <param name="Notes">Notes for the reader; the markets' notes are added.</param>
internal sealed record RunResult(string Host, string Digest, IReadOnlyList<StrategyEntry> Strategies, long BarEvaluations,
    PortfolioOutcome Portfolio, IReadOnlyList<RunNote> Notes);
