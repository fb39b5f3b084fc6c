using System.Collections.Concurrent;
using Granary.Cluster.Models;
using Granary.Learning.Gating;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Simulation.Catalogues;

namespace Granary.Cluster.Grains.Models;

/// <summary>A version that a silo has loaded.</summary>
/// <param name="Label">What it predicts, as in its lineage.</param>
/// <param name="To">Time at which the last label of its training data was known, UTC.</param>
internal sealed record LoadedVersion(int Version, ITrainedModel Model, string Label, DateTime To);

/// <summary>
/// The versions of one model on this silo. Each is loaded once through the model's grain, and predicts in this process. The replica
/// collects predictions and outcomes, and reports them to the grain.
/// </summary>
internal sealed class ModelReplica(IModelGrain grain, string name, string silo, GranaryCatalogues catalogues, TimeProvider clock)
{
    // Maximum age of the known current version.
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, Lazy<Task<LoadedVersion>>> _versions = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _reporting = new(1, 1);
    private readonly Dictionary<int, (long Predictions, long Failed)> _counts = [];
    private readonly List<(EntryModel Filter, long Predictions, long Failed)> _filters = [];
    private List<PredictionEvent> _events = [];
    private (int Version, long At)? _current;
    private ModelReport? _unsent;
    private long _sequence;

    /// <summary>Loads a version once.</summary>
    public async Task<LoadedVersion> LoadAsync(int version, CancellationToken cancellationToken)
    {
        var loading = _versions.GetOrAdd(version, v => new Lazy<Task<LoadedVersion>>(() => LoadAsync(v)));
        try
        {
            return await loading.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (loading.Value.IsFaulted || loading.Value.IsCanceled)
        {
            _versions.TryRemove(new KeyValuePair<int, Lazy<Task<LoadedVersion>>>(version, loading));
            throw;
        }
    }

    private async Task<LoadedVersion> LoadAsync(int version)
    {
        var file = await Services.GrainCalls.TryAsync(stop => grain.LoadAsync(version, stop), default, clock: clock).ConfigureAwait(false);
        return new LoadedVersion(file.Version, catalogues.ModelKinds.FromBytes(file.Bytes, $"model '{name}' version {file.Version}"),
            file.Label, file.To);
    }

    /// <summary>The current version, as it was at most two seconds ago; 0 if there is none.</summary>
    public async Task<int> CurrentAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            if (_current is { } known && clock.GetElapsedTime(known.At) < s_age)
                return known.Version;
        var versions = await Services.GrainCalls.TryAsync(grain.VersionsAsync, cancellationToken, clock: clock).ConfigureAwait(false);
        var current = versions.Current;
        Turn(current);
        return current;
    }

    /// <summary>Sets the current version after a promotion or a rollback.</summary>
    public void Turn(int current)
    {
        lock (_lock) _current = (current, clock.GetTimestamp());
    }

    /// <summary>Counts predictions that were made without a filter.</summary>
    public void Count(int version, long predictions, long failed)
    {
        lock (_lock)
        {
            var (known, wrong) = _counts.GetValueOrDefault(version);
            _counts[version] = (known + predictions, wrong + failed);
        }
    }

    /// <summary>Counts the predictions of a filter until the returned object is disposed.</summary>
    public IDisposable Follow(EntryModel filter)
    {
        lock (_lock) _filters.Add((filter, filter.Predictions, filter.Failed));
        return new Following(this, filter);
    }

    /// <summary>Adds a prediction of a live session, or its outcome, to the next report.</summary>
    public void Take(int version, ModelEvent e)
    {
        lock (_lock) _events.Add(new PredictionEvent(version, e.Source, e.Subject, e.Time, e.Prediction, e.Outcome, [.. e.Row]));
    }

    private void Collect(bool ends, EntryModel? of = null)
    {
        for (var i = _filters.Count - 1; i >= 0; i--)
        {
            var (filter, predictions, failed) = _filters[i];
            if (of is not null && filter != of) continue;
            var (made, wrong) = (filter.Predictions, filter.Failed);
            if (made > predictions) Count(filter.Origin!.Version, made - predictions, wrong - failed);
            if (ends) _filters.RemoveAt(i);
            else _filters[i] = (filter, made, wrong);
            if (of is not null) return;
        }
    }

    /// <summary>Sends the collected predictions and outcomes. After a failure, the next call sends the same report again.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        await _reporting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_unsent is not null || Next())
            {
                await grain.ReportAsync(_unsent!).WaitAsync(s_timeout, clock, cancellationToken).ConfigureAwait(false);
                _unsent = null;
            }
        }
        finally
        {
            _reporting.Release();
        }
    }

    private bool Next()
    {
        const int Most = 5_000;
        lock (_lock)
        {
            Collect(ends: false);
            if (_counts.Count == 0 && _events.Count == 0) return false;
            var events = _events.Count <= Most ? _events : _events.GetRange(0, Most);
            _unsent = new ModelReport(silo, ++_sequence, [.. _counts.Select(c => new PredictionCount(c.Key, c.Value.Predictions,
                c.Value.Failed))], events);
            _events = _events.Count <= Most ? [] : _events.GetRange(Most, _events.Count - Most);
            _counts.Clear();
            return true;
        }
    }

    private sealed class Following(ModelReplica replica, EntryModel filter) : IDisposable
    {
        public void Dispose()
        {
            lock (replica._lock) replica.Collect(ends: true, filter);
        }
    }
}
