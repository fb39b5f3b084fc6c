// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>A session as it stands.</summary>
public sealed record SessionView
{
    /// <summary>The account's.</summary>
    public required string Id { get; init; }

    /// <summary>Name of its run's folder.</summary>
    public required string Run { get; init; }

    public required SessionPhase Phase { get; init; }

    public required string StartedBy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Where its portfolio is; empty where it is nowhere just now.</summary>
    public required string Host { get; init; }

    /// <summary>Where its orders are made.</summary>
    [JsonPropertyName("desk")]
    public required string Gateway { get; init; }

    /// <summary>Null before its first bar.</summary>
    public LiveStatus? Status { get; init; }

    /// <summary>Of the whole run, once it is written.</summary>
    public string? Digest { get; init; }

    /// <summary>Why it failed, what it waits for, or waited for when it was stopped; null where nothing is wrong.</summary>
    public string? Fault { get; init; }

    /// <summary>Times that it came back from a loss.</summary>
    public required int Restarts { get; init; }

    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What it waits for before it is tried again; null while it runs.</summary>
    public SessionRetry? Retry { get; init; }
}
