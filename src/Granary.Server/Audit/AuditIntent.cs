using System.Text.Json.Nodes;
using Granary.Contracts.Audit;

namespace Granary.Server.Audit;

/// <summary>An operation that is recorded before it changes anything, so that the end of the process cannot hide it.</summary>
/// <param name="Id">The entry has it as <see cref="AuditEntry.Operation"/>.</param>
public sealed record AuditIntent(string Id, string Who, string What, string Target, JsonNode? Before);
