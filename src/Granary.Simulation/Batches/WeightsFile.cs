using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Batches;

/// <summary>
/// Replaces <c>"weights": "csv:FILE"</c> in a batch's text with the weights of that file, so manifests and servers contain them.
/// </summary>
internal static class WeightsFile
{
    public const string Prefix = "csv:";

    /// <param name="text">UTF-8 text. Line numbers stay unchanged.</param>
    /// <param name="folder">Base folder of a relative path.</param>
    /// <exception cref="InputException">The file is missing, cannot be read, or is not a table of weights.</exception>
    public static byte[] Inline(byte[] text, string folder) => TextsInJson.Replace(text, ["portfolio", "weights"], value =>
        value.StartsWith(Prefix, StringComparison.Ordinal) ? Read(Path.Combine(folder, value[Prefix.Length..])) : null);

    private static JsonObject Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            return new JsonObject(WeightsCsv.Read(path, reader).Select(w => KeyValuePair.Create(w.Strategy, (JsonNode?)w.Weight)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"portfolio.weights: {path} cannot be read ({e.Message.TrimEnd('.')}); give a CSV with the columns "
                + "strategy and weight, its path relative to the batch file", e);
        }
    }
}
