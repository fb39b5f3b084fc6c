using Confluent.Kafka;
using Granary.Data.Reading;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>
/// The bars of Kafka topics as a source of a batch: all messages up to the end of each topic at the first request. A topic is read once and
/// its bars are kept in memory. Duplicate bars count once. So a backtest over a topic has the same digest as one over the files from which
/// it was filled.
/// </summary>
internal sealed class KafkaBarSource(KafkaBarAddress address) : IBarSource
{
    private sealed record Topic(IReadOnlyDictionary<(string Key, Timeframe Timeframe), PublishedMarket> Markets,
        IReadOnlyList<string> Notes);

    private readonly Dictionary<(string Topic, long? From), Task<Topic>> _topics = [];

    /// <summary>
    /// How long to wait for brokers that become unavailable in the middle of a topic; the reading then continues after the last message.
    /// </summary>
    internal TimeSpan SilenceTimeout { get; init; } = KafkaRetries.Away;

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in Names(timeframe))
            foreach (var ((_, tf), market) in (await TopicAsync(name, null, cancellationToken).ConfigureAwait(false)).Markets)
                if (tf == timeframe)
                    symbols.Add(market.Instrument.Symbol);
        return [.. symbols];
    }

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var name = address.TopicOf(query.Timeframe, query.Symbol);
        var topic = await TopicAsync(name, query.From, cancellationToken).ConfigureAwait(false);
        var found = topic.Markets.Where(m => m.Value.Instrument.Symbol == query.Symbol && m.Key.Timeframe == query.Timeframe)
            .Select(m => m.Value).ToList();
        if (found.Count == 0)
        {
            var nearest = Spelling.Nearest(query.Symbol, topic.Markets.Values.Select(m => m.Instrument.Symbol).Distinct());
            throw new BarDataException($"the topic '{name}' at {address.Brokers} has "
                + $"no {query.Timeframe} bars of '{query.Symbol}'; "
                + $"{(nearest is null ? "publish them with granary replay" : $"it has {nearest}")}");
        }
        if (found.Count > 1) throw new BarDataException($"the topic '{name}' has "
            + $"'{query.Symbol}' of several venues ({string.Join(", ", found.Select(m => m.Instrument.Venue))}); publish each to a topic "
            + $"of its own");
        var notes = new List<string>(topic.Notes);
        Bar[] bars;
        lock (found[0])
        {
            found[0].Sort();
            if (found[0].Corrections > 0) notes.Add($"{query.Symbol}: {found[0].Corrections} bars were published again with other values; "
                + $"the first publication counts");
            bars = [.. found[0].Bars.Where(b => query.Wants(b.Time))];
        }
        if (bars.Length == 0) throw new BarDataException($"the topic '{name}' has no bars "
            + $"of {query.Symbol} in the requested range; change from and to");
        return new MemoryBarSeries(found[0].Instrument, query.Timeframe, bars, notes);
    }

    private IEnumerable<string> Names(Timeframe timeframe)
    {
        if (!address.TopicPerSymbol) return [address.TopicOf(timeframe)];
        var start = address.TopicOf(timeframe) + ".";
        try
        {
            return [.. address.Endpoint.Topics(address.Timeout)
                .Where(t => t.StartsWith(start, StringComparison.Ordinal) && !t.EndsWith(".set-aside", StringComparison.Ordinal))];
        }
        catch (KafkaFailedException e)
        {
            throw new BarStoreException(e.Message, e);
        }
    }

    private async Task<Topic> TopicAsync(string name, long? from, CancellationToken cancellationToken)
    {
        Task<Topic> reading;
        lock (_topics)
        {
            // A reading from the start serves all queries.
            if (!_topics.TryGetValue((name, null), out reading!) && !_topics.TryGetValue((name, from), out reading!))
                _topics[(name, from)] = reading = Task.Run(() => Read(name, from, cancellationToken), cancellationToken);
        }
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch
        {
            lock (_topics) _topics.Remove((name, from));
            throw;
        }
    }

    private Topic Read(string name, long? from, CancellationToken cancellationToken)
    {
        using var reader = new KafkaBarReader(address with { Group = null });
        var ends = Assign(reader, name, from);
        var replays = new PublishedBars();
        var messages = 0L;
        var silence = System.Diagnostics.Stopwatch.StartNew();
        while (ends.Count > 0)
        {
            var batch = reader.Read(TimeSpan.FromMilliseconds(100), cancellationToken);
            if (batch.Count > 0 || reader.Ends.Count > 0) silence.Restart();
            else if (silence.Elapsed > SilenceTimeout)
            {
                throw new BarStoreException(
                    $"Kafka at {address.Brokers} has not answered for {SilenceTimeout.TotalSeconds:0} s in the middle of "
                        + $"'{name}'; start it and run again");
            }
            foreach (var (at, message) in batch)
            {
                messages++;
                if (message is { Market: { } m, Bars: { } block })
                    replays.Add(message.Replay, BarMessage.KeyOf(m.Instrument), m, block);
                if (ends.TryGetValue(at.TopicPartition, out var end) && at.Offset.Value + 1 >= end) ends.Remove(at.TopicPartition);
            }
            foreach (var end in reader.Ends) ends.Remove(end.TopicPartition);
        }
        if (messages == 0 && reader.BadMessages.Count > 0)
            throw new BarDataException($"the topic '{name}' at {address.Brokers} holds no bars: the "
                + $"first of its {reader.BadMessages.Count} messages is at {reader.BadMessages.First}; name the topic that granary "
                + $"replay filled");
        var notes = new List<string>(reader.BadMessages.Notes);
        if (replays.Lost > 0) notes.Add($"{name}: {replays.Lost} bars that were published are not in the topic any more");
        return new Topic(replays.Markets, notes);
    }

    // Starts at the first message that is late enough; returns the end offsets of the partitions that have messages.
    private Dictionary<TopicPartition, long> Assign(KafkaBarReader reader, string name, long? from)
    {
        var ends = new Dictionary<TopicPartition, long>();
        try
        {
            foreach (var partition in KafkaBarReader.Partitions(address, [name]))
            {
                var marks = KafkaRetries.Ask(address.Timeout, () => reader.Consumer.QueryWatermarkOffsets(partition, address.Timeout));
                if (marks.High.Value > marks.Low.Value) ends[partition] = marks.High.Value;
            }
            if (ends.Count == 0)
                throw new BarDataException($"the topic '{name}' at {address.Brokers} is empty; publish to it with granary replay");
            // A message's time is the close of its last bar, so the first message that is late enough contains the first bar requested.
            reader.Consumer.Assign(reader.Starts(ends.Keys, from is { } f ? f + TimeSpan.TicksPerMinute : null));
            return ends;
        }
        catch (KafkaException e)
        {
            throw new BarStoreException($"Kafka at {address.Brokers} did not report "
                + $"the offsets of '{name}' ({e.Error.Reason}); start it, or correct the address", e);
        }
    }
}
