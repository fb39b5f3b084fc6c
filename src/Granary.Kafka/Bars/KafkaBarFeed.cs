using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>
/// A live feed that reads Kafka topics. It returns bars once every partition has passed their time, by its bars or heartbeats, and ends
/// with the end marker. With a consumer group, members share the partitions and the brokers keep the position: an item counts as read when
/// the next one is requested.
/// </summary>
/// <remarks>
/// On a rebalance each member commits its reader's position and drops what it has read beyond it, so one member receives each message.
/// A partition that moves from a slower member continues where that one stopped; its bars follow later ones of other partitions.
/// A crashed member loses what it took since its last commit; its successor reads that again.
/// The feed waits for brokers that are away and continues where it was; duplicates count once. It does not read on in a partition that is
/// far ahead of another, so memory stays bounded.
/// </remarks>
internal sealed class KafkaBarFeed : ILiveFeed
{
    /// <summary>The most bars that may wait for other partitions. Beyond it, the feed pauses the partitions that are ahead.</summary>
    private int MostWaiting { get; init; }

    private sealed class Partition
    {
        public long Heartbeat = long.MinValue, Newest = long.MinValue, Next = -1, Committed = -1;
        public bool Ended, Paused;
        public Guid Replay;
        // The replay whose end marker is the last message that the group has read here.
        public Guid? Passed;
        // With a group: messages whose bars the reader has taken only in part, each with the range of its market's bars.
        public readonly Queue<(long Offset, int Place, long From, long UpTo)> Held = new();
    }

    private readonly KafkaBarAddress _address;
    private readonly IReadOnlyList<BarQuery> _queries;
    private readonly IReadOnlyList<TopicPartition> _partitions;
    private readonly FeedAssembler _assembler;
    private readonly Dictionary<(string Symbol, Timeframe Timeframe), int> _places = [];
    private readonly Dictionary<TopicPartition, Partition> _state = [];
    // A partition that was revoked may be assigned again; its heartbeat and newest time remain valid.
    private readonly Dictionary<TopicPartition, Partition> _everAssigned = [];
    private readonly Dictionary<(Guid, int), long> _expected = [];
    private readonly long[] _lost;
    // The partition of each market, and how many of its bars the reader has taken.
    private readonly TopicPartition[] _home;
    private readonly long[] _out;
    private Dictionary<TopicPartition, Guid> _endedBefore = [];
    // Replay that is being read; none before the first message.
    private Guid _replay;
    private KafkaBarReader? _reader;
    private long _backwards;
    private bool _leaving;

    private KafkaBarFeed(KafkaBarAddress address, IReadOnlyList<BarQuery> queries, IReadOnlyList<MarketSeries> series,
        TopicPartition[] home, IReadOnlyList<TopicPartition> partitions, LateBarPolicy policy, int blockSize)
    {
        _address = address;
        _queries = queries;
        _partitions = partitions;
        _assembler = new FeedAssembler(series, policy, blockSize);
        _lost = new long[series.Count];
        _home = home;
        _out = new long[series.Count];
        for (var i = 0; i < series.Count; i++) _places[(queries[i].Symbol, queries[i].Timeframe)] = i;
    }

    /// <summary>Opens the feed once every market has been published, since the messages describe the instruments.</summary>
    /// <param name="queries">Each market once.</param>
    /// <param name="blockSize">See <see cref="FeedAssembler"/>.</param>
    /// <exception cref="BarDataException">A topic does not exist, has only messages that are not bars, or ends without one of the
    /// markets.</exception>
    /// <exception cref="BarStoreException">The brokers do not answer.</exception>
    public static Task<KafkaBarFeed> OpenAsync(KafkaBarAddress address, IReadOnlyList<BarQuery> queries,
        LateBarPolicy policy = LateBarPolicy.LeaveOut, int blockSize = 1, CancellationToken cancellationToken = default) =>
        OpenAsync(address, queries, policy, blockSize, 1 << 20, cancellationToken);

    internal static Task<KafkaBarFeed> OpenAsync(KafkaBarAddress address, IReadOnlyList<BarQuery> queries, LateBarPolicy policy,
        int blockSize, int mostWaiting, CancellationToken cancellationToken = default) => Task.Run(() =>
    {
        if (queries.Count == 0) throw new BarDataException("symbols: there is nothing to read; name at least one symbol");
        var partitions = KafkaBarReader.Partitions(address,
            queries.Select(q => address.TopicOf(q.Timeframe, q.Symbol)).Distinct(StringComparer.Ordinal));
        var (series, home) = Find(address, queries, partitions, cancellationToken);
        return new KafkaBarFeed(address, queries, series, home, partitions, policy, blockSize) { MostWaiting = mostWaiting };
    }, cancellationToken);

    // Finds the series and the partition of each market from its first message.
    private static (MarketSeries[] Series, TopicPartition[] Home) Find(KafkaBarAddress address, IReadOnlyList<BarQuery> queries,
        List<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var found = new MarketSeries?[queries.Count];
        var home = new TopicPartition[queries.Count];
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var open = new HashSet<TopicPartition>(partitions);
        var unread = new HashSet<TopicPartition>(partitions);
        var any = false;
        using var reader = new KafkaBarReader(address with { Group = null }, setAside: false);
        reader.Consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        while (found.Contains(null))
        {
            foreach (var (at, message) in reader.Read(TimeSpan.FromMilliseconds(100), cancellationToken))
            {
                any = true;
                if (message.Kind == FeedItemKind.End) open.Remove(at.TopicPartition);
                if (message.Market is not { } market) continue;
                seen.Add($"{market}");
                for (var i = 0; i < found.Length; i++)
                    if (found[i] is null && market.Instrument.Symbol == queries[i].Symbol && market.Timeframe == queries[i].Timeframe)
                        (found[i], home[i]) = (market, at.TopicPartition);
            }
            foreach (var end in reader.Ends) unread.Remove(end.TopicPartition);
            // An empty topic may still be filled; a topic with only other messages is the wrong one.
            if (!any && unread.Count == 0 && reader.Foreign is { } foreign)
                throw new BarDataException($"the topic '{foreign.At.Topic}' at {address.Brokers} holds no bars: the "
                    + $"first of its {foreign.Count} messages is at partition {foreign.At.Partition.Value}, offset "
                    + $"{foreign.At.Offset.Value}: {foreign.Fault}; name the topic that "
                    + $"granary replay filled");
            if (open.Count == 0 && Array.IndexOf(found, null) is >= 0 and var missing)
                throw new BarDataException($"the replay in '{partitions[0].Topic}' at {address.Brokers} has "
                    + $"no {queries[missing].Timeframe} bars of '{queries[missing].Symbol}'; it "
                    + $"has {(seen.Count == 0 ? "none at all" : string.Join(", ", seen.Take(10)))}");
        }
        return ([.. found.Select(f => f!)], home);
    }

    public IReadOnlyList<MarketSeries> Series => _assembler.Series;

    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>(_assembler.Late.Notes);
            if (_reader is not null) notes.AddRange(_reader.BadMessages.Notes);
            if (_backwards > 0) notes.Add($"the publisher's clock went back ({_backwards} heartbeats); times that it had already reported stay complete");
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
            // The client calls these handlers on the thread that reads or closes, so no other code of the feed runs meanwhile.
            builder.SetPartitionsAssignedHandler((_, given) => Assigned(given));
            builder.SetPartitionsRevokedHandler((_, taken) => Revoked([.. taken.Select(t => t.TopicPartition)], commit: true));
            // The group has excluded this member because it was silent for too long. Other members own the partitions by now, so do not
            // commit.
            builder.SetPartitionsLostHandler((_, taken) => Revoked([.. taken.Select(t => t.TopicPartition)], commit: false));
        });
        await Task.Run(Begin, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            while (_assembler.TryNext(out var item))
            {
                yield return item;
                if (item.Bars is { } bars) _out[item.Series] = bars.FirstIndex + bars.Count;
                if (item.Kind != FeedItemKind.End) continue;
                foreach (var partition in _state.Values)
                    if (partition.Ended && partition.Next >= 0)
                        partition.Next++;
                Commit();
                yield break;
            }
            // The reader has taken every complete item.
            Commit();
            await Task.Run(() =>
            {
                foreach (var message in _reader.Read(TimeSpan.FromMilliseconds(100), cancellationToken)) Take(message);
                // Needed without a message too: the partition that delayed the others may have moved to another member.
                Reach();
            }, cancellationToken).ConfigureAwait(false);
            Balance();
        }
    }

    private void Begin()
    {
        if (_address.Group is not null)
        {
            for (var i = 0; i < _home.Length; i++) _assembler.Leave(i);
            _endedBefore = _reader!.PassedEnds(_partitions);
            _reader.Consumer.Subscribe(_partitions.Select(p => p.Topic).Distinct(StringComparer.Ordinal));
            return;
        }
        foreach (var partition in _partitions) _state[partition] = new Partition();
        var earliest = _queries.All(q => q.From is not null) ? _queries.Min(q => q.Timeframe.CloseOf(q.From!.Value)) : (long?)null;
        _reader!.Consumer.Assign(_reader.Starts(_partitions, earliest));
    }

    /// <summary>The number of partitions that this feed reads; with a group it changes as members join and leave.</summary>
    internal int Partitions => _state.Count;

    /// <summary>The number of bars that wait for other partitions.</summary>
    internal long Waiting => _assembler.Waiting;

    /// <summary>The number of partitions that are paused because others are behind.</summary>
    internal int PausedPartitions => _state.Values.Count(p => p.Paused);

    /// <summary>How often the group has assigned partitions since this member joined; 0 before the first assignment.</summary>
    internal int Assignments { get; private set; }

    private void Assigned(List<TopicPartition> given)
    {
        var ends = _reader!.PassedEnds(given);
        foreach (var at in given)
        {
            if (!_everAssigned.TryGetValue(at, out var partition)) _everAssigned[at] = partition = new Partition();
            // Another member may have read here meanwhile, so restart from the committed position. An end marker that the group has not
            // passed is delivered again.
            (partition.Next, partition.Committed, partition.Paused, partition.Ended, partition.Replay) = (-1, -1, false, false, default);
            // Messages behind a heartbeat that was read before come again.
            (partition.Heartbeat, partition.Newest) = (long.MinValue, long.MinValue);
            partition.Held.Clear();
            partition.Passed = ends.TryGetValue(at, out var replay) ? replay : null;
            // A replay that ended since this member began is the one that it reads, even if other members have read all of it.
            if (_replay == default && partition.Passed is { } passed && (!_endedBefore.TryGetValue(at, out var before) || before != passed))
                _replay = passed;
            _state[at] = partition;
            foreach (var place in Places(at)) _assembler.Return(place);
        }
        foreach (var counted in _expected.Keys.Where(k => given.Contains(_home[k.Item2])).ToList()) _expected.Remove(counted);
        Assignments++;
        EndWhereAllAreOver();
    }

    private void Revoked(List<TopicPartition> taken, bool commit)
    {
        if (commit && !_leaving) Commit(begun: true);
        _reader!.Forget(taken);
        foreach (var at in taken)
        {
            _state.Remove(at);
            foreach (var place in Places(at)) _assembler.Leave(place);
        }
    }

    private IEnumerable<int> Places(TopicPartition at) => Enumerable.Range(0, _home.Length).Where(i => _home[i] == at);

    // Whether this partition has no more messages of the replay that is being read.
    private bool Over(Partition partition) => partition.Ended || partition.Passed is { } passed && passed == _replay;

    private void EndWhereAllAreOver()
    {
        if (_state.Count > 0 && _state.Values.All(Over)) _assembler.End();
    }

    private void Take(in ReadMessage read)
    {
        // Messages behind the end belong to the next session.
        if (!_state.TryGetValue(read.At.TopicPartition, out var partition) || partition.Ended) return;
        var message = read.Message;
        _replay = message.Replay;
        partition.Passed = null;
        // An end marker counts as read once all partitions have theirs. A member that stops before that must find it again.
        partition.Next = message.Kind == FeedItemKind.End ? read.At.Offset.Value : read.At.Offset.Value + 1;
        switch (message.Kind)
        {
            case FeedItemKind.Bars:
                partition.Newest = Math.Max(partition.Newest, message.Time);
                var market = message.Market!;
                if (!_places.TryGetValue((market.Instrument.Symbol, market.Timeframe), out var place)) return;
                var block = message.Bars!;
                var counted = (message.Replay, place);
                if (_expected.TryGetValue(counted, out var expected) && block.FirstIndex > expected)
                    _lost[place] += block.FirstIndex - expected;
                _expected[counted] = Math.Max(expected, block.FirstIndex + block.Count);
                var from = _assembler.Taken(place);
                Add(place, block);
                if (_address.Group is not null) partition.Held.Enqueue((read.At.Offset.Value, place, from, _assembler.Taken(place)));
                return;
            case FeedItemKind.Heartbeat:
                partition.Newest = Math.Max(partition.Newest, message.Time);
                // A second replay starts at an earlier time; within one replay, heartbeats only increase.
                if (message.Time < partition.Heartbeat && message.Replay == partition.Replay) _backwards++;
                partition.Heartbeat = Math.Max(partition.Heartbeat, message.Time);
                partition.Replay = message.Replay;
                Reach();
                // A partition that came from another member may be behind time slices that are already complete.
                if (_address.Group is not null)
                    foreach (var here in Places(read.At.TopicPartition))
                        _assembler.Reach(here, partition.Heartbeat);
                return;
            case FeedItemKind.End:
                partition.Ended = true;
                EndWhereAllAreOver();
                return;
        }
    }

    private void Add(int place, BarBlock block)
    {
        // A market that is published in several partitions is read while this member owns any of them.
        if (_address.Group is not null) _assembler.Return(place);
        // The times of a block ascend, and a query wants those of one span.
        var from = 0;
        while (from < block.Count && !_queries[place].Wants(block.Time[from])) from++;
        var to = block.Count;
        while (to > from && !_queries[place].Wants(block.Time[to - 1])) to--;
        if (to > from) _assembler.Add(place, to - from == block.Count ? block : block.Slice(from, to - from));
    }

    // A time slice is complete when all partitions have passed it; with a group, all partitions of this member.
    private void Reach()
    {
        var all = long.MaxValue;
        foreach (var partition in _state.Values)
            if (!Over(partition))
                all = Math.Min(all, partition.Heartbeat);
        if (all is > long.MinValue and < long.MaxValue) _assembler.Reach(all);
    }

    // Pauses the partitions that are ahead while too many bars wait for those that are behind.
    private void Balance()
    {
        var full = _assembler.Waiting > MostWaiting;
        if (!full && _assembler.Waiting > MostWaiting / 2) return;
        var behind = _state.Values.Where(p => !Over(p)).Select(p => p.Newest).DefaultIfEmpty(long.MinValue).Min();
        foreach (var (at, partition) in _state)
        {
            var pause = full && partition.Newest > behind;
            if (pause == partition.Paused) continue;
            partition.Paused = pause;
            if (pause) _reader!.Consumer.Pause([at]);
            else _reader!.Consumer.Resume([at]);
        }
    }

    // The reader's position in a partition: after the last message whose bars it has taken, and all messages before it.
    private long Read(Partition partition, bool begun)
    {
        while (partition.Held.TryPeek(out var held) && (_out[held.Place] >= held.UpTo || begun && _out[held.Place] > held.From))
            partition.Held.Dequeue();
        return partition.Held.TryPeek(out var first) ? first.Offset : partition.Next;
    }

    /// <param name="begun">Whether messages that the reader has taken in part count as read; this feed then returns the rest of
    /// them.</param>
    private void Commit(bool begun = false)
    {
        if (_address.Group is null) return;
        var moved = _state.Select(p => (At: p.Key, Partition: p.Value, Next: Read(p.Value, begun)))
            .Where(p => p.Next > p.Partition.Committed).ToList();
        if (moved.Count == 0) return;
        try
        {
            _reader!.Consumer.Commit(moved.Select(p => new TopicPartitionOffset(p.At, p.Next)));
            foreach (var (_, partition, next) in moved) partition.Committed = next;
        }
        catch (KafkaException)
        {
            // The brokers are unavailable or rebalance. The next commit covers this one, and duplicates count once.
        }
    }

    public ValueTask DisposeAsync() => _reader is null ? ValueTask.CompletedTask : new ValueTask(Task.Run(() =>
    {
        Commit();
        _leaving = true;
        _reader.Dispose();
    }));
}
