// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What a detector found in the errors of a model's predictions out of sample.</summary>
public sealed record ModelDriftFindings
{
    /// <summary>As `granary drift` names it.</summary>
    public required string Detector { get; init; }

    /// <summary>Number of predictions, whose labels do not overlap.</summary>
    public required int Watched { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<ModelLossChange> Changes { get; init; }
}
