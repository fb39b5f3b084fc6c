using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>
/// The bars of one symbol at one timeframe for one run; the key is <see cref="FeedKey"/>. Reads its source once and sends each block once,
/// in
/// order, to each silo with strategies of the feed. A silo that missed blocks requests them again.
/// </summary>
[Alias("granary.ISymbolFeedGrain")]
public interface ISymbolFeedGrain : IGrainWithStringKey
{
    /// <summary>Opens the source. A text file is read completely.</summary>
    /// <param name="hash">Hash of the bars that the run started with.</param>
    [ResponseTimeout("00:10:00"), Alias("Open")]
    Task<FeedHeader> OpenAsync(string hash);

    /// <summary>Returns blocks from a number on, as many as the receiver has room for. The feed advances only on request.</summary>
    [Alias("Read")]
    Task<BlockBatch> ReadAsync(BlockRequest request);

    /// <summary>Publishes blocks on the feed's stream, from a number on, as many as the receiver has room for.</summary>
    /// <returns>The batch without its blocks.</returns>
    [Alias("Publish")]
    Task<BlockBatch> PublishAsync(BlockRequest request);

    /// <summary>Closes the feed; no strategy of the run needs it.</summary>
    [Alias("Close")]
    Task CloseAsync();
}

/// <summary>Identifies a feed of a run.</summary>
/// <param name="Changes">The changes of its bars, as <see cref="Granary.Application.Causality.SeriesChanges"/> writes it; empty for the
/// bars as they are.</param>
public readonly record struct FeedKey(string Run, string Symbol, Timeframe Timeframe, string Changes = "")
{
    /// <summary><c>run/symbol/timeframe</c>, followed by a question mark and the changes. Only a symbol may have slashes.</summary>
    public override string ToString() => $"{Run}/{Symbol}/{Timeframe}{(Changes.Length > 0 ? "?" + Changes : "")}";

    public static FeedKey Parse(string key)
    {
        var (first, last) = (key.IndexOf('/', StringComparison.Ordinal), key.LastIndexOf('/'));
        var (timeframe, changes) = key.IndexOf('?', last) is >= 0 and var mark ? (key[(last + 1)..mark], key[(mark + 1)..])
            : (key[(last + 1)..], "");
        return new FeedKey(key[..first], key[(first + 1)..last], Timeframe.Parse(timeframe), changes);
    }
}

/// <param name="Instrument">The instrument with the batch's settings.</param>
/// <param name="Fault">Why it cannot be read, in one sentence; null if it can.</param>
/// <param name="MayPass">Whether a retry on another silo or later may succeed.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedHeader")]
public sealed record FeedHeader([property: Id(0)] Instrument? Instrument, [property: Id(1)] string? Fault, [property: Id(2)] bool MayPass);

/// <param name="Receiver">The requesting silo; one that lags has its own reader.</param>
/// <param name="From">Number of the first requested block, from 0.</param>
/// <param name="Most">Number of blocks that the receiver has room for.</param>
/// <param name="Hash">Hash of the bars that the run started with.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockRequest")]
public sealed record BlockRequest([property: Id(0)] Guid Receiver, [property: Id(1)] long From, [property: Id(2)]
    int Most, [property: Id(3)] string Hash);

/// <summary>Consecutive blocks of a feed. Within a silo they are passed by reference; for another silo each block is packed once.</summary>
/// <param name="From">Number of the first block.</param>
/// <param name="Last">Whether the feed ends after them.</param>
/// <param name="Fault">Why the feed cannot continue, in one sentence.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockBatch")]
public sealed record BlockBatch(
    [property: Id(0)] long From,
    [property: Id(1)] IReadOnlyList<BarBlock> Blocks,
    [property: Id(2)] bool Last,
    [property: Id(3)] string? Fault,
    [property: Id(4)] bool MayPass);
