using Granary.Simulation.Batches;

namespace Granary.Server.Jobs;

/// <summary>Receivers of the faults of <see cref="LocalJobs"/> that a job's input did not cause.</summary>
/// <param name="Failed">Called with the id of a job that failed for a reason other than its input.</param>
/// <param name="ThreadLost">Called with the job's id when a strategy keeps a thread and the job's end is durable; ends the process.</param>
internal sealed record JobFaultHandlers(Action<string, Exception>? Failed = null,
    Action<string, StuckStrategyException>? ThreadLost = null);
