using Orleans.Concurrency;

namespace Granary.Cluster.Accounts;

/// <summary>A step of a session whose silo runs the previous version; see <see cref="IOrderGrain.DoAsync"/>.</summary>
/// <param name="Timestamp">Market time, UTC ticks.</param>
/// <param name="Order">Client id of the order concerned; empty without one.</param>
/// <param name="Price">New price of a moved stop.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskStep")]
public sealed record GatewayStep(
    [property: Id(0)] GatewayAction Verb,
    [property: Id(1)] long Timestamp,
    [property: Id(2)] GatewayEvent[] Facts,
    [property: Id(3)] GatewayBar[] Bars,
    [property: Id(4)] string Order,
    [property: Id(5)] double Price);
