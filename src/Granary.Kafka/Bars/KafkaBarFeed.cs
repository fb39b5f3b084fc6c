using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>
/// Topics as a live feed. Bars are given out once every partition has come past their time, by its bars or heartbeats; it ends with the end marker.
/// With a consumer group, its members share the partitions and the brokers keep its position: an item counts as read when the next one is asked for.
/// </summary>
/// <remarks>
/// Brokers that are away are waited for; the client goes on where it was, and what comes twice is taken once. Where one partition is far ahead of
/// another it is not read on, so that memory stays bounded.
/// </remarks>
public sealed class KafkaBarFeed : ILiveFeed
{
    /// <summary>Bars that may wait for other partitions.</summary>
    private const int MostWaiting = 1 << 20;

    private sealed class Partition
    {
        public long Heartbeat = long.MinValue, Newest = long.MinValue, Next = -1, Committed = -1;
        public bool Ended, Paused;
        public Guid Replay;
    }

    private readonly KafkaBarAddress _address;
    private readonly IReadOnlyList<BarQuery> _queries;
    private readonly IReadOnlyList<TopicPartition> _partitions;
    private readonly FeedAssembler _assembler;
    private readonly Dictionary<(string Symbol, Timeframe Timeframe), int> _places = [];
    private readonly Dictionary<TopicPartition, Partition> _state = [];
    // Partitions that were taken away may come back; what they have said stays said.
    private readonly Dictionary<TopicPartition, Partition> _dealt = [];
    private readonly Dictionary<(Guid, int), long> _expected = [];
    private readonly long[] _lost;
    private KafkaBarReader? _reader;
    private long _backwards;

    private KafkaBarFeed(KafkaBarAddress address, IReadOnlyList<BarQuery> queries, IReadOnlyList<MarketSeries> series, IReadOnlyList<TopicPartition> partitions, LateBarPolicy policy, int blockSize)
    {
        _address = address;
        _queries = queries;
        _partitions = partitions;
        _assembler = new FeedAssembler(series, policy, blockSize);
        _lost = new long[series.Count];
        for (var i = 0; i < series.Count; i++) _places[(queries[i].Symbol, queries[i].Timeframe)] = i;
    }

    /// <summary>Waits until each market has been published, since its messages say what it is.</summary>
    /// <param name="queries">Each market once.</param>
    /// <param name="blockSize">See <see cref="FeedAssembler"/>.</param>
    /// <exception cref="BarDataException">A topic does not exist, or has ended without a market.</exception>
    /// <exception cref="BarStoreException">The brokers do not answer.</exception>
    public static Task<KafkaBarFeed> OpenAsync(KafkaBarAddress address, IReadOnlyList<BarQuery> queries, LateBarPolicy policy = LateBarPolicy.LeaveOut, int blockSize = 1, CancellationToken cancellationToken = default) => Task.Run(() =>
    {
        if (queries.Count == 0) throw new BarDataException("symbols: there is nothing to read; name at least one symbol");
        var partitions = KafkaBarReader.Partitions(address, queries.Select(q => address.TopicOf(q.Timeframe, q.Symbol)).Distinct(StringComparer.Ordinal));
        return new KafkaBarFeed(address, queries, Find(address, queries, partitions, cancellationToken), partitions, policy, blockSize);
    }, cancellationToken);

    // What each market is, from the first message that it has.
    private static MarketSeries[] Find(KafkaBarAddress address, IReadOnlyList<BarQuery> queries, List<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var found = new MarketSeries?[queries.Count];
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var open = new HashSet<TopicPartition>(partitions);
        using var reader = new KafkaBarReader(address with { Group = null }, setAside: false);
        reader.Consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        while (found.Contains(null))
        {
            foreach (var (at, message) in reader.Read(TimeSpan.FromMilliseconds(100), cancellationToken))
            {
                if (message.Kind == FeedItemKind.End) open.Remove(at.TopicPartition);
                if (message.Market is not { } market) continue;
                seen.Add($"{market}");
                for (var i = 0; i < found.Length; i++)
                    if (found[i] is null && market.Instrument.Symbol == queries[i].Symbol && market.Timeframe == queries[i].Timeframe)
                        found[i] = market;
            }
            if (open.Count == 0 && Array.IndexOf(found, null) is >= 0 and var missing)
                throw new BarDataException($"the replay in '{partitions[0].Topic}' at {address.Brokers} has no {queries[missing].Timeframe} bars of '{queries[missing].Symbol}'; it has {(seen.Count == 0 ? "none at all" : string.Join(", ", seen.Take(10)))}");
        }
        return found!;
    }

    public IReadOnlyList<MarketSeries> Series => _assembler.Series;

    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>(_assembler.Late.Notes);
            if (_reader is not null) notes.AddRange(_reader.Poisoned.Notes);
            if (_backwards > 0) notes.Add($"the publisher's clock went back ({_backwards} heartbeats); what it had passed stays passed");
            for (var i = 0; i < _lost.Length; i++)
                if (_lost[i] > 0)
                    notes.Add($"{Series[i]}: {_lost[i]} bars that were published are not in the topic");
            return notes;
        }
    }

    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_reader is not null) throw new InvalidOperationException("a feed is read once");
        _reader = new KafkaBarReader(_address, prepare: builder =>
        {
            // Called in the middle of a reading, on its thread.
            builder.SetPartitionsAssignedHandler((_, given) =>
            {
                foreach (var partition in given)
                    if (!_dealt.TryGetValue(partition, out var known)) _dealt[partition] = _state[partition] = new Partition();
                    else _state[partition] = known;
            });
            builder.SetPartitionsRevokedHandler((_, taken) =>
            {
                foreach (var partition in taken) _state.Remove(partition.TopicPartition);
            });
        });
        await Task.Run(Begin, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            while (_assembler.TryNext(out var item))
            {
                yield return item;
                if (item.Kind != FeedItemKind.End) continue;
                foreach (var partition in _state.Values) partition.Next++;
                Commit();
                yield break;
            }
            // All that was read has been given out and taken, unless it waits for other partitions.
            if (_assembler.Waiting == 0) Commit();
            await Task.Run(() =>
            {
                foreach (var message in _reader.Read(TimeSpan.FromMilliseconds(100), cancellationToken)) Take(message);
            }, cancellationToken).ConfigureAwait(false);
            Balance();
        }
    }

    private void Begin()
    {
        if (_address.Group is not null)
        {
            _reader!.Consumer.Subscribe(_partitions.Select(p => p.Topic).Distinct(StringComparer.Ordinal));
            return;
        }
        foreach (var partition in _partitions) _state[partition] = new Partition();
        var earliest = _queries.All(q => q.From is not null) ? _queries.Min(q => q.From!.Value + q.Timeframe.Ticks) : (long?)null;
        _reader!.Consumer.Assign(_reader.Starts(_partitions, earliest));
    }

    private void Take(in ReadMessage read)
    {
        // What lies behind the end is the next session's.
        if (!_state.TryGetValue(read.At.TopicPartition, out var partition) || partition.Ended) return;
        var message = read.Message;
        // An end marker counts as read once all partitions have theirs: whoever comes back before that must find it again.
        partition.Next = message.Kind == FeedItemKind.End ? read.At.Offset.Value : read.At.Offset.Value + 1;
        switch (message.Kind)
        {
            case FeedItemKind.Bars:
                partition.Newest = Math.Max(partition.Newest, message.Time);
                var market = message.Market!;
                if (!_places.TryGetValue((market.Instrument.Symbol, market.Timeframe), out var place)) return;
                var block = message.Bars!;
                var counted = (message.Replay, place);
                if (_expected.TryGetValue(counted, out var expected) && block.FirstIndex > expected) _lost[place] += block.FirstIndex - expected;
                _expected[counted] = Math.Max(expected, block.FirstIndex + block.Count);
                if (_queries[place].Wants(block.Time[0]) && _queries[place].Wants(block.Time[^1]))
                {
                    _assembler.Add(place, block);
                    return;
                }
                var bars = new List<Bar>(block.Count);
                for (var i = 0; i < block.Count; i++)
                    if (_queries[place].Wants(block.Time[i]))
                        bars.Add(block[i]);
                _assembler.Add(place, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bars));
                return;
            case FeedItemKind.Heartbeat:
                partition.Newest = Math.Max(partition.Newest, message.Time);
                // A second replay begins anew; within one, time only goes on.
                if (message.Time < partition.Heartbeat && message.Replay == partition.Replay) _backwards++;
                partition.Heartbeat = Math.Max(partition.Heartbeat, message.Time);
                partition.Replay = message.Replay;
                // With a group, an instant is whole where the partitions of this member have passed it.
                var all = _state.Values.Min(p => p.Ended ? long.MaxValue : p.Heartbeat);
                if (all is > long.MinValue and < long.MaxValue) _assembler.Reach(all);
                return;
            default:
                partition.Ended = true;
                if (_state.Values.All(p => p.Ended)) _assembler.End();
                return;
        }
    }

    // Does not read on in partitions that are ahead while much waits for those that are behind.
    private void Balance()
    {
        var full = _assembler.Waiting > MostWaiting;
        if (!full && _assembler.Waiting > MostWaiting / 2) return;
        var behind = _state.Values.Where(p => !p.Ended).Select(p => p.Newest).DefaultIfEmpty(long.MinValue).Min();
        foreach (var (at, partition) in _state)
        {
            var pause = full && partition.Newest > behind;
            if (pause == partition.Paused) continue;
            partition.Paused = pause;
            if (pause) _reader!.Consumer.Pause([at]);
            else _reader!.Consumer.Resume([at]);
        }
    }

    private void Commit()
    {
        if (_address.Group is null) return;
        var moved = _state.Where(p => p.Value.Next > p.Value.Committed).ToList();
        if (moved.Count == 0) return;
        try
        {
            _reader!.Consumer.Commit(moved.Select(p => new TopicPartitionOffset(p.Key, p.Value.Next)));
            foreach (var (_, partition) in moved) partition.Committed = partition.Next;
        }
        catch (KafkaException)
        {
            // The brokers are away or are dealing the partitions anew: the next commit covers this one, and what is read again is taken once.
        }
    }

    public ValueTask DisposeAsync() => _reader is null ? ValueTask.CompletedTask : new ValueTask(Task.Run(_reader.Dispose));
}
