using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>
/// The bars of one symbol at one timeframe for one run; the key is <see cref="FeedKey"/>. Reads its source once and hands each silo that has
/// strategies of the feed each block once, in order; whoever has missed some asks for them again.
/// </summary>
[Alias("granary.ISymbolFeedGrain")]
public interface ISymbolFeedGrain : IGrainWithStringKey
{
    /// <summary>Opens the source, which takes as long as reading it where it is a text file.</summary>
    /// <param name="hash">Of the bars that the run began with.</param>
    [ResponseTimeout("00:10:00"), Alias("Open")]
    Task<FeedHeader> OpenAsync(string hash);

    /// <summary>Blocks from a number on, as many as the receiver has room for: that is its credit, and asking is what moves the feed on.</summary>
    [Alias("Read")]
    Task<BlockBatch> ReadAsync(BlockRequest request);

    /// <summary>Publishes blocks on the stream of the feed, from a number on, as many as the receiver has room for.</summary>
    /// <returns>How the batch would have looked, without its blocks.</returns>
    [Alias("Publish")]
    Task<BlockBatch> PublishAsync(BlockRequest request);

    /// <summary>No strategy of the run needs the feed any more.</summary>
    [Alias("Close")]
    Task CloseAsync();
}

/// <summary>Which feed of which run.</summary>
/// <param name="Changes">What is done to its bars, as <see cref="Granary.Application.Causality.SeriesChanges"/> writes it; empty for the bars as they are.</param>
public readonly record struct FeedKey(string Run, string Symbol, Timeframe Timeframe, string Changes = "")
{
    /// <summary><c>run/symbol/timeframe</c>, and behind a question mark its changes; a symbol may have slashes, the others have none.</summary>
    public override string ToString() => $"{Run}/{Symbol}/{Timeframe}{(Changes.Length > 0 ? "?" + Changes : "")}";

    public static FeedKey Parse(string key)
    {
        var (first, last) = (key.IndexOf('/', StringComparison.Ordinal), key.LastIndexOf('/'));
        var (timeframe, changes) = key.IndexOf('?', last) is >= 0 and var mark ? (key[(last + 1)..mark], key[(mark + 1)..]) : (key[(last + 1)..], "");
        return new FeedKey(key[..first], key[(first + 1)..last], Timeframe.Parse(timeframe), changes);
    }
}

/// <param name="Instrument">With what the batch says of it.</param>
/// <param name="Fault">Why it cannot be read: one sentence; null where it can.</param>
/// <param name="MayPass">Whether trying again elsewhere or later may help.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedHeader")]
public sealed record FeedHeader([property: Id(0)] Instrument? Instrument, [property: Id(1)] string? Fault, [property: Id(2)] bool MayPass);

/// <param name="Receiver">Who asks; one that lags has a reader of its own.</param>
/// <param name="From">Number of the first block wanted, from 0.</param>
/// <param name="Most">Blocks that the receiver has room for.</param>
/// <param name="Hash">Of the bars that the run began with.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockRequest")]
public sealed record BlockRequest([property: Id(0)] Guid Receiver, [property: Id(1)] long From, [property: Id(2)] int Most, [property: Id(3)] string Hash);

/// <summary>Consecutive blocks of a feed. On one silo it goes by reference; to another each block is packed once.</summary>
/// <param name="From">Number of the first.</param>
/// <param name="Last">Whether the feed ends behind them.</param>
/// <param name="Fault">Why it cannot go on: one sentence.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockBatch")]
public sealed record BlockBatch(
    [property: Id(0)] long From,
    [property: Id(1)] IReadOnlyList<BarBlock> Blocks,
    [property: Id(2)] bool Last,
    [property: Id(3)] string? Fault,
    [property: Id(4)] bool MayPass);
