using Granary.Contracts.Jobs;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;

namespace Granary.Assistants.Calls;

/// <summary>One call of an assistant: who calls, what they may see, and the run that the answer is about.</summary>
internal sealed class AssistantCall(RunLibrary runs, IJobService jobs, BudgetedJobs research)
{
    /// <summary>Set before the tool runs.</summary>
    public Caller Caller { get; set; } = null!;

    /// <summary>The run that the answer is about; null if it is about none.</summary>
    public RunSummary? Run { get; private set; }

    /// <summary>The path of what the call changed, such as <c>/jobs/ID</c>, for the audit log; null if it changed nothing.</summary>
    public string? Changed { get; set; }

    /// <summary>Returns a run that the caller may see, about which the answer will be.</summary>
    /// <exception cref="InputException">There is no such run.</exception>
    public RunSummary Open(string id) => Run = Find(id);

    /// <summary>Returns a run that the caller may see.</summary>
    /// <exception cref="InputException">There is no such run.</exception>
    public RunSummary Find(string id) => research.MaySee(Caller, id) && runs.Find(id) is { } found ? found
        : throw new InputException($"there is no run '{id}' here; list_runs lists them");

    /// <summary>Returns a page of the runs that the caller may see.</summary>
    /// <exception cref="InputException">The query is invalid.</exception>
    public async Task<RunPage> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        if (Caller.Limits?.Holdout is null) return runs.List(query);
        var own = await research.ListAsync(Caller, new JobQuery(int.MaxValue), cancellationToken).ConfigureAwait(false);
        return runs.List(query, own.Items.Select(j => j.Id).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Returns a job that the caller may see.</summary>
    /// <exception cref="InputException">There is no such job.</exception>
    public async Task<JobStatus> JobAsync(string id, CancellationToken cancellationToken) =>
        JobId.IsWellFormed(id) && research.MaySee(Caller, id)
            && await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } found
            ? found : throw new InputException($"there is no job '{id}' here; list_jobs lists them");
}
