// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>A change of state of a server.</summary>
public sealed record AuditEntry
{
    /// <summary>From 1; the number of its line.</summary>
    public required long Sequence { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The name of the key, or of the user.</summary>
    public required string Who { get; init; }

    /// <summary>The operation, as setWeights.</summary>
    public required string What { get; init; }

    /// <summary>What it was done to, as a path.</summary>
    public required string Target { get; init; }

    /// <summary>How that stood before; null where it was not there, or has no state to show.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>How it stood afterwards.</summary>
    public JsonElement? After { get; init; }

    /// <summary>The hash of the entry before; empty for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 of the entry without its hash, which includes Previous; lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>The id of the request; null where the change was not made by one.</summary>
    public string? Operation { get; init; }

    /// <summary>True where the server ended meanwhile: the state after is that of its next start.</summary>
    public bool? Interrupted { get; init; }
}
