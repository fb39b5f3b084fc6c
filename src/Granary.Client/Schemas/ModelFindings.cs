// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>
/// What a run or a training wrote of a version of a model: its windows, calibration, importance and effect on strategies.
/// </summary>
public sealed record ModelFindings
{
    /// <summary>The folder that has it, in the folder of the runs.</summary>
    public required string Run { get; init; }

    /// <summary>As LearningUnit is written.</summary>
    public required JsonElement Unit { get; init; }

    /// <summary>What a detector found in the model's errors; null where they were not watched.</summary>
    public ModelDriftFindings? Drift { get; init; }

    /// <summary>Whether the folder is a run with decisions of models.</summary>
    public required bool HasDecisions { get; init; }
}
