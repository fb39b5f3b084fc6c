using System.Net;

namespace Granary.Client.Connections;

/// <summary>An answer of an operation whose headers matter: a version that a change names, or a further page.</summary>
/// <param name="Value">null where the server answers that nothing has changed (304).</param>
/// <param name="ETag">The version, with its quotes, for If-Match and If-None-Match; null where the answer has none.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record ApiAnswer<T>(T? Value, HttpStatusCode Status, string? ETag, string? Next);
