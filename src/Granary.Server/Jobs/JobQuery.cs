using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>A filter and a page of the list of jobs.</summary>
/// <param name="Limit">The maximum number of jobs.</param>
/// <param name="Cursor">The id of the last job on the previous page; null for the newest.</param>
/// <param name="Kind">The kind; null = all kinds.</param>
/// <param name="State">The state; null = all states.</param>
internal sealed record JobQuery(int Limit, string? Cursor = null, string? Kind = null, JobState? State = null)
{
    /// <summary>Whether a job matches the filter.</summary>
    public bool Matches(JobStatus job) => (Kind is null || job.Kind == Kind) && (State is null || job.State == State);

    /// <summary>Returns the page of a list.</summary>
    /// <param name="newestFirst">All jobs in the order of the list.</param>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    public JobPage Of(IEnumerable<JobStatus> newestFirst)
    {
        var page = new List<JobStatus>();
        var isBehind = Cursor is null;
        foreach (var job in newestFirst)
        {
            if (isBehind && Matches(job))
            {
                if (page.Count == Limit) return new JobPage(page, page[^1].Id);
                page.Add(job);
            }
            isBehind |= job.Id == Cursor;
        }
        return isBehind ? new JobPage(page, null) : throw ListCursor.Unknown(Cursor!);
    }
}
