using System.Diagnostics;
using Granary.Contracts.Jobs;
using Granary.Simulation.Telemetry;

namespace Granary.Server.Jobs;

/// <summary>Metrics of jobs, in this process and on a cluster.</summary>
internal static class JobMetrics
{
    /// <summary>Makes the counters exist from the start, so an alert sees the first event as an increase.</summary>
    /// <param name="kinds">The kinds of jobs of this process.</param>
    public static void Begin(IEnumerable<JobKind> kinds)
    {
        foreach (var kind in kinds)
            foreach (var state in (JobState[])[JobState.Done, JobState.Failed, JobState.Cancelled])
                GranaryInstruments.JobsEnded.Add(0, Kind(kind.Name), State(state));
    }

    /// <summary>Records the end and the duration of a job.</summary>
    public static void Ended(JobStatus job)
    {
        var (kind, state) = (Kind(job.Kind), State(job.State));
        GranaryInstruments.JobsEnded.Add(1, kind, state);
        if (job is { StartedAt: { } started, FinishedAt: { } finished })
            GranaryInstruments.JobDuration.Record((finished - started).TotalSeconds, kind, state);
    }

    /// <summary>Adds the kind and the numbers of an ended job to its span.</summary>
    public static void Describe(Activity? span, JobStatus job) => span?.SetTag(GranaryInstruments.Kind, job.Kind)
        .SetTag(GranaryInstruments.Strategies, job.Progress.Strategies).SetTag(GranaryInstruments.Failed, job.Progress.Failed)
        .SetTag(GranaryInstruments.Evaluations, job.Progress.Bars).SetTag(GranaryInstruments.Trades, job.Trades);

    private static KeyValuePair<string, object?> Kind(string kind) => new(GranaryInstruments.Kind, kind);

    private static KeyValuePair<string, object?> State(JobState state) =>
        new(GranaryInstruments.State, state.ToString().ToLowerInvariant());
}
