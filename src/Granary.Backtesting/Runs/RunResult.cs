using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>What the steps of a run came to, whichever kind of run it is.</summary>
/// <param name="Host">Where it ran, for the manifest and the report.</param>
/// <param name="BarEvaluations">Bars times strategies.</param>
/// <param name="Notes">For the reader; those of the markets are added.</param>
public sealed record RunResult(string Host, string Digest, IReadOnlyList<StrategyEntry> Strategies, long BarEvaluations,
    PortfolioOutcome Portfolio, IReadOnlyList<RunNote> Notes);
