// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A cluster as one of its silos sees it.</summary>
public sealed record ClusterStanding
{
    /// <summary>Id of the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Batches and jobs that wait.</summary>
    public required IReadOnlyList<string> Queued { get; init; }

    /// <summary>Batches and jobs that run.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>Live sessions that run, by account.</summary>
    public required IReadOnlyList<string> Sessions { get; init; }

    /// <summary>By name; those that were declared dead are left out.</summary>
    public required IReadOnlyList<SiloStanding> Silos { get; init; }
}
