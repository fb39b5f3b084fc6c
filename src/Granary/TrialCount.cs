using Granary.Reporting.Runs;

namespace Granary;

/// <summary>Trials on the bars of a run, of this run and of all earlier ones that the ledger knows.</summary>
/// <param name="All">Different combinations ever tried on these bars, with those of this run.</param>
/// <param name="New">Those that had not been tried before.</param>
/// <param name="Effective">The equivalent number of independent trials, by which the Sharpe ratio is deflated.</param>
/// <param name="Fault">Why the trials of other runs are not counted; null if they are.</param>
public sealed record TrialCount(long All, long New, double Effective, string? Fault)
{
    internal static TrialCount? Of(TrialCensus? census) =>
        census is null ? null : new TrialCount(census.Trials, census.New, census.Effective, census.Fault);
}
