using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>A block on its stream. It can come twice, or not at all: receivers go by its number. The end of a feed and what keeps it from going on travel in the stream too, in their place behind the blocks.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Block">null where the feed ends or fails in the place of a block.</param>
/// <param name="Last">The feed ends behind it.</param>
/// <param name="Fault">Why the feed cannot go on: one sentence; null where it can.</param>
/// <param name="MayPass">Whether trying again elsewhere or later may help.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockMessage")]
public sealed record BlockMessage(
    [property: Id(0)] long Number,
    [property: Id(1)] BarBlock? Block,
    [property: Id(2)] bool Last,
    [property: Id(3)] string? Fault = null,
    [property: Id(4)] bool MayPass = false);
