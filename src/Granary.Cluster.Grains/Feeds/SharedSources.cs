using System.Collections.Concurrent;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// The series that grains of this silo have opened, each once for each run: the feed and the reporting grain of a run read the same one.
/// </summary>
/// <param name="catalogues">What the silo knows.</param>
public sealed class SharedSources(GranaryCatalogues catalogues)
{
    private readonly ConcurrentDictionary<(string Run, BarQuery Query), Entry> _open = new();

    /// <summary>The source of a run; its series are shared on this silo.</summary>
    public IBarSource Open(string run, DataSpec data, string folder) =>
        new Source(this, run, BatchSources.Open(catalogues.Sources, data, folder));

    private sealed class Entry(IBarSource source, BarQuery query)
    {
        private readonly Lazy<Task<IBarSeries>> _series = new(() => Task.Run(() => source.OpenAsync(query).AsTask()));

        public int Leases { get; set; }

        public Task<IBarSeries> Series => _series.Value;
    }

    private async ValueTask<IBarSeries> LeaseAsync(string run, IBarSource source, BarQuery query, CancellationToken cancellationToken)
    {
        var key = (run, query);
        Entry entry;
        while (true)
        {
            entry = _open.GetOrAdd(key, _ => new Entry(source, query));
            lock (entry)
            {
                if (entry.Leases < 0) continue; // just closed
                entry.Leases++;
                break;
            }
        }
        try
        {
            return new Lease(this, key, entry, await entry.Series.WaitAsync(cancellationToken));
        }
        catch
        {
            await ReleaseAsync(key, entry);
            throw;
        }
    }

    private async ValueTask ReleaseAsync((string, BarQuery) key, Entry entry)
    {
        lock (entry)
        {
            if (--entry.Leases > 0) return;
            entry.Leases = -1;
            _open.TryRemove(KeyValuePair.Create(key, entry));
        }
        if (entry.Series.IsCompletedSuccessfully) await (await entry.Series).DisposeAsync();
    }

    private sealed class Source(SharedSources owner, string run, IBarSource source) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            source.ListSymbolsAsync(timeframe, cancellationToken);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
            owner.LeaseAsync(run, source, query, cancellationToken);
    }

    private sealed class Lease(SharedSources owner, (string, BarQuery) key, Entry entry, IBarSeries series) : IBarSeries
    {
        private int _released;

        public Instrument Instrument => series.Instrument;

        public Timeframe Timeframe => series.Timeframe;

        public long Count => series.Count;

        public string ContentHash => series.ContentHash;

        public IReadOnlyList<string> Notes => series.Notes;

        public IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
            CancellationToken cancellationToken = default) => series.ReadAsync(blockSize, cancellationToken);

        public ValueTask DisposeAsync() =>
            Interlocked.Exchange(ref _released, 1) == 0 ? owner.ReleaseAsync(key, entry) : ValueTask.CompletedTask;
    }
}
