using System.Text.Json.Nodes;
using Granary.Contracts.Audit;

namespace Granary.Server.Audit;

/// <summary>An operation that is recorded before it changes anything, so it is logged even if the process ends.</summary>
/// <param name="Id">The id, which the log entry has in <see cref="AuditEntry.Operation"/>.</param>
internal sealed record AuditIntent(string Id, string Who, string What, string Target, JsonNode? Before);
