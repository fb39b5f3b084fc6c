using Granary.Engine.Market;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Granary.Cluster.Feeds;

/// <summary>
/// The bars of one symbol of a data set at the data set's timeframe; the key is <see cref="FeedKey"/>. Reads its source once for all
/// batches and sessions that read the same bars, and publishes its blocks on a stream. A silo that missed blocks requests them by number.
/// It has no durable state: after a loss, the next call opens the source again.
/// </summary>
[Alias("granary.ISymbolFeedGrain")]
internal interface ISymbolFeedGrain : IGrainWithStringKey
{
    /// <summary>Opens the source for a consumer, until the consumer leaves. A text file is read completely.</summary>
    [ResponseTimeout("00:10:00"), Alias("Open")]
    Task<FeedHeader> OpenAsync(FeedConsumer consumer, CancellationToken cancellationToken = default);

    /// <summary>Returns blocks from a number on, as many as are requested. The feed advances only on request.</summary>
    [Alias("Read")]
    Task<BlockBatch> ReadAsync(BlockRequest request, CancellationToken cancellationToken = default);

    /// <summary>Publishes blocks on the feed's stream, from a number on, each once.</summary>
    /// <returns>The blocks that a subscriber gets from the stream; it requests those before them by number.</returns>
    [Alias("Publish")]
    Task<PublishedBlocks> PublishAsync(BlockRequest request, CancellationToken cancellationToken = default);

    /// <summary>Removes a consumer; the source is closed with the last one.</summary>
    [Alias("Leave")]
    Task LeaveAsync(Guid receiver);

    /// <summary>Returns the consumer groups, each once and in order.</summary>
    [AlwaysInterleave, Alias("Groups")]
    Task<IReadOnlyList<string>> GroupsAsync(CancellationToken cancellationToken = default);
}

/// <summary>Identifies a feed.</summary>
/// <param name="BarSet">Hash of the source, its reading options, timeframe and range.</param>
internal readonly record struct FeedKey(string BarSet, string Symbol, Timeframe Timeframe)
{
    /// <summary><c>data set/symbol/timeframe</c>. Only a symbol may have slashes.</summary>
    public override string ToString() => $"{BarSet}/{Symbol}/{Timeframe}";

    public static FeedKey Parse(string key)
    {
        var (first, last) = (key.IndexOf('/', StringComparison.Ordinal), key.LastIndexOf('/'));
        return new FeedKey(key[..first], key[(first + 1)..last], Timeframe.Parse(key[(last + 1)..]));
    }
}

/// <summary>A reader of a feed.</summary>
/// <param name="Receiver">Id of the reader.</param>
/// <param name="Group">The consumer group: the run or the session that it belongs to.</param>
/// <param name="BarSet">Text of the source and its reading options, with which the feed opens it.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedConsumer")]
internal sealed record FeedConsumer([property: Id(0)] Guid Receiver, [property: Id(1)] string Group, [property: Id(2)] string BarSet);

/// <param name="Instrument">The instrument from the source.</param>
/// <param name="Fault">Why the source cannot be read, in one sentence; null if it can.</param>
/// <param name="MayPass">Whether a retry on another silo or later may succeed.</param>
/// <param name="Count">Number of bars.</param>
/// <param name="ContentHash">Hash of the bars.</param>
/// <param name="Notes">Notes about the data for the reader of a result, one sentence each.</param>
/// <param name="Line">Line of the file with the fault, from 1; null if the fault is not in a file.</param>
/// <param name="Columns">Further columns of the bars; null for none.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedHeader")]
internal sealed record FeedHeader(
    [property: Id(0)] Instrument? Instrument,
    [property: Id(1)] string? Fault,
    [property: Id(2)] bool MayPass,
    [property: Id(3)] long Count = 0,
    [property: Id(4)] string ContentHash = "",
    [property: Id(5)] string[]? Notes = null,
    [property: Id(6)] long? Line = null,
    [property: Id(7)] string[]? Columns = null);

/// <param name="Consumer">The requesting reader; one that lags has its own reading of the source.</param>
/// <param name="From">Number of the first requested block, from 0.</param>
/// <param name="Most">Maximum number of blocks to return.</param>
/// <param name="Hash">Hash of the bars that the run started with.</param>
/// <param name="Silo">The silo that the reader had the last blocks of; null before its first ones.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockRequest")]
internal sealed record BlockRequest([property: Id(0)] FeedConsumer Consumer, [property: Id(1)] long From, [property: Id(2)]
    int Most, [property: Id(3)] string Hash, [property: Id(4)] SiloAddress? Silo = null);

/// <summary>Consecutive blocks of a feed. Within a silo they are passed by reference; for another silo each block is packed once.</summary>
/// <param name="From">Number of the first block.</param>
/// <param name="Last">Whether the feed ends after them.</param>
/// <param name="Fault">Why the feed cannot continue, in one sentence.</param>
/// <param name="MayPass">Whether a retry on another silo or later may succeed.</param>
/// <param name="Published">Number of the next block that the feed will publish on the stream.</param>
/// <param name="Silo">The silo of the feed.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockBatch")]
internal sealed record BlockBatch(
    [property: Id(0)] long From,
    [property: Id(1)] IReadOnlyList<BarBlock> Blocks,
    [property: Id(2)] bool Last,
    [property: Id(3)] string? Fault,
    [property: Id(4)] bool MayPass,
    [property: Id(5)] long Published,
    [property: Id(6)] SiloAddress Silo);

/// <summary>Range of blocks that were published on the stream.</summary>
/// <param name="From">Number of the first block.</param>
/// <param name="End">Exclusive end: number of the last block plus one.</param>
/// <param name="Last">Whether the feed ends there.</param>
[GenerateSerializer, Immutable, Alias("granary.PublishedBlocks")]
internal sealed record PublishedBlocks([property: Id(0)] long From, [property: Id(1)] long End, [property: Id(2)] bool Last);
