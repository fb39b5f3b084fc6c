// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A change of the mean squared error of a model's predictions out of sample.</summary>
public sealed record ModelLossChange
{
    /// <summary>When the label was known that showed it, UTC.</summary>
    public required DateTimeOffset Noticed { get; init; }

    /// <summary>When the features of the first prediction after the change were known, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Mean squared error from the change before to this one; null where it is not defined.</summary>
    public double? Before { get; init; }

    /// <summary>Mean squared error from Since to Noticed; null where it is not defined.</summary>
    public double? After { get; init; }
}
