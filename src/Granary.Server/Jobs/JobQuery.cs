using Granary.Contracts.Jobs;
using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>Which jobs of the list are wanted.</summary>
/// <param name="Limit">How many at the most.</param>
/// <param name="Cursor">The id of the last job of the page before; null begins with the newest.</param>
/// <param name="Kind">null = of all kinds.</param>
/// <param name="State">null = in all states.</param>
public sealed record JobQuery(int Limit, string? Cursor = null, string? Kind = null, JobState? State = null)
{
    /// <summary>Whether a job is one of those that are wanted.</summary>
    public bool Matches(JobStatus job) => (Kind is null || job.Kind == Kind) && (State is null || job.State == State);

    /// <summary>The page of a list.</summary>
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
