using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Validation;

/// <summary>Counts the members of a portfolio whose trades another program recorded.</summary>
/// <param name="Members">Number of trade files with a weight.</param>
/// <param name="Unknown">Number of these files that do not say how many systems were tried before.</param>
internal sealed record RecordedTrials(int Members, int Unknown)
{
    internal string Sentence => $"{Counted.Of(Members, "member")} {(Members == 1 ? "has" : "have")} trades that another program recorded; "
        + "what that program looked at is not known";

    internal string UnknownSentence => $"of {Counted.Of(Unknown, "member")} that another program recorded it is not known how many systems "
        + "were tried before; give the number with --trials";

    /// <param name="members">By strategy index: nonzero if the strategy has a weight at any time.</param>
    public static RecordedTrials Of(BatchPlan plan, IReadOnlyList<double> members)
    {
        var files = Files(plan, i => members[i.Index] != 0);
        return new RecordedTrials(files.Count, files.Count(f => f.Trials == 0));
    }

    /// <summary>Adds the trials behind the recorded files to a census. Each file already counts as one trial of its batch.</summary>
    public static TrialCensus AddTo(TrialCensus census, BatchPlan plan)
    {
        var more = Files(plan, _ => true).Sum(f => Math.Max(0, f.Trials - 1));
        return more == 0 ? census : census with
        {
            Trials = census.Trials + more,
            Effective = census.Effective + more,
            Own = census.Own + more,
        };
    }

    // A file with several markets is one system.
    private static List<RecordedTrades> Files(BatchPlan plan, Func<StrategyInstance, bool> include) =>
        [.. plan.Instances.Where(i => RecordedRuns.IsRecorded(i) && include(i)).Select(RecordedRuns.Of)
            .DistinctBy(r => r.Name, StringComparer.Ordinal)];
}
