using System.Text.Json.Nodes;

namespace Granary.Contracts.Audit;

/// <summary>A change of state of a server.</summary>
/// <param name="Sequence">From 1; the number of its line.</param>
/// <param name="At">UTC.</param>
/// <param name="Who">The name of the key, or of the user.</param>
/// <param name="What">The operation, as setWeights.</param>
/// <param name="Target">What it was done to, as a path.</param>
/// <param name="Before">How that stood before; null where it was not there, or has no state to show.</param>
/// <param name="After">How it stood afterwards.</param>
/// <param name="Previous">The hash of the entry before; empty for the first.</param>
/// <param name="Hash">SHA-256 of the entry without its hash, which includes <paramref name="Previous"/>; lower-case hex.</param>
public sealed record AuditEntry(long Sequence, DateTimeOffset At, string Who, string What, string Target, JsonNode? Before, JsonNode? After,
    string Previous, string Hash)
{
    /// <summary>The id of the request; null where the change was not made by one.</summary>
    public string? Operation { get; init; }

    /// <summary>True where the server ended meanwhile: the state after is that of its next start.</summary>
    public bool? Interrupted { get; init; }
}

/// <summary>A page of the audit log, the newest entry first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? Next) : IPage<AuditEntry>;
