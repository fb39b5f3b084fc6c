using System.Text.Json.Nodes;
using Granary.Simulation.RunFolders;

namespace Granary.Assistants.Answers;

/// <summary>Reads the parts of a run's results.json beside its strategies.</summary>
internal static class RunPart
{
    /// <summary>Returns an object of results.json; null if it has none.</summary>
    public static JsonObject? Of(RunResults results, string name) => Any(results, name) as JsonObject;

    /// <summary>Returns a part of results.json; null if it has none.</summary>
    public static JsonNode? Any(RunResults results, string name)
    {
        foreach (var (part, json) in results.Parts)
            if (part == name) return JsonNode.Parse(json.Span);
        return null;
    }
}
