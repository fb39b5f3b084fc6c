using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Contracts.Events;
using Granary.Contracts.Jobs;

namespace Granary.Api.Events;

/// <summary>
/// The changes of the collections, numbered by revisions. The log reads the collections only while a client watches. It finds changes
/// in between when the next client connects.
/// </summary>
/// <remarks>
/// A revision is <c>PROCESS.NUMBER</c>. Another process, or the same server after a restart, refuses such a revision, so no client
/// misses changes without an error.
/// </remarks>
internal sealed class ChangeLog(CollectionReader collections, ApiSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly string _process = Guid.NewGuid().ToString("N")[..12];
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Id), string> _signatures = [];
    private readonly Queue<(long Number, ChangeEvent Change)> _kept = new();
    private long _number, _read = long.MinValue;

    /// <summary>Returns the number of a revision; null if it is of another process, or changes after it are no longer kept.</summary>
    public long? NumberOf(string revision)
    {
        var parts = revision.Split('.');
        if (parts.Length != 2 || parts[0] != _process
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        lock (_lock) return number <= _number && number >= _number - _kept.Count ? number : null;
    }

    /// <summary>Returns the changes after a revision; without one, the changes from now on. Each event's id is its revision.</summary>
    public async IAsyncEnumerable<SseItem<string>> WatchAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        var at = after ?? Newest();
        yield return Item("revision", "{}", at);
        var spoken = clock.GetTimestamp();
        while (true)
        {
            // If the reader is so slow that changes were dropped meanwhile, it must reconnect, and gets the answer 410.
            if (After(at) is not { } changes) yield break;
            foreach (var (number, change) in changes)
            {
                yield return Item(change.Kind, JsonSerializer.Serialize(change, JobJson.Options), number);
                (at, spoken) = (number, clock.GetTimestamp());
            }
            if (clock.GetElapsedTime(spoken) > settings.EventHeartbeat / 2)
            {
                yield return Item("revision", "{}", at);
                spoken = clock.GetTimestamp();
            }
            await Task.Delay(Every < settings.EventHeartbeat / 4 ? Every : settings.EventHeartbeat / 4, clock, cancellationToken)
                .ConfigureAwait(false);
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _one.Dispose();

    private SseItem<string> Item(string kind, string data, long number) =>
        new(data, kind) { EventId = string.Create(CultureInfo.InvariantCulture, $"{_process}.{number}") };

    private long Newest()
    {
        lock (_lock) return _number;
    }

    private List<(long Number, ChangeEvent Change)>? After(long number)
    {
        lock (_lock) return number < _number - _kept.Count ? null : [.. _kept.Where(k => k.Number > number)];
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_read != long.MinValue && clock.GetElapsedTime(_read) < Every / 2) return;
            Put(await collections.ReadAsync(cancellationToken).ConfigureAwait(false));
            _read = clock.GetTimestamp();
        }
        finally
        {
            _one.Release();
        }
    }

    private void Put(IReadOnlyList<CollectionItem> items)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            foreach (var item in items)
            {
                var key = (item.Kind, item.Id);
                if (_signatures.TryGetValue(key, out var known) && known == item.Signature) continue;
                _signatures[key] = item.Signature;
                // The first read only records the existing items: none of them has changed.
                if (_read != long.MinValue) Add(new ChangeEvent(item.Kind, item.Id, item.State, now));
            }
            // Only the newest jobs are read, so a missing job may still exist. All runs are read, so a missing run was removed.
            var runs = items.Where(i => i.Kind == "run").Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var (kind, id) in _signatures.Keys.Where(k => k.Kind == "run" && !runs.Contains(k.Id)).ToList())
            {
                _signatures.Remove((kind, id));
                Add(new ChangeEvent(kind, id, "removed", now));
            }
        }
    }

    private void Add(ChangeEvent change)
    {
        _kept.Enqueue((++_number, change));
        while (_kept.Count > settings.EventsKept) _kept.Dequeue();
    }
}
