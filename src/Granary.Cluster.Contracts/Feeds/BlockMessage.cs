using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>A block on its stream. It can arrive twice or not at all: receivers use its number.</summary>
/// <param name="Number">The block's number, from 0.</param>
/// <param name="Last">Whether the feed ends after it.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockMessage")]
internal sealed record BlockMessage([property: Id(0)] long Number, [property: Id(1)] BarBlock Block, [property: Id(2)] bool Last);
