using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Learning.Registry;
using Granary.Reporting.Runs;
using Granary.Simulation.RunFolders;

namespace Granary.Modelling.Learning;

/// <summary>
/// The windows, calibration, importance and effect on strategies that a run or a training wrote for a version of a model.
/// </summary>
/// <param name="Run">The folder that has it, in the folder of the runs.</param>
/// <param name="Unit">As <see cref="Reporting.Runs.LearningUnit"/> is written.</param>
public sealed record ModelFindings(string Run, JsonObject Unit)
{
    // File names of a run, and of a training or evaluation job.
    private static readonly string[] _files = ["learning.json", "result.json"];

    /// <summary>The findings of a drift detector in the model's errors; null where they were not watched.</summary>
    public ModelDriftFindings? Drift { get; init; } = ModelDriftFindings.Of(Unit);

    /// <summary>Whether the folder is a run with decisions of models.</summary>
    public bool HasDecisions { get; init; }

    /// <summary>Returns the limits of a version's use, one sentence each.</summary>
    /// <param name="findings">Findings on the version; null if there are none.</param>
    public static IReadOnlyList<string> LimitsOf(ModelLineage lineage, ModelFindings? findings) => new ModelLimits
    {
        Data = lineage.Data,
        Label = lineage.Label,
        References = lineage.References ?? [],
        LearnedTo = lineage.To,
        OutOfSample = lineage.OutOfSample,
        TrainTestGap = lineage.TrainTestGap,
        Threshold = lineage.DissimilarityThreshold,
        Changes = findings?.Drift?.Changes.Count ?? 0,
    }.Sentences();

    /// <summary>Returns the findings of the newest run or job that made or used the version; null if there are none.</summary>
    internal static ModelFindings? Find(RunLibrary runs, string model, int version)
    {
        if (!Directory.Exists(runs.Folder)) return null;
        var name = FormattableString.Invariant($"{model}:{version}");
        foreach (var folder in new DirectoryInfo(runs.Folder).EnumerateDirectories().OrderByDescending(d => d.LastWriteTimeUtc))
            foreach (var file in _files.Select(f => Path.Combine(folder.FullName, f)).Where(File.Exists))
                if (UnitOf(file, name) is { } unit)
                    return new ModelFindings(folder.Name, unit)
                    {
                        HasDecisions = File.Exists(Path.Combine(folder.FullName, ModelTables.Decisions + ".csv")),
                    };
        return null;
    }

    private static JsonObject? UnitOf(string file, string version)
    {
        var text = File.ReadAllText(file);
        // Cheap test before parsing: most files belong to other models.
        if (!text.Contains(version, StringComparison.Ordinal)) return null;
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?["units"] is JsonArray units
                ? units.OfType<JsonObject>().FirstOrDefault(u => u["version"] is JsonValue v && v.GetValueKind() == JsonValueKind.String
                    && v.GetValue<string>() == version)?.DeepClone() as JsonObject : null;
        }
        catch (JsonException)
        {
            return null; // a file that is being written, or of another program
        }
    }
}
