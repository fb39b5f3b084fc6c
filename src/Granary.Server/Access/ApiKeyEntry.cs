namespace Granary.Server.Access;

/// <summary>A key of the HTTP API as shown in lists, without its secret.</summary>
/// <param name="ExpiresAt">The expiry, UTC; null = never.</param>
/// <param name="Code">Whether it has the right <c>code</c>.</param>
/// <param name="Limits">The limits of its owner's research; null = none.</param>
internal sealed record ApiKeyEntry(string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, bool HasExpired, bool Code,
    TrialLimits? Limits = null);
