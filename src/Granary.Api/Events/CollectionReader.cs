using System.Collections.Concurrent;
using System.Globalization;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Api.Events;

/// <summary>Current state of one item of a collection.</summary>
/// <param name="State">State that a change event shows.</param>
/// <param name="Signature">Changes when the item changes.</param>
internal readonly record struct CollectionItem(string Kind, string Id, string State, string Signature);

/// <summary>Reads the collections that can be watched.</summary>
/// <param name="runs">null if the server has no runs.</param>
/// <param name="sessions">null if the server trades no account.</param>
internal sealed class CollectionReader(IJobService jobs, IWeightsService weights, DeploymentBook deployments, RunLibrary? runs = null,
    ISessionService? sessions = null)
{
    private const int NewestJobs = 200;

    // Portfolios that calls have used; the weights service does not list portfolios.
    private readonly ConcurrentDictionary<string, bool> _portfolios = new(StringComparer.Ordinal);

    // Jobs that had not ended at the last read. They may no longer be among the newest.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<int, CollectionItem> _deployments = [];
    private long _seen;

    /// <summary>Also watches the weights of a portfolio that no session trades.</summary>
    public void Watch(string portfolio) => _portfolios.TryAdd(portfolio, true);

    /// <summary>Returns all items of all collections.</summary>
    /// <exception cref="ServiceUnavailableException">A collection cannot be read now.</exception>
    public async Task<IReadOnlyList<CollectionItem>> ReadAsync(CancellationToken cancellationToken)
    {
        var items = new List<CollectionItem>();
        await ReadJobsAsync(items, cancellationToken).ConfigureAwait(false);
        foreach (var run in runs?.All() ?? []) items.Add(new("run", run.Id, run.Status, run.Status + run.Digest + run.Name));
        foreach (var session in sessions is null ? [] : await sessions.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            Watch(session.Id);
            var phase = session.Phase.ToString().ToLowerInvariant();
            items.Add(new("session", session.Id, phase,
                $"{phase} {session.Run} {session.Restarts} {session.Status?.State} {session.Fault}"));
        }
        foreach (var portfolio in _portfolios.Keys)
            if (await weights.FindAsync(portfolio, cancellationToken).ConfigureAwait(false) is { } current)
            {
                var version = current.Version.ToString(CultureInfo.InvariantCulture);
                items.Add(new("weights", portfolio, version, version));
            }
        foreach (var e in deployments.History(after: _seen))
        {
            var sequence = e.Sequence.ToString(CultureInfo.InvariantCulture);
            _deployments[e.Number] = new("deployment", e.Number.ToString(CultureInfo.InvariantCulture),
                e.Action.ToString().ToLowerInvariant(), sequence);
            _seen = e.Sequence;
        }
        items.AddRange(_deployments.Values);
        return items;
    }

    private async Task ReadJobsAsync(List<CollectionItem> items, CancellationToken cancellationToken)
    {
        var newest = (await jobs.ListAsync(new JobQuery(NewestJobs), cancellationToken).ConfigureAwait(false)).Items;
        var listed = newest.Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        var older = new List<JobStatus>();
        foreach (var id in _open.Where(id => !listed.Contains(id)).ToList())
            if (await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } job) older.Add(job);
        _open.Clear();
        foreach (var job in newest.Concat(older))
        {
            if (!job.Ended) _open.Add(job.Id);
            var state = job.State.ToString().ToLowerInvariant();
            items.Add(new("job", job.Id, state, state));
        }
    }
}
