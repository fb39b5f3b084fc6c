using Granary.Reporting.Runs;

namespace Granary;

/// <summary>Whether the configuration of a run may be traded, and the checks from which that follows.</summary>
/// <param name="MayBeTraded">Whether every check passed.</param>
/// <param name="Sentence">The verdict in one sentence.</param>
/// <param name="Passed">Checks that passed.</param>
/// <param name="Checks">Checks; 0 if there were none.</param>
/// <param name="Failed">Names of the checks that failed.</param>
/// <param name="Missing">Names of the checks that did not run, or had no data.</param>
/// <param name="Reasons">One sentence for each check that failed or is missing.</param>
public sealed record Verdict(bool MayBeTraded, string Sentence, int Passed, int Checks, IReadOnlyList<string> Failed,
    IReadOnlyList<string> Missing, IReadOnlyList<string> Reasons)
{
    internal static Verdict Of(ValidationVerdict verdict) => new(verdict.MayBeTraded, verdict.Sentence, verdict.Passed, verdict.Checks,
        verdict.Failed, verdict.Missing, verdict.Reasons);

    public override string ToString() => Sentence;
}
