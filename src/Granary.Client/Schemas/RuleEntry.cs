// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record RuleEntry
{
    /// <summary>The word of the event.</summary>
    public required string On { get; init; }

    /// <summary>Percent, a number of orders, or seconds; absent for events without one.</summary>
    public double? Threshold { get; init; }

    /// <summary>Only this account; absent for all.</summary>
    public string? Account { get; init; }

    /// <summary>Names of webhooks.</summary>
    public required IReadOnlyList<string> To { get; init; }
}
