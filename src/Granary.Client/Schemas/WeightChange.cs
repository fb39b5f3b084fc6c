// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A weight that a change adds, replaces or removes.</summary>
public sealed record WeightChange
{
    public required string Strategy { get; init; }

    /// <summary>null where the strategy had none.</summary>
    public double? Before { get; init; }

    /// <summary>null where it has none any more.</summary>
    public double? After { get; init; }
}
