using Orleans.Concurrency;

namespace Granary.Cluster.Accounts;

/// <summary>Something that need not reach the order grain at once: it travels with the next call, in order.</summary>
[GenerateSerializer, Alias("granary.WaitingStep")]
public abstract record WaitingStep;

/// <summary>A fact for the journal, with the next append.</summary>
[GenerateSerializer, Immutable, Alias("granary.FactNoted")]
public sealed record FactNoted([property: Id(0)] GatewayEvent Fact) : WaitingStep;

/// <summary>The bars that close at one time, for a simulated broker.</summary>
/// <param name="Timestamp">Market time, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.BarsClosed")]
public sealed record BarsClosed([property: Id(0)] long Timestamp, [property: Id(1)] GatewayBar[] Bars) : WaitingStep;
