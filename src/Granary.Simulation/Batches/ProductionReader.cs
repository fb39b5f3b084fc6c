using System.Security.Cryptography;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Plugins;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>A parsed and validated production configuration.</summary>
/// <param name="Spec">The equivalent batch: strategies with weights and models; fills are booked at the close of their bar.</param>
/// <param name="Hash">SHA-256 of the file, lower-case hex.</param>
/// <param name="Digest">Digest of the run that wrote the file.</param>
/// <param name="Verdict">Whether it may trade live, with the reasons if not.</param>
/// <param name="ModelVersions">name:version by strategy id; strategies without a model are left out.</param>
internal sealed record Production(BatchSpec Spec, string Hash, string Digest, ValidationVerdict Verdict,
    IReadOnlyDictionary<string, string> ModelVersions)
{
    /// <summary>The validation checks behind the verdict; empty if the file has none.</summary>
    public ValidationChecks Checks { get; init; } = new(new Dictionary<string, ValidationCheck>());
}

/// <summary>Reads prod.json, as <see cref="ProductionJson"/> writes it. Every host can run it as a batch; <c>live</c> trades it.</summary>
/// <param name="catalogues">Strategies, factors and other extensions that the process knows.</param>
/// <param name="filters">Creates a strategy's entry filter from its id and model; null loads each model from its registry.</param>
internal sealed class ProductionReader(GranaryCatalogues catalogues, Func<string, ModelReference, IEntryModel>? filters = null)
{
    private readonly Func<string, ModelReference, IEntryModel> _load = filters ?? ((_, model) => model.Load(catalogues));

    private IReadOnlyList<CodeSource> Code { get; init; } = [];

    public static bool IsProduction(JsonPart root) =>
        root.Find("version") is not null && root.Find("digest") is not null && root.Find("strategies") is not null;

    /// <exception cref="InputException">The file is missing, not JSON, or not a valid production configuration.</exception>
    /// <param name="bindStrategies">
    /// Whether this process knows the strategy classes. False for a client, because its server may have other plug-ins.
    /// </param>
    public Production Read(string path, bool bindStrategies = true)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; give the path of a prod.json, as a backtest writes it into its run's folder",
                e);
        }
        return Read(path, text, DataFolder.Of(Path.GetDirectoryName(Path.GetFullPath(path))!), bindStrategies);
    }

    /// <param name="name">Name or path of the file, for error messages.</param>
    /// <param name="folder">Base folder of relative paths in the file.</param>
    /// <inheritdoc cref="Read(string, bool)"/>
    public Production Read(string name, byte[] text, string folder, bool bindStrategies = true)
    {
        var faults = new JsonFaults();
        var root = JsonPart.Parse(name, text, faults, catalogues.PlaceOf(folder));
        if (!IsProduction(root))
            throw root.Fault("this is not a production configuration; a backtest writes one as prod.json into its run's folder");
        return Read(root, text, folder, faults, bindStrategies);
    }

    /// <param name="faults">Collects the errors of the file; this method throws all of them at the end.</param>
    internal Production Read(JsonPart root, byte[] text, string folder, JsonFaults faults, bool bindStrategies)
    {
        var code = CodeSection.Read(root.Find("code"), catalogues, bindStrategies, faults);
        return new ProductionReader(code.Catalogues, filters) { Code = code.Sources }.ReadBound(root, text, faults, bindStrategies);
    }

    private Production ReadBound(JsonPart root, byte[] text, JsonFaults faults, bool bindStrategies)
    {
        var place = root.Find("folder")?.Folder() ?? root.Place;
        if (place != root.Place) root = JsonPart.Parse(root.File, text, faults, place);
        CheckKeys(root);
        var tables = bindStrategies ? catalogues.Tables : null;
        var (account, riskFree, interest) = faults.Try(() => AccountKeys.Read(root.Find("account"), tables), AccountKeys.Usual);
        var models = faults.Try(() => Models(root.Find("models"), place), null);
        var regimes = root.Find("regimes") is { } r ? faults.Try(() => RegimeReader.Read(r, catalogues.Factors), null) : null;
        var members = Members(root, models, regimes, account.Cash, faults, bindStrategies);
        var data = faults.Try(() => BatchReader.Data(root.Need("data")), null);
        var universe = faults.Try(() => root.Find("universe") is { } u ? UniverseSpec.Read(u, catalogues, bindStrategies) : null, null);
        if (data is not null && universe is not null) data = faults.Try(() => universe.ApplyTo(data), data);
        var portfolio = root.Need("portfolio");
        var sizes = faults.Try(() => BatchReader.Portfolio(portfolio, bindStrategies ? catalogues.PortfolioRules : null), null);
        var execution = faults.Try(() => ExecutionSection.Read(root.Find("execution"), bindStrategies, catalogues.Tables), null);
        var name = faults.Try(() => BatchReader.NameOf(root.Find("name"), root.File), "");
        var (seed, digest) = ((ulong)(root.Find("seed")?.Number(0, 1L << 53) ?? 1), root.Need("digest").String());
        var checks = faults.Try(() => ValidationReader.Read(root), null);
        var policy = faults.Try(() => root.Find("policy") is { } p ? PolicyPlan.Read(p) : null, null);
        var (risk, outputs) = (faults.Try(() => Risk(root.Find("risk"), models), []), Outputs(root, bindStrategies));
        faults.Close();
        var strategies = members.ConvertAll(m => m.Model is { } model ? m.Spec with { Model = _load(m.Spec.Id!, models![model]) } : m.Spec);
        var spec = new BatchSpec
        {
            Name = name,
            Catalogues = catalogues,
            Code = Code,
            Data = data!.Reading(ColumnTexts.In(root), catalogues.Tables).For(account.Currency) with
            {
                Symbols = [.. strategies.SelectMany(s => s.Symbols!.Concat(s.References))
                    .Concat(universe?.Rule is null ? [] : data!.Symbols).Distinct(StringComparer.Ordinal)],
            },
            Universe = universe,
            Cash = account.Cash,
            Account = account,
            RiskFree = riskFree,
            Benchmark = root.Find("benchmark"),
            PeriodsPerYear = root.Find("periodsPerYear")?.Number(BatchReader.LeastPerYear, BatchReader.MostPerYear),
            Execution = account.ApplyTo(execution!, interest),
            Strategies = strategies,
            Regimes = regimes,
            Portfolio = Weighted(sizes!, members, portfolio) with
            {
                Policy = policy?.Invoke(catalogues),
                Risk = [.. risk.Select(use => use(catalogues))],
            },
            Outputs = outputs,
            Seed = seed,
            Resampling = new ResamplingKeys().Plan(seed),
            Text = text,
            // Relative paths have the same base folder as in the original batch.
            Folder = place.Folder,
        };
        return new Production(spec, Convert.ToHexStringLower(SHA256.HashData(text)), digest, ValidationReader.Verdict(root),
            members.Where(m => m.Model is not null).ToDictionary(m => m.Spec.Id!, m => m.Model!, StringComparer.Ordinal))
        {
            Checks = checks ?? new ValidationChecks(new Dictionary<string, ValidationCheck>()),
        };
    }

    private static void CheckKeys(JsonPart root)
    {
        root.Only("$schema", "version", "name", "run", "folder", "seed", "digest", "created", "code", "data", "universe", "account",
            "benchmark", "execution", "portfolio", "strategies", "regimes", "policy", "models", "risk", "evidence", "statements",
            "outputs", "periodsPerYear");
        var version = root.Need("version").Whole();
        if (version > ProductionJson.Version)
            throw root.Need("version").Fault($"this configuration was written by a newer Granary "
                + $"(version {version}, this one reads up to {ProductionJson.Version}); update");
    }

    /// <summary>Returns the models that a configuration names.</summary>
    /// <param name="name">Name or path of the file, for error messages.</param>
    /// <param name="folder">Base folder of relative paths in the file.</param>
    /// <exception cref="InputException">The file is not JSON, or its models do not have the format that a run writes.</exception>
    public IReadOnlyCollection<ModelReference> ModelsOf(string name, byte[] text, string folder)
    {
        var root = JsonPart.Parse(name, text, place: catalogues.PlaceOf(folder));
        return [.. Models(root.Find("models"), root.Find("folder")?.Folder() ?? root.Place).Values];
    }

    private static PortfolioSpec Weighted(PortfolioSpec portfolio, List<Member> members, JsonPart place)
    {
        var byState = members.Where(m => m.ByState is not null).ToDictionary(m => m.Spec.Id!, m => m.ByState!, StringComparer.Ordinal);
        return portfolio with
        {
            Rule = null,
            FixedWeights = members.ToDictionary(m => m.Spec.Id!, m => m.Weight, StringComparer.Ordinal),
            WeightsByState = byState.Count > 0 ? byState : null,
            Place = place,
        };
    }

    // Models are loaded only after the whole file has been validated.
    private sealed record Member(StrategySpec Spec, double Weight, IReadOnlyList<double>? ByState, string? Model);

    private List<Member> Members(JsonPart root, IReadOnlyDictionary<string, ModelReference>? models, RegimePlan? regimes, double cash,
        JsonFaults faults, bool bindStrategies)
    {
        var members = new List<Member>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var list = root.Need("strategies");
        foreach (var part in list.List())
        {
            if (faults.Try(() => MemberOf(part, models, regimes, root.Find("regimes") is not null, cash), null) is not { } member) continue;
            if (!ids.Add(member.Spec.Id!)) part.Need("id").Wrong("this id is there twice; keep one of them", 0);
            members.Add(member);
            if (bindStrategies) StrategyBinding.Check(member.Spec, catalogues.Strategies, faults.Add);
        }
        if (members.Count == 0 && !list.IsFaulty) list.Wrong("no strategy has a weight: there is nothing to trade", 0);
        // Their symbols are those of the data: without a strategy both are empty for one reason.
        if (members.Count == 0) faults.Close();
        return members;
    }

    private static Member MemberOf(JsonPart part, IReadOnlyDictionary<string, ModelReference>? models, RegimePlan? regimes, bool hasRegimes,
        double cash)
    {
        IReadOnlyList<double>? byState = null;
        if (part.Find("weightByState") is { } states)
        {
            if (!hasRegimes) states.Wrong("weights by state need the section 'regimes'; run its batch again to write the configuration", 0);
            else if (regimes is not null) byState = [.. regimes.States.Select(s => states.Need(s).Number(0, 1e6))];
        }
        string? model = null;
        if (part.Find("model") is { Kind: JsonValueKind.String } named)
        {
            model = named.Text;
            if (models?.ContainsKey(model) == false)
                named.Wrong($"the section 'models' does not have '{model}'; run its batch again to write the configuration", 0);
        }
        var spec = BatchReader.Strategy(part, cash, "id", "symbol", "weight", "weightByState", "model", "references") with
        {
            Id = part.Need("id").String(),
            Symbols = [.. (part.Find("symbols") ?? part.Need("symbol")).OneOrMany().Select(s => s.String())],
            References = part.Find("references") is { } others ? [.. others.OneOrMany().Select(s => s.String())] : [],
        };
        return new Member(spec, part.Need("weight").Number(0, 1e6), byState, model);
    }

    // Risk models are loaded only after the whole file has been validated.
    private static List<Func<GranaryCatalogues, RiskUse>> Risk(JsonPart? part, IReadOnlyDictionary<string, ModelReference>? models)
    {
        var uses = new List<Func<GranaryCatalogues, RiskUse>>();
        foreach (var p in part?.List() ?? [])
        {
            p.Only("model", "symbol", "timeframe", "strategies");
            var (name, symbol) = (p.Need("model").String(), p.Need("symbol").String());
            var timeframe = p.Need("timeframe").Timeframe();
            List<string> strategies = [.. p.Need("strategies").List().Select(s => s.String())];
            if (models is null || p.IsFaulty) continue;
            if (!models.TryGetValue(name, out var model) || !model.IsOfRisk)
                p.Need("model").Wrong($"the section 'models' has no model of the drawdown '{name}'; run its batch again to write the "
                    + "configuration", 0);
            else uses.Add(c => new RiskUse(symbol, timeframe, strategies, model.LoadRisk(c)));
        }
        return uses;
    }

    private static IReadOnlyDictionary<string, ModelReference> Models(JsonPart? part, Place place)
    {
        if (part is null) return new Dictionary<string, ModelReference>();
        try
        {
            return ModelReference.Parse(part.ToJson(), place);
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? $"'{path}'" : "this";
            throw part.Fault($"{field} is not what a backtest writes; run its batch again to write the configuration", e);
        }
        catch (Exception e) when (e is BarDataException or InputException)
        {
            throw part.Fault(e.Message, e);
        }
    }

    // The formats of the tables of a session beside CSV.
    private OutputSet Outputs(JsonPart root, bool isBound) =>
        OutputSet.All with { Formats = [.. (root.Find("outputs")?.List() ?? []).Select(p => FormatOf(p, isBound))] };

    private string FormatOf(JsonPart part, bool isBound)
    {
        var name = part.String();
        if (!OutputSet.KnownFormats.Contains(name, StringComparer.Ordinal) || isBound && !catalogues.OutputFormats.Contains(name))
            part.Wrong($"this program writes no files of the format {name}; leave it out", 0);
        return name;
    }
}
