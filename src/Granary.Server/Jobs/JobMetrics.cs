using Granary.Contracts.Jobs;
using Granary.Simulation.Telemetry;

namespace Granary.Server.Jobs;

/// <summary>Metrics of jobs, in this process and on a cluster.</summary>
public static class JobMetrics
{
    /// <summary>Records the end and the duration of a job.</summary>
    public static void Ended(JobStatus job)
    {
        KeyValuePair<string, object?> kind = new(GranaryInstruments.Kind, job.Kind),
            state = new(GranaryInstruments.State, job.State.ToString().ToLowerInvariant());
        GranaryInstruments.JobsEnded.Add(1, kind, state);
        if (job is { StartedAt: { } started, FinishedAt: { } finished })
            GranaryInstruments.JobDuration.Record((finished - started).TotalSeconds, kind, state);
    }
}
