using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;

namespace Granary.Backtesting.Combining;

/// <summary>A Granary run as a member, with the batch in its manifest.</summary>
internal sealed class RunMember
{
    // These sections are specific to one batch: a portfolio of several batches would train other models.
    private static readonly string[] NotCombined = ["learning", "version"];

    // Files that sections name besides those of the data: their paths start from the batch's folder, and not from the portfolio's.
    private static readonly (string Section, string Key)[] Files =
        [("account", "riskFree"), ("execution", "marginTiers"), ("execution", "costs"), ("universe", "members")];

    private readonly RunManifest _manifest;
    private readonly Place _place;

    private RunMember(string folder, RunManifest manifest, Place place, JsonObject batch) =>
        (Folder, _manifest, _place, Batch) = (folder, manifest, place, batch);

    /// <summary>The run's folder, as the user wrote it.</summary>
    public string Folder { get; }

    /// <summary>The name of the run.</summary>
    public string Name => Path.GetFileName(Folder.TrimEnd(Path.DirectorySeparatorChar));

    /// <summary>The parsed text of its batch, with the files of its sections as <see cref="Address.Kept"/>.</summary>
    public JsonObject Batch { get; }

    /// <exception cref="InputException">It is not a run that can be combined.</exception>
    public static RunMember Read(string folder, GranaryCatalogues catalogues)
    {
        var manifest = RunManifest.Read(folder);
        if (manifest.Interrupted) throw new InputException($"{folder}: the run was interrupted; finish it with --resume first");
        var batch = (JsonObject)JsonNode.Parse(manifest.BatchText, null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        if (manifest.Kind == RunKinds.WalkForward || NotCombined.Any(batch.ContainsKey))
            throw new InputException($"{folder}: a walk-forward, a live session and a batch that trains models are no members as "
                + "batches; name the equity.csv or the portfolio_trades.csv of the folder");
        var place = catalogues.PlaceOf(manifest.BaseUnder(catalogues));
        foreach (var (section, key) in Files)
            if (batch[section] is JsonObject keys && keys[key] is JsonValue file && file.TryGetValue<string>(out var written))
                keys[key] = place.Address(written).Kept;
        if (batch["account"] is JsonObject account && account["interest"] is JsonObject interest)
            foreach (var (_, terms) in interest)
                if (terms is JsonObject own && own["reference"] is JsonValue rates && rates.TryGetValue<string>(out var name))
                    own["reference"] = place.Address(name).Kept;
        return new RunMember(folder, manifest, place, batch);
    }

    /// <summary>Returns its data, with the symbols that it read and the base folder of its paths.</summary>
    public IEnumerable<JsonObject> DataParts()
    {
        var data = (JsonObject)Batch["data"]!;
        if (data["parts"] is not JsonArray parts) return [WithPlace(data)];
        return parts.Select(p => WithPlace((JsonObject)p!));
    }

    private JsonObject WithPlace(JsonObject data)
    {
        var part = (JsonObject)data.DeepClone();
        foreach (var key in (string[])["from", "to", "warmUp", "fx"]) part.Remove(key);
        var listed = SymbolsOf(part);
        part["symbols"] = new JsonArray([.. (listed.Contains("*") ? Read() : listed).Select(s => (JsonNode)JsonValue.Create(s))]);
        var folder = part["folder"]?.GetValue<string>();
        part["folder"] = _place.Within(folder ?? ".").KeptFolder;
        return part;

        // Includes symbols that only a factor or the benchmark uses.
        IEnumerable<string> Read() => _manifest.DataHashes.Keys.Order(StringComparer.Ordinal);
    }

    /// <summary>Returns where its exchange rates are, from any folder; null if it has none.</summary>
    public JsonNode? Rates()
    {
        if (Batch["data"]!["fx"]?.DeepClone() is not { } rates) return null;
        if (rates is not JsonObject keys) return JsonValue.Create(_place.Address(rates.GetValue<string>()).Kept);
        keys["source"] = _place.Address(keys["source"]!.GetValue<string>()).Kept;
        return keys;
    }

    /// <summary>Returns its strategies, each with the symbols and the timeframe of the data section.</summary>
    public IEnumerable<JsonObject> Strategies()
    {
        List<JsonObject> parts = [.. DataParts()];
        var symbols = parts.SelectMany(SymbolsOf).Distinct(StringComparer.Ordinal).ToList();
        foreach (var given in (JsonArray)Batch["strategies"]!)
        {
            var strategy = (JsonObject)given!.DeepClone();
            strategy["symbols"] ??= new JsonArray([.. symbols.Select(s => (JsonNode)JsonValue.Create(s))]);
            if (parts.Count == 1) strategy["timeframe"] ??= parts[0]["timeframe"]!.DeepClone();
            yield return strategy;
        }
    }

    /// <summary>Returns the symbols of a part of the data.</summary>
    public static List<string> SymbolsOf(JsonObject part) => part["symbols"] is JsonArray several
        ? [.. several.Select(s => s!.GetValue<string>())] : [part["symbols"]!.GetValue<string>()];
}
