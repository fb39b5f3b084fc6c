using Granary.Application.Simulation;
using Granary.Reporting.Runs;

namespace Granary.Application.Runs;

/// <summary>What the steps of a run came to, whichever kind of run it is.</summary>
/// <param name="Host">Where it ran, for the manifest and the report.</param>
/// <param name="BarEvaluations">Bars times strategies.</param>
/// <param name="Notes">For the reader; those of the markets are added.</param>
internal sealed record RunResult(string Host, string Digest, IReadOnlyList<StrategyEntry> Strategies, long BarEvaluations,
    PortfolioOutcome Portfolio, IReadOnlyList<RunNote> Notes);
