// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>A run in a list, with what its results.json has beside the strategies.</summary>
public sealed record RunDetails
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

    /// <summary>How many the run has.</summary>
    public required int Strategies { get; init; }

    /// <summary>The names of its files.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Its weights and figures, as in results.json.</summary>
    public JsonElement? Portfolio { get; init; }
}
