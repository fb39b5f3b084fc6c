using System.Text.Json.Nodes;

namespace Granary.Contracts.Audit;

/// <summary>A change of state of a server.</summary>
/// <param name="Sequence">From 1; the number of its line.</param>
/// <param name="At">UTC.</param>
/// <param name="Who">The name of the key, or of the user.</param>
/// <param name="What">The operation, such as setWeights.</param>
/// <param name="Target">The path of the changed object.</param>
/// <param name="Before">The target's state before; null if the target did not exist, or has no state to show.</param>
/// <param name="After">The target's state afterwards.</param>
/// <param name="Previous">The hash of the entry before; empty for the first.</param>
/// <param name="Hash">SHA-256 of the entry without its hash, which includes <paramref name="Previous"/>; lower-case hex.</param>
public sealed record AuditEntry(long Sequence, DateTimeOffset At, string Who, string What, string Target, JsonNode? Before, JsonNode? After,
    string Previous, string Hash)
{
    /// <summary>The id of the request; null if no request made the change.</summary>
    public string? Operation { get; init; }

    /// <summary>True if the server's process ended during the change: <see cref="After"/> is the state at its next start.</summary>
    public bool? Interrupted { get; init; }
}

/// <summary>A page of the audit log, the newest entry first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? Next) : IPage<AuditEntry>;
