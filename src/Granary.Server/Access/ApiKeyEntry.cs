namespace Granary.Server.Access;

/// <summary>A key of the HTTP API as lists show it, without anything that opens the API.</summary>
/// <param name="ExpiresAt">UTC; null = never.</param>
public sealed record ApiKeyEntry(string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, bool HasExpired);
