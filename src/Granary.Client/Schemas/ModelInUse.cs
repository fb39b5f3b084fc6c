// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>How a model's versions do in use: predictions, outcomes of live sessions, and what follows from them.</summary>
public sealed record ModelInUse
{
    public required string Model { get; init; }

    /// <summary>The version in use; 0 where none is.</summary>
    public required int Current { get; init; }

    /// <summary>Those that predicted, or that are compared with the current one; by number.</summary>
    public required IReadOnlyList<VersionInUse> Versions { get; init; }

    /// <summary>The newest outcomes of the current version, at most 200.</summary>
    public required int Outcomes { get; init; }

    /// <summary>Their mean loss: log-loss of a probability, squared error otherwise; null without outcomes.</summary>
    public double? Loss { get; init; }

    /// <summary>Out-of-sample loss with which the current version was registered; null where its lineage has none.</summary>
    public double? Expected { get; init; }

    /// <summary>Whether the squared error of the current version has grown since it came into use (detector adwin).</summary>
    public required bool HasDrifted { get; init; }

    public required ModelDecision Decision { get; init; }
}
