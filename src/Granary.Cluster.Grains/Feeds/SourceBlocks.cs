using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Reads a feed's source by block number. It keeps the newest blocks, so silos at about the same position share one reading. A
/// request for older blocks gets a separate reading, from the start if necessary. It reads one block ahead to know which is the last.
/// </summary>
internal sealed class SourceBlocks(Func<IAsyncEnumerable<BarBlock>> read, int room) : IAsyncDisposable
{
    private const int MostLaggards = 8;

    private readonly List<BarBlock> _window = [];
    private readonly Reading _main = new(read);
    private readonly Dictionary<Guid, Reading> _laggards = [];
    private long _uses;

    // One reading of the source.
    private sealed class Reading(Func<IAsyncEnumerable<BarBlock>> read) : IAsyncDisposable
    {
        private IAsyncEnumerator<BarBlock>? _blocks;

        /// <summary>Number of the block that comes next.</summary>
        public long Next { get; private set; }

        public bool Ended { get; private set; }

        /// <summary>Number of its last use among the uses of all readings.</summary>
        public long UsedAt { get; set; }

        public async ValueTask<BarBlock?> NextAsync()
        {
            if (Ended) return null;
            _blocks ??= read().GetAsyncEnumerator();
            if (!await _blocks.MoveNextAsync())
            {
                Ended = true;
                return null;
            }
            Next++;
            return _blocks.Current;
        }

        public ValueTask DisposeAsync() => _blocks?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Returns blocks from a number on.</summary>
    /// <param name="cancellationToken">Observed between two blocks; the next call continues the reading.</param>
    /// <returns>The blocks, and whether the feed ends after them.</returns>
    public async ValueTask<(List<BarBlock> Blocks, bool Last)> ReadAsync(Guid receiver, long from, int most,
        CancellationToken cancellationToken)
    {
        var blocks = new List<BarBlock>(most);
        if (from < _main.Next - _window.Count) return await LagAsync(receiver, from, most, blocks, cancellationToken);
        if (_laggards.Remove(receiver, out var caughtUp)) await caughtUp.DisposeAsync();
        while (_main.Next <= from + most && await _main.NextAsync() is { } block)
        {
            _window.Add(block);
            if (_window.Count > room) _window.RemoveAt(0);
            cancellationToken.ThrowIfCancellationRequested();
            if (_main.Next % 64 == 0) await Task.Yield();
        }
        // Reading ahead may have dropped the requested blocks; then they are read again.
        if (from < _main.Next - _window.Count) return await LagAsync(receiver, from, most, blocks, cancellationToken);
        for (var i = (int)(from - (_main.Next - _window.Count)); i < _window.Count && blocks.Count < most; i++) blocks.Add(_window[i]);
        return (blocks, _main.Ended && from + blocks.Count == _main.Next);
    }

    private async ValueTask<(List<BarBlock> Blocks, bool Last)> LagAsync(Guid receiver, long from, int most, List<BarBlock> blocks,
        CancellationToken cancellationToken)
    {
        if (!_laggards.TryGetValue(receiver, out var reading) || reading.Next > from)
        {
            if (reading is not null) await reading.DisposeAsync();
            else if (_laggards.Count == MostLaggards)
            {
                var (oldest, least) = _laggards.MinBy(l => l.Value.UsedAt);
                _laggards.Remove(oldest);
                await least.DisposeAsync();
            }
            _laggards[receiver] = reading = new Reading(read);
        }
        reading.UsedAt = ++_uses;
        while (reading.Next < from && await reading.NextAsync() is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reading.Next % 64 == 0) await Task.Yield();
        }
        while (blocks.Count < most && await reading.NextAsync() is { } block) blocks.Add(block);
        return (blocks, reading.Ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _main.DisposeAsync();
        foreach (var reading in _laggards.Values) await reading.DisposeAsync();
        _laggards.Clear();
    }
}
