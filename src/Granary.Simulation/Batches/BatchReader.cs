using System.Globalization;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Allocation;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Tables;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Plugins;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Reads batch files and reports all errors at once, each with its line and key. It never guesses a value.</summary>
/// <param name="catalogues">Strategies, factors and other extensions that the process knows.</param>
internal sealed class BatchReader(GranaryCatalogues catalogues)
{
    // Between a row in ten years and a row a second.
    internal const double LeastPerYear = 0.1, MostPerYear = 366 * 86_400;

    private IReadOnlyList<CodeSource> Code { get; init; } = [];

    /// <param name="bindStrategies">
    /// Whether this process knows the strategy classes. False for a client, because its server may have other plug-ins.
    /// </param>
    /// <exception cref="InputException">The file is missing, not JSON, or not a valid batch.</exception>
    public BatchSpec Read(string path, bool bindStrategies = true)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; give the path of a batch file, as samples/quickstart.json", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new InputException($"{path} is a folder; give the path of a batch file, as samples/quickstart.json", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or give another file", e);
        }
        var folder = DataFolder.Of(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        return Read(path, CodeFiles.Inline(WeightsFile.Inline(text, folder), folder), folder, bindStrategies);
    }

    /// <inheritdoc cref="Read(string, bool)"/>
    /// <param name="folder">Base folder of relative paths in the text.</param>
    public BatchSpec Read(string name, byte[] text, string folder, bool bindStrategies = true)
    {
        var faults = new JsonFaults();
        var root = JsonPart.Parse(name, text, faults, catalogues.PlaceOf(folder));
        if (ProductionReader.IsProduction(root)) return new ProductionReader(catalogues)
            .Read(root, text, folder, faults, bindStrategies).Spec;
        var code = CodeSection.Read(root.Find("code"), catalogues, bindStrategies, faults);
        var spec = new BatchReader(code.Catalogues) { Code = code.Sources }.Spec(root, faults, name, text, folder, bindStrategies);
        faults.Close();
        return spec!;
    }

    // Reads each section separately, so that an error in one does not hide errors in others. Returns null if there are errors.
    private BatchSpec? Spec(JsonPart root, JsonFaults faults, string name, byte[] text, string folder, bool bindStrategies)
    {
        root.Only([.. DeclaredSection.All.Select(s => s.Name)]);
        var named = faults.Try(() => NameOf(root.Find("name"), name), "");
        var tables = bindStrategies ? catalogues.Tables : null;
        var (account, riskFree, interest) = faults.Try(() => AccountKeys.Read(root.Find("account"), tables), AccountKeys.Usual);
        var cash = account.Cash;
        var execution = faults.Try(() => ExecutionSection.Read(root.Find("execution"), bindStrategies, catalogues.Tables), null);
        var data = faults.Try(() => Data(root.Need("data")), null);
        if (bindStrategies && root.Find("data")?.Find("format") is { IsFaulty: false } format) CheckFormat(format);
        if (data is not null && root.Find("data") is { IsFaulty: false } && execution?.PathTimeframe is { } path
            && !data.Timeframe.IsMultipleOf(path))
            faults.Add(execution.Place!.Need("intrabarPath")
                .Fault($"{path} bars do not lie within the data's {data.Timeframe} bars; name a timeframe of which they are a multiple, or "
                    + $"\"auto\""));
        var universe = faults.Try(() => root.Find("universe") is { } u ? UniverseSpec.Read(u, catalogues, bindStrategies) : null, null);
        if (data is not null && universe is not null) data = faults.Try(() => universe.ApplyTo(data), data);
        var strategies = Strategies(root.Need("strategies"), cash, faults, bindStrategies);
        var portfolio = faults.Try(() => Portfolio(root.Find("portfolio"), bindStrategies ? catalogues.PortfolioRules : null), null);
        var outputs = faults.Try(() => Outputs(root.Find("outputs"), bindStrategies ? catalogues.OutputFormats : null), OutputSet.Default);
        var regimes = faults.Try(() => root.Find("regimes") is { } part ? RegimeReader.Read(part, catalogues.Factors) : null, null);
        var seed = root.Find("seed")?.WholeLong(0, 1L << 53) ?? 1;
        var resampling = faults.Try(() => root.Find("resampling") is { } part ? RecordKeys<ResamplingKeys>.Read(part) : new(), new());
        if (root.Find("walkForward") is { } windows)
            faults.Try<object?>(() => WalkForwardSpec.Read(windows, data?.Timeframe ?? Engine.Market.Timeframe.D1, catalogues.Metrics),
                null);
        if (bindStrategies && root.Find("learning") is { } learning) faults.Try<object?>(() =>
            { LearningReader.Check(learning, named, catalogues); return null; }, null);
        if (portfolio is not null) portfolio = WithSearches(portfolio, root.Find("portfolio")?.Find("weights"), strategies);
        if (data is null || execution is null || portfolio is null) return null;
        var spec = new BatchSpec
        {
            Name = named,
            Catalogues = catalogues,
            Code = Code,
            Data = data.Reading(ColumnTexts.In(root), catalogues.Tables).For(account.Currency),
            Cash = cash,
            Account = account,
            RiskFree = riskFree,
            Benchmark = root.Find("benchmark") is { } benchmark && benchmark.String().Length > 0 ? benchmark : null,
            PeriodsPerYear = root.Find("periodsPerYear")?.Number(LeastPerYear, MostPerYear),
            Execution = account.ApplyTo(execution, interest),
            Strategies = strategies,
            Portfolio = portfolio,
            Outputs = outputs,
            Seed = (ulong)seed,
            Resampling = resampling.Plan((ulong)seed),
            Metrics = catalogues.Metrics,
            Learning = root.Find("learning"),
            WalkForward = root.Find("walkForward"),
            Regimes = regimes,
            Universe = universe,
            Text = text,
            Folder = root.Place.Folder,
        };
        if (bindStrategies) CheckBroker(spec, faults);
        return spec;
    }

    // Refuses the portfolio before the run if the broker's venue cannot trade it.
    private void CheckBroker(BatchSpec spec, JsonFaults faults)
    {
        if (spec.Portfolio.Broker is not { } broker) return;
        var part = spec.Portfolio.Place!.Need("broker");
        try
        {
            var capabilities = catalogues.Brokers.Create(broker, new Dictionary<string, string>()).Capabilities;
            foreach (var fault in BrokerFit.Faults(broker, capabilities, spec)) faults.Add(part.Fault(fault));
        }
        catch (InputException e)
        {
            faults.Add(part.Placed(e));
        }
    }

    internal static string NameOf(JsonPart? part, string file)
    {
        var name = part?.String() ?? System.IO.Path.GetFileNameWithoutExtension(file);
        if (name.Length is 0 or > 100 || name.Any(c => !char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.' or ' '))
            || name[0] is '.' or '-')
            throw part?.Fault("a batch's name becomes a folder: use letters, digits, '-', '_' and '.', 100 at the most")
                ?? new InputException($"{file}: add a \"name\" of letters, digits and '-', since the file's own name cannot serve as one");
        return name;
    }

    /// <summary>Reads a section <c>data</c>.</summary>
    /// <exception cref="InputException">A key is unknown or invalid, unless the faults of the text are collected.</exception>
    public static DataSpec Data(JsonPart part) => part.Find("parts") is { } parts ? DataPartsSection.Read(part, parts) : Source(part);

    /// <summary>Reads the sections <c>data</c> and <c>universe</c> of a request, with the further columns that its texts name.</summary>
    /// <exception cref="InputException">A value, or a line of the file of members, is invalid.</exception>
    public static (DataSpec Data, UniverseSpec? Universe) Market(JsonPart root, GranaryCatalogues catalogues)
    {
        var data = Data(root.Need("data"));
        var universe = root.Find("universe") is { Kind: JsonValueKind.Object } part
            ? UniverseSpec.Read(part, catalogues, opensFiles: true) : null;
        if (universe is not null) data = universe.ApplyTo(data);
        return (data.Reading(ColumnTexts.In(root), catalogues.Tables), universe);
    }

    // The folder of one of several parts. Its tables, as of instruments and slower series, are there too.
    private static Place PlaceOf(JsonPart part)
    {
        if (part.Find("folder") is not { IsFaulty: false } folder) return part.Place;
        var own = folder.Folder();
        foreach (var (_, member) in part.Members.Where(m => m.Name != "folder")) member.Rebase(own);
        return own;
    }

    /// <param name="more">Additional keys that one of several parts may have.</param>
    internal static DataSpec Source(JsonPart part, params string[] more)
    {
        var own = more.Length > 0 ? PlaceOf(part) : part.Place;
        var keys = RecordKeys<DataKeys>.Read(part, [.. more, "source"]);
        var source = part.Need("source");
        var address = source.Address(own);
        if (keys.Symbols.Count == 0) part.Need("symbols").Wrong("no symbol is named; \"*\" takes all that the source has", 0);
        foreach (var (symbol, instrument) in keys.Instruments.Where(i => i.Value.Chain is not null))
        {
            var chain = part.Need("instruments").Need(symbol).Need("chain");
            if (symbol == "*") chain.Wrong("a chain is of one symbol; name it in place of \"*\"", 0);
            else if (instrument.Delisted is not null)
                chain.Wrong("a chain ends with its last contract; leave 'delisted' out", 0);
        }
        foreach (var (symbol, instrument) in keys.Instruments)
            if (instrument is { DelistingPrice: not null, Delisted: null })
                part.Need("instruments").Need(symbol).Need("delistingPrice").Wrong("it is the price at 'delisted', which is missing; add "
                    + "that time, or leave this out", 0);
            else if (instrument is { DelistingReturn: not null, Delisted: null })
                part.Need("instruments").Need(symbol).Need("delistingReturn").Wrong("it is the return at 'delisted', which is missing; add "
                    + "that time, or leave this out", 0);
            else if (instrument is { DelistingReturn: not null, DelistingPrice: not null })
                part.Need("instruments").Need(symbol).Need("delistingReturn")
                    .Wrong("delistingPrice is given too; leave one of them out", 0);
        if (keys.From >= keys.Holdout)
            part.Need("holdout").Wrong("it is not after data.from, so that no bar is left; name a later time", 0);
        if (keys.From >= keys.To && part.Find("from") is not { IsFaulty: true } && part.Find("to") is { IsFaulty: false } end)
            end.Wrong($"'{end.Text}' is not after data.from, '{part.Find("from")!.Text}'; name a later time", 0);
        return new DataSpec
        {
            Source = address,
            Format = keys.Format,
            Symbols = keys.Symbols,
            Timeframe = keys.Timeframe,
            From = keys.From,
            To = keys.To,
            Holdout = keys.Holdout,
            WarmUp = keys.WarmUp,
            Adjust = keys.Adjust,
            Stamp = keys.Stamp,
            TimeZone = part.Find("timeZone") is { } zone ? TimeZone(zone, address) : null,
            Columns = keys.Columns,
            FurtherColumns = keys.FurtherColumns,
            Asof = AsofSection.Checked(part.Find("asof"), keys.Asof),
            Instruments = keys.Instruments,
            InstrumentsPart = part.Find("instruments"),
            // Its files are beside those of the part of the data.
            Funding = part.Find("funding") is { IsFaulty: false } funding && keys.Funding is not null
                ? FundingKey.Read(funding, own) : null,
            FundingPlace = part.Find("funding"),
            Fx = part.Find("fx") is { IsFaulty: false } fx && keys.Fx is not null ? FxKey.Read(fx, own) : null,
            FxPlace = part.Find("fx"),
            Borrow = part.Find("borrow") is { IsFaulty: false } borrow && keys.Borrow is not null ? BorrowKey.Read(borrow, own) : null,
            BorrowPlace = part.Find("borrow"),
            Place = source,
            TimeframePlace = part.Need("timeframe"),
        };
    }

    private void CheckFormat(JsonPart part)
    {
        try
        {
            catalogues.Formats.Find(part.String());
        }
        catch (BarDataException e)
        {
            part.Wrong(e.Message, 0, e);
        }
    }

    private static string TimeZone(JsonPart part, Address source)
    {
        if (source.Scheme is not (Address.Csv or Address.Parquet))
            return part.Wrong($"it is for files (csv: or parquet:); the times of {source} are UTC already, so leave it out", "");
        return TimeZoneInfo.TryFindSystemTimeZoneById(part.String(), out _) ? part.String()
            : part.Wrong($"'{part.Text}' is not a time zone that this machine knows; use an IANA name such as America/New_York", "");
    }

    private List<StrategySpec> Strategies(JsonPart part, double cash, JsonFaults faults, bool bind)
    {
        var found = new List<StrategySpec>();
        var list = part.List();
        if (list.Count == 0) faults.Add(part.Fault("no strategy is named; 'granary strategies' lists what there is"));
        foreach (var p in list)
        {
            if (faults.Try(() => Strategy(p, cash), null) is not { } strategy) continue;
            found.Add(strategy);
            if (bind) StrategyBinding.Check(strategy, catalogues.Strategies, faults.Add);
            if (strategy.Search is not { } search) continue;
            if (bind) faults.Try(() => ParameterSearchReader.Read(strategy, catalogues), null);
            else faults.Try<object?>(() => { ParameterSearchReader.CheckKeys(search); return null; }, null);
        }
        return found;
    }

    /// <param name="more">Additional keys of a production configuration.</param>
    internal static StrategySpec Strategy(JsonPart part, double cash, params string[] more)
    {
        part.Only([.. more, "class", "params", .. RecordKeys<TradingSettings>.All.Select(k => k.Name), "symbols", "timeframe",
            DeclaredSection.Tag, "search"]);
        var parameters = new List<(string, IReadOnlyList<string>, JsonPart)>();
        if (part.Find("params") is { } p)
        {
            if (p.Kind != JsonValueKind.Object) p.Wrong("an object of parameter names and values is needed", 0);
            foreach (var (name, value) in p.Members)
            {
                var values = value.OneOrMany();
                if (values.Count == 0) value.Wrong("the list of values is empty", 0);
                foreach (var v in values)
                    if (v.Kind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                        v.Wrong("a parameter's value is a number, a text, true or false, or a list of these", 0);
                var texts = values.Select(v => v.Text).ToList();
                if (texts.Distinct(StringComparer.Ordinal).Count() != texts.Count) value.Wrong("a value is there twice", 0);
                if (!value.IsFaulty) parameters.Add((name, texts, value));
            }
        }
        return new StrategySpec
        {
            Class = part.Need("class").String(),
            Params = parameters,
            Trading = RecordKeys<TradingSettings>.ReadInto(new TradingSettings { Cash = cash }, part),
            Symbols = part.Find("symbols")?.OneOrMany().Select(s => s.String()).ToList(),
            Timeframes = part.Find("timeframe")?.OneOrMany().Select(t => t.Timeframe()).ToList(),
            Tag = part.Find("tag")?.String(),
            Search = part.Find("search"),
            Place = part,
        };
    }

    /// <param name="rules">Rules that limits can name; null if the process does not know them.</param>
    internal static PortfolioSpec Portfolio(JsonPart? part, Catalogue<PortfolioRuleDefinition>? rules)
    {
        if (part is null) return new PortfolioSpec { Limits = new PortfolioLimits() };
        var keys = RecordKeys<PortfolioKeys>.Read(part, "weights", "limits", "size");
        var weights = part.Find("weights");
        var isGiven = weights is { Kind: JsonValueKind.Object };
        if (keys.Rebalance is not null && isGiven)
            part.Need("rebalance").Wrong("given weights are not chosen again; leave it out, or name a rule", 0);
        if (keys.Allocator is not null && weights is not { Kind: JsonValueKind.String, Text: WeightMethods.Ppo or WeightMethods.Adaptive })
            part.Need("allocator").Wrong("it is for the weights ppo and adaptive; leave it out, or name one of them", 0);
        if (!isGiven && (weights is null || WeightMethods.All.Contains(weights.Text, StringComparer.Ordinal))
            && !WeightMethods.IsAllocation(weights?.Text) && part.Find("rebalance") is { Kind: JsonValueKind.Object } rebalance)
            foreach (var key in RebalanceSpec.AllocationKeys)
                rebalance.Find(key)?.Wrong($"it is for the weights {string.Join(", ", AllocationMethods.All)}; leave it out, or name one "
                    + "of them", 0);
        if (weights is not { Kind: JsonValueKind.String, Text: WeightMethods.Regime })
            part.Find("rebalance")?.Find("minTrades")?.Wrong("it is for the weights regime; leave it out, or name them", 0);
        if (keys.ChosenBefore is not null && !isGiven)
            part.Need("chosenBefore").Wrong("it is for weights that are given; a rule chooses its own", 0);
        return new PortfolioSpec
        {
            Rule = PortfolioSection.Rule(weights),
            FixedWeights = isGiven
                ? weights!.Members.ToDictionary(m => m.Name, m => m.Value.Number(0, 1e6), StringComparer.Ordinal) : null,
            Limits = PortfolioSection.Limits(part.Find("limits"), rules),
            Sizing = PortfolioSection.Sizing(part.Find("size")) with { OnInsufficientCash = keys.OnInsufficientCash },
            Enablement = PortfolioSection.Checked(keys.Enable, part.Find("enable")),
            Rebalance = keys.Rebalance,
            Allocator = keys.Allocator,
            ChosenBefore = keys.ChosenBefore,
            From = keys.From,
            Broker = keys.Broker,
            Place = part,
        };
    }

    // The rule of a batch with searches is that of their best trials, unless it names another one.
    private static PortfolioSpec WithSearches(PortfolioSpec portfolio, JsonPart? weights, IReadOnlyList<StrategySpec> strategies)
    {
        var hasSearch = strategies.Any(s => s.Search is not null);
        if (weights is null && hasSearch) portfolio = portfolio with { Rule = WeightMethods.Best };
        if (portfolio.Rule != WeightMethods.Best) return portfolio;
        if (!hasSearch) return weights!.Wrong("no strategy has a 'search' whose best trial it would choose; give one a search, or name "
            + "another rule", portfolio);
        if (portfolio.Rebalance is not null)
            portfolio.Place!.Need("rebalance").Wrong("the best trials of a search are chosen once, on all bars; leave it out, or name a "
                + "rule that chooses over time, such as \"score\"", 0);
        return portfolio;
    }

    private static OutputSet Outputs(JsonPart? part, Catalogue<IOutputFormat>? formats)
    {
        if (part is null) return OutputSet.Default;
        if (part.Kind == JsonValueKind.String && part.Text == "all") return OutputSet.All;
        string[] known = [.. OutputSet.Known, .. OutputSet.KnownFormats];
        var names = new List<string>();
        foreach (var p in part.OneOrMany())
        {
            var name = p.String();
            if (name == "all" && part.Kind == JsonValueKind.Array) names.AddRange(OutputSet.Known.Except(names, StringComparer.Ordinal));
            else if (!known.Contains(name, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(name, known);
                p.Wrong($"there is no output '{name}'; " + (near is null
                    ? $"the outputs are {string.Join(", ", known)}, or \"all\"" : $"did you mean '{near}'?"), 0);
            }
            else if (formats?.Contains(name) == false && OutputSet.KnownFormats.Contains(name))
                p.Wrong($"this program writes no files of the format {name}; leave it out", 0);
            else if (!names.Contains(name)) names.Add(name);
        }
        return OutputSet.Of(names);
    }
}
