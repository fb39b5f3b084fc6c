using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Server.Jobs;

/// <summary>Settings of <see cref="LocalJobs"/>.</summary>
public sealed record LocalJobsOptions
{
    /// <summary>Receivers of faults.</summary>
    public JobFaultHandlers Handlers { get; init; } = new();

    /// <summary>Number of jobs that may wait.</summary>
    public int MostWaiting { get; init; } = 1000;

    /// <summary>Returns why jobs are refused now, in one sentence; null = never.</summary>
    public Func<string?>? Refusal { get; init; }

    /// <summary>Creates the id of a job from its name and the time.</summary>
    public Func<string, DateTimeOffset, string> NewId { get; init; } = JobId.New;

    /// <summary>The disk of the folder of runs.</summary>
    public Disk Disk { get; init; } = Disk.Real;
}
