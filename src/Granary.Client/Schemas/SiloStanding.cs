// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A silo of a cluster.</summary>
public sealed record SiloStanding
{
    /// <summary>Its name, by which it is ordered to drain or retire.</summary>
    public required string Name { get; init; }

    /// <summary>Address and port for other silos.</summary>
    public required string Address { get; init; }

    /// <summary>Its status as the members of the cluster know it, as active.</summary>
    public required string Status { get; init; }

    /// <summary>When it joined, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Version of Granary with the commit of its sources; null if it did not answer.</summary>
    public string? Version { get; init; }

    /// <summary>Number of compute threads; 0 if it did not answer.</summary>
    public required int Threads { get; init; }

    /// <summary>Strategy groups under way.</summary>
    public required int Groups { get; init; }

    /// <summary>Activations of grains.</summary>
    public required int Activations { get; init; }

    /// <summary>Whether it takes no new work.</summary>
    public required bool Draining { get; init; }
}
