using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>A block on its stream. It can come twice, or not at all: receivers go by its number.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Last">The feed ends behind it: the end travels in the stream.</param>
[GenerateSerializer, Immutable, Alias("granary.BlockMessage")]
public sealed record BlockMessage([property: Id(0)] long Number, [property: Id(1)] BarBlock Block, [property: Id(2)] bool Last);
