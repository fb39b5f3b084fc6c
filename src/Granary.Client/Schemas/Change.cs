// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Change
{
    /// <summary>Whether it may enter.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Kept in the journal beside the key's name.</summary>
    public string? Why { get; init; }

    /// <summary>Only of this account; without one of all that have the strategy.</summary>
    public string? Account { get; init; }
}
