using Granary.Reporting.Runs;

namespace Granary.Assistants.Answers;

/// <summary>The verdict of a run's validation checks in one sentence.</summary>
internal static class VerdictText
{
    public static string Of(string run, ValidationVerdict verdict) => $"Run {run}: {verdict.Sentence}.";
}
