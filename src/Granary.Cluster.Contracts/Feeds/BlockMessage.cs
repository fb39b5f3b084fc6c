using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>
/// A block on its stream. It can arrive twice or not at all: receivers use its number. The end of a feed and its faults are messages of the
/// stream too, in order after the blocks.
/// </summary>
/// <param name="Number">The block's number, from 0.</param>
/// <param name="Block">The block; null where the feed ends or fails instead.</param>
/// <param name="Last">Whether the feed ends after it.</param>
/// <param name="Fault">Why the feed cannot continue, in one sentence; null if it can.</param>
/// <param name="MayPass">Whether a retry on another silo or later may succeed.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockMessage")]
public sealed record BlockMessage(
    [property: Id(0)] long Number,
    [property: Id(1)] BarBlock? Block,
    [property: Id(2)] bool Last,
    [property: Id(3)] string? Fault = null,
    [property: Id(4)] bool MayPass = false);
