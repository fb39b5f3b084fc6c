namespace Granary.Cluster.Compute;

/// <summary>State of a silo, from the silo itself.</summary>
/// <param name="Version">Version of Granary.</param>
/// <param name="Threads">Number of compute threads.</param>
/// <param name="Groups">Number of running strategy groups.</param>
/// <param name="Activations">Number of grain activations.</param>
/// <param name="Draining">Whether it takes no new work.</param>
[GenerateSerializer, Immutable, Alias("granary.SiloDescription")]
internal sealed record SiloDescription(
    [property: Id(0)] string Version,
    [property: Id(1)] int Threads,
    [property: Id(2)] int Groups,
    [property: Id(3)] int Activations,
    [property: Id(4)] bool Draining);
