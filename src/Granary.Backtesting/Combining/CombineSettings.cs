using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Backtesting.Combining;

/// <summary>Batch sections for a combined portfolio, which override its members'.</summary>
internal sealed class CombineSettings
{
    private static readonly string[] Keys =
        ["account", "execution", "portfolio", "benchmark", "regimes", "resampling", "outputs", "seed", "from", "to", "bars",
            "periodsPerYear"];

    private CombineSettings(JsonObject sections) => Sections = sections;

    /// <summary>The sections by key.</summary>
    public JsonObject Sections { get; }

    /// <summary>Keys of the data section for the bars of recorded trades, such as <c>adjust</c>.</summary>
    public JsonObject? Bars => Sections["bars"] as JsonObject;

    /// <param name="path">The file; null for none.</param>
    /// <exception cref="InputException">The file is missing, is not JSON, or has an unknown key.</exception>
    public static CombineSettings Read(string? path)
    {
        if (path is null) return new CombineSettings([]);
        if (!File.Exists(path)) throw new InputException($"--settings {path}: the file does not exist");
        var text = File.ReadAllBytes(path);
        var faults = new JsonFaults();
        JsonPart.Parse(path, text, faults).Only(Keys);
        faults.Close();
        return new CombineSettings((JsonObject)JsonNode.Parse(text, null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!);
    }
}
