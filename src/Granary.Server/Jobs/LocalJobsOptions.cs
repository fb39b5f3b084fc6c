using Granary.Data.Memory;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Server.Jobs;

/// <summary>Settings of <see cref="LocalJobs"/>.</summary>
internal sealed record LocalJobsOptions
{
    /// <summary>Receivers of faults.</summary>
    public JobFaultHandlers Handlers { get; init; } = new();

    /// <summary>Number of jobs that may wait.</summary>
    public int MostWaiting { get; init; } = 1000;

    /// <summary>Returns why jobs are refused now, in one sentence; null = never.</summary>
    public Func<string?>? Refusal { get; init; }

    /// <summary>Creates the id of a job from its name and the time.</summary>
    public Func<string, DateTimeOffset, string> NewId { get; init; } = JobId.New;

    /// <summary>Called when no job is left to run.</summary>
    public Action Idle { get; init; } = ProcessMemory.Return;

    /// <summary>The disk of the folder of runs.</summary>
    public Disk Disk { get; init; } = Disk.Real;
}
