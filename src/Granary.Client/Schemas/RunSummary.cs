// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A finished run in a list of runs.</summary>
public sealed record RunSummary
{
    /// <summary>The name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>The name of its batch.</summary>
    public required string Batch { get; init; }

    /// <summary>done or interrupted.</summary>
    public required string Status { get; init; }

    public required string Digest { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The run's own clock.</summary>
    public double? Seconds { get; init; }

    public required string Host { get; init; }

    /// <summary>Whether a policy learned its weights.</summary>
    public required bool LearnedWeights { get; init; }
}
