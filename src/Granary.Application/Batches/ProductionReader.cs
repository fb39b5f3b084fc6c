using System.Security.Cryptography;
using System.Text.Json;
using Granary.Application.Guards;
using Granary.Application.Json;
using Granary.Application.Regimes;
using Granary.Application.Learning;
using Granary.Engine.Portfolio;
using Granary.Learning.Regimes;

namespace Granary.Application.Batches;

/// <summary>A production configuration, read and checked.</summary>
/// <param name="Spec">The batch that it is: its strategies with their weights and models, fills booked at their bar's close.</param>
/// <param name="Hash">SHA-256 of the file, lower-case hex.</param>
/// <param name="Digest">Of the run that it came from.</param>
/// <param name="Verdict">Whether it may go live, and if not, why not.</param>
/// <param name="ModelVersions">By strategy id, as name:version; those without a model are left out.</param>
public sealed record Production(BatchSpec Spec, string Hash, string Digest, EvidenceVerdict Verdict, IReadOnlyDictionary<string, string> ModelVersions)
{
    /// <summary>What the verdict is on; without findings where the file carries none.</summary>
    public Evidence Evidence { get; init; } = new(new Dictionary<string, EvidenceFinding>());
}

/// <summary>Reads prod.json, as <see cref="ProductionJson"/> writes it. Any host runs it as a batch; <c>live</c> trades it.</summary>
public static class ProductionReader
{
    public static bool IsProduction(JsonPart root) => root.Find("version") is not null && root.Find("digest") is not null && root.Find("strategies") is not null;

    /// <exception cref="InputException">The file is missing, not JSON, or not a production configuration.</exception>
    public static Production Read(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; give the path of a prod.json, as a backtest writes it into its run's folder", e);
        }
        return Read(path, text, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <param name="name">The file's name or path, for messages.</param>
    /// <param name="folder">What relative paths in it are relative to.</param>
    /// <inheritdoc cref="Read(string)"/>
    public static Production Read(string name, byte[] text, string folder)
    {
        var root = JsonPart.Parse(name, text);
        if (!IsProduction(root)) throw root.Fault("this is no production configuration; a backtest writes one as prod.json into its run's folder");
        return Read(root, text, folder);
    }

    internal static Production Read(JsonPart root, byte[] text, string folder)
    {
        root.Only("$schema", "version", "name", "run", "folder", "seed", "digest", "created", "data", "account", "execution", "portfolio", "strategies", "regimes", "models", "evidence");
        var version = root.Need("version").Whole();
        if (version > ProductionJson.Version) throw root.Need("version").Fault($"this configuration was written by a newer Granary (version {version}, this one reads up to {ProductionJson.Version}); update");
        var cash = root.Find("account")?.Only("cash").Find("cash")?.Number(1, 1e15) ?? 100_000;
        var models = Models(root.Find("models"));
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        var regimes = root.Find("regimes") is { } r ? RegimeReader.Read(r) : null;
        RegimeState.Register();
        var byState = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        var strategies = new List<StrategySpec>();
        foreach (var part in root.Need("strategies").List())
        {
            var id = part.Need("id").String();
            if (!weights.TryAdd(id, part.Need("weight").Number(0, 1e6))) throw part.Need("id").Fault("this id is there twice; keep one of them");
            if (part.Find("weightByState") is { } states)
            {
                if (regimes is null) throw states.Fault("weights by state need the section 'regimes'; write the configuration anew with its batch");
                byState[id] = [.. regimes.States.Select(s => states.Need(s).Number(0, 1e6))];
            }
            IEntryModel? model = null;
            if (part.Find("model") is { Kind: JsonValueKind.String } named)
            {
                versions[id] = named.Text;
                model = models.TryGetValue(named.Text, out var reference) ? reference.Load() : throw named.Fault($"the section 'models' does not have '{named.Text}'; write the configuration anew with its batch");
            }
            strategies.Add(BatchReader.Strategy(part, cash, "id", "symbol", "weight", "weightByState", "model", "references") with
            {
                Id = id,
                Model = model,
                Symbols = [.. (part.Find("symbols") ?? part.Need("symbol")).OneOrMany().Select(s => s.String())],
                References = part.Find("references") is { } others ? [.. others.OneOrMany().Select(s => s.String())] : [],
            });
        }
        if (strategies.Count == 0) throw root.Need("strategies").Fault("no strategy has a weight: there is nothing to trade");
        var data = BatchReader.Data(root.Need("data"));
        var portfolio = root.Need("portfolio");
        var spec = new BatchSpec
        {
            Name = BatchReader.NameOf(root.Find("name"), root.File),
            Data = data with { Symbols = [.. strategies.SelectMany(s => s.Symbols!.Concat(s.References)).Distinct(StringComparer.Ordinal)] },
            Cash = cash,
            Execution = ExecutionSection.Read(root.Find("execution")),
            Strategies = strategies,
            Regimes = regimes,
            Portfolio = BatchReader.Portfolio(portfolio) with { Rule = null, FixedWeights = weights, WeightsByState = byState.Count > 0 ? byState : null, BookAtClose = true, Place = portfolio },
            Outputs = OutputSet.All,
            Seed = (ulong)(root.Find("seed")?.Number(0, 1L << 53) ?? 1),
            Text = text,
            // Paths in it are relative to what those of its batch were.
            Folder = root.Find("folder")?.String() ?? folder,
        };
        return new Production(spec, Convert.ToHexStringLower(SHA256.HashData(text)), root.Need("digest").String(), Evidence.Verdict(root), versions)
        {
            Evidence = Evidence.Read(root) ?? new Evidence(new Dictionary<string, EvidenceFinding>()),
        };
    }

    private static IReadOnlyDictionary<string, ModelReference> Models(JsonPart? part)
    {
        if (part is null) return new Dictionary<string, ModelReference>();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) part.WriteTo(json);
        try
        {
            return ModelReference.Parse(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
        }
        catch (JsonException e)
        {
            throw new InputException(part.Fault("not what a backtest writes; write the configuration anew with its batch").Message, e);
        }
    }
}
