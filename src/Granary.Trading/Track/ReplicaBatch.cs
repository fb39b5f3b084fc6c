using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Simulation.Batches;

namespace Granary.Trading.Track;

/// <summary>Creates a batch from the result of <c>granary track</c>: <c>IndexReplica</c> with these weights, compared with the
/// index.</summary>
internal static class ReplicaBatch
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="options">Options with a universe; a panel has no bars to trade.</param>
    /// <returns>The text of the batch, with absolute paths.</returns>
    /// <exception cref="InputException">The names come from a panel, or none was selected.</exception>
    public static string Text(TrackOptions options, TrackResult result)
    {
        if (options.Universe is not { } universe)
            throw new InputException("--batch: a panel has no bars to trade; give --universe DIR and a bar file as --index");
        if (result.Fit.Support.Count == 0) throw new InputException("--batch: no name was chosen, so there is nothing to hold");
        var index = TrackIndex.SymbolOf(options.Index);
        var (bars, own) = (universe.Path!, Path.GetDirectoryName(Path.GetFullPath(options.Index))!);
        List<string> names = [.. result.Support];
        var parts = new JsonArray { Part(bars, bars == own ? [.. names, index] : names) };
        if (bars != own) parts.Add(Part(own, [index]));
        var weights = string.Join(';', result.Support.Zip(result.Fit.Weights,
            (name, weight) => string.Create(CultureInfo.InvariantCulture, $"{name}:{weight:R}")));
        return new JsonObject
        {
            ["name"] = "replica-of-" + string.Concat(index.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')),
            ["data"] = new JsonObject { ["parts"] = parts },
            ["execution"] = new JsonObject { ["commissionPercent"] = 0.1 },
            ["strategies"] = new JsonArray
            {
                new JsonObject
                {
                    ["class"] = "IndexReplica",
                    ["params"] = new JsonObject { ["weights"] = weights },
                    ["symbols"] = Texts(names),
                    ["timeframe"] = "1d",
                    ["size"] = new JsonObject { ["percentOfEquity"] = 100 },
                },
            },
            ["portfolio"] = new JsonObject { ["weights"] = WeightMethods.Equal },
            ["benchmark"] = index,
        }.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Part(string folder, IReadOnlyList<string> symbols) => new()
    {
        ["source"] = "csv:" + folder,
        ["symbols"] = Texts(symbols),
        ["timeframe"] = "1d",
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);
}
