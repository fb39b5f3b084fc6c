using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Running;

/// <summary>A batch run again at other costs.</summary>
internal static class StressedRun
{
    /// <summary>Total returns of all strategies, each in its own account.</summary>
    public static async Task<Dictionary<string, double>> ReturnsAsync(TemporaryFolder folder, JsonNode batch)
    {
        batch["outputs"] = new JsonArray("results");
        var output = folder.File("stressed");
        await GranaryCommand.RunAsync("backtest", folder.Write("stressed.json", batch.ToJsonString()), "--out", output, "--quiet",
            "--no-guards");
        using var results = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "results.json")));
        return results.RootElement.GetProperty("strategies").EnumerateArray()
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => RunFigures.Stat(s, "totalReturn"), StringComparer.Ordinal);
    }
}
