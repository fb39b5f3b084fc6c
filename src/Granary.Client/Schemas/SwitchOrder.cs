// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record SwitchOrder
{
    /// <summary>The account's name in the journal; that of the configuration without one.</summary>
    public string? Account { get; init; }

    /// <summary>keep, wind-down or close; keep without one.</summary>
    public string? Policy { get; init; }

    /// <summary>Only show what would become of each open trade.</summary>
    public required bool DryRun { get; init; }

    /// <summary>For journal and history.</summary>
    public string? Why { get; init; }
}
