using Granary.Reporting.Runs;

namespace Granary.Assistants.Answers;

/// <summary>The verdict of a run's validation checks in one sentence.</summary>
internal static class VerdictText
{
    public static string Of(string run, ValidationVerdict? verdict) => verdict is null
        ? $"Run {run} was not checked: it may not be traded."
        : FormattableString.Invariant($"Run {run} {(verdict.MayBeTraded ? "may be traded" : "may not be traded")}: {verdict.Passed} of ")
            + FormattableString.Invariant($"{verdict.Checks} validation checks passed.");
}
