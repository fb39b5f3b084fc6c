using Granary.Application.Json;
using Granary.Data.Memory;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;

namespace Granary.Application.Batches;

/// <summary>One strategy of a batch: class, parameters, market and trading, all bound.</summary>
/// <param name="Index">Its place in the batch, from 0: the order of results.</param>
/// <param name="Symbols">One, or several for a strategy that trades several.</param>
public sealed record StrategyInstance(
    int Index, string Id, StrategyDefinition Definition, IReadOnlyList<object> Arguments, IReadOnlyList<string> Symbols,
    Timeframe Timeframe, TradingSettings Trading)
{
    public string Symbol => Symbols.Count == 1 ? Symbols[0] : string.Join('+', Symbols);

    /// <summary>Parameter names and values as they are written.</summary>
    public IReadOnlyList<(string Name, object Value)> Params => [.. Definition.Parameters.Select((p, i) => (p.Name, Arguments[i]))];

    /// <summary>The filter of its entries; null = none. Set by <see cref="BatchPlan.WithModels"/>.</summary>
    public IEntryModel? Model { get; init; }

    /// <summary>Other symbols of the batch whose closes its factors, or the features of its model, read; it does not trade them.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public Strategy Create() => Definition.Create(Arguments);
}

/// <summary>The strategies that run over the same bars: one symbol (or one set of them) at one timeframe.</summary>
/// <param name="Symbols">Those that are traded, and after them those that strategies of one symbol compare it with.</param>
public sealed record FeedPlan(int Index, IReadOnlyList<string> Symbols, Timeframe Timeframe, IReadOnlyList<StrategyInstance> Instances)
{
    /// <summary>Whether its strategies see all its symbols together, on a joined timeline.</summary>
    public bool IsJoined => Instances[0].Definition.IsMultiSymbol;

    /// <summary>Whether its strategies trade its first symbol alone and read the others.</summary>
    public bool IsReferring => !IsJoined && Symbols.Count > 1;

    /// <summary>
    /// Ticks of the periods at whose ends the strategies' equity is kept, the same for all feeds of a batch; 0 = it is not kept.
    /// </summary>
    public long TracePeriod { get; init; }

    /// <summary>What is computed of each of its strategies.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>UTC ticks; bars before it only warm up. 0 = none do.</summary>
    public long TradeFrom => Instances[0].Trading.TradeFrom;

    /// <summary>The batch's regimes, whose states its strategies and models may read; null where it declares none.</summary>
    public RegimePlan? Regimes { get; init; }

    /// <summary>Makes the kernels of factors that the batch declares.</summary>
    public Func<FactorRequest, FactorKernel?>? Supply => Regimes is null ? null : RegimeState.Supply(Regimes);

    /// <summary>A factor plan for one of its symbols.</summary>
    /// <param name="memory">Of the symbol's bars at the feed's timeframe.</param>
    public FactorPlan NewFactors(FactorMemory? memory = null) => new() { Supply = Supply, Memory = memory, Symbols = Symbols };

    public override string ToString() => $"{string.Join('+', Symbols)}:{Timeframe}";
}

/// <summary>
/// A batch multiplied out: every strategy with an id of its own, grouped by feed. A pure function of the batch file and the list of
/// symbols.
/// </summary>
public sealed class BatchPlan
{
    /// <summary>More combinations than this need the user's word.</summary>
    public const int AskAbove = 1_000_000;

    // Strategies between two looks at the memory.
    private const int CheckEvery = 10_000;

    private BatchPlan(BatchSpec spec, IReadOnlyList<string> symbols, IReadOnlyList<StrategyInstance> instances,
        IReadOnlyList<FeedPlan> feeds)
    {
        Spec = spec;
        Symbols = symbols;
        Instances = instances;
        Feeds = feeds;
    }

    public BatchSpec Spec { get; }

    /// <summary>What the data section's symbols stood for.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>
    /// In the order of the batch file: entries, then symbols, then timeframes, then the grid with the last parameter fastest.
    /// </summary>
    public IReadOnlyList<StrategyInstance> Instances { get; }

    public IReadOnlyList<FeedPlan> Feeds { get; }

    /// <summary>
    /// The feeds as models see them: strategies of one symbol at one timeframe together, whatever other symbols they read; each strategy of
    /// several symbols with its own.
    /// </summary>
    public IEnumerable<FeedPlan> Markets => Feeds
        .GroupBy(f => f.IsJoined ? $"{f.Index} {f}" : $"{f.Symbols[0]}:{f.Timeframe}", StringComparer.Ordinal)
        .Select(g => g.First().IsJoined ? g.First()
            : g.First() with { Symbols = [g.First().Symbols[0]], Instances = [.. g.SelectMany(f => f.Instances).OrderBy(i => i.Index)] });

    /// <summary>The same plan whose strategies of one symbol are given the closes of other symbols too.</summary>
    /// <param name="others">By symbol; the symbol itself is left out.</param>
    public BatchPlan Reading(Func<string, IEnumerable<string>> others)
    {
        StrategyInstance With(StrategyInstance i) => i.Definition.IsMultiSymbol ? i
            : i with { References = [.. i.References.Union(others(i.Symbol).Where(s => s != i.Symbol), StringComparer.Ordinal)] };
        return new BatchPlan(Spec, Symbols, [.. Instances.Select(With)],
            [.. Feeds.Select(f => f.IsJoined ? f : f with
            {
                Symbols = [.. f.Symbols.Union(others(f.Symbols[0]), StringComparer.Ordinal)],
                Instances = [.. f.Instances.Select(With)],
            })]);
    }

    /// <summary>The same plan with models beside some of its strategies.</summary>
    /// <param name="models">By the strategy's index.</param>
    public BatchPlan WithModels(IReadOnlyDictionary<int, IEntryModel> models)
    {
        StrategyInstance WithModel(StrategyInstance i) => models.TryGetValue(i.Index, out var model) ? i with { Model = model } : i;
        return new BatchPlan(Spec, Symbols, [.. Instances.Select(WithModel)],
            [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Select(WithModel)] })]);
    }

    /// <summary>The same plan with models that cap the exposure of its portfolio.</summary>
    public BatchPlan WithRisk(IReadOnlyList<RiskUse> risk) =>
        new(Spec with { Portfolio = Spec.Portfolio with { Risk = risk } }, Symbols, Instances, Feeds) { IsStressed = IsStressed };

    /// <summary>Every cost is doubled, and every order comes one bar later.</summary>
    public bool IsStressed { get; private init; }

    /// <summary>The same plan with every cost doubled and every order one bar later.</summary>
    public BatchPlan Stressed() =>
        new(Spec with { Execution = Spec.Execution with { Settings = Spec.Execution.Settings.Stressed() } }, Symbols, Instances,
            Feeds)
        { IsStressed = true };

    /// <summary>
    /// The same plan with accounts that make an entry smaller which they cannot pay: as a portfolio with that rule follows its members.
    /// </summary>
    public BatchPlan AsMembers()
    {
        StrategyInstance Resizing(StrategyInstance i) => i with { Trading = i.Trading with { ResizeToCash = true } };
        return new BatchPlan(Spec, Symbols, [.. Instances.Select(Resizing)],
            [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Select(Resizing)] })]);
    }

    /// <summary>The same plan with orders filled otherwise.</summary>
    public BatchPlan WithExecution(Engine.Trading.ExecutionSettings settings) =>
        new(Spec with { Execution = Spec.Execution with { Settings = settings } }, Symbols, Instances, Feeds);

    /// <summary>The same plan without entries before a time: bars before it only warm up.</summary>
    /// <param name="tradeFrom">UTC ticks.</param>
    /// <param name="tracePeriod">Ticks of the periods at whose ends equity is kept.</param>
    public BatchPlan TradingFrom(long tradeFrom, long tracePeriod)
    {
        StrategyInstance Late(StrategyInstance i) => i with { Trading = i.Trading with { TradeFrom = tradeFrom } };
        return new BatchPlan(Spec, Symbols, [.. Instances.Select(Late)],
            [.. Feeds.Select(f => f with { TracePeriod = tracePeriod, Instances = [.. f.Instances.Select(Late)] })]);
    }

    /// <summary>The same plan with one of its strategies to run alone, in its feed.</summary>
    /// <param name="instance">As it is to trade; its number is that of a strategy of the plan.</param>
    public BatchPlan Alone(StrategyInstance instance)
    {
        var feed = Feeds.First(f => f.Instances.Any(i => i.Index == instance.Index));
        return new BatchPlan(Spec, Symbols, Instances, [feed with { Index = 0, TracePeriod = 0, Instances = [instance] }]);
    }

    /// <summary>The same plan whose feeds have some of its strategies alone; their numbers stay.</summary>
    public BatchPlan Where(Func<StrategyInstance, bool> include) =>
        new(Spec, Symbols, Instances,
            [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Where(include)] }).Where(f => f.Instances.Count > 0)]);

    /// <summary>The same plan with a portfolio that takes its strategies' own sizes, without limits.</summary>
    public BatchPlan WithoutLimits() => new(Spec with
    {
        Portfolio = new PortfolioSpec
        {
            Limits = new PortfolioLimits(),
            BookAtClose = Spec.Portfolio.BookAtClose,
            Sizing = PortfolioSizing.Own with { OnInsufficientCash = Spec.Portfolio.Sizing.OnInsufficientCash },
        },
    }, Symbols, Instances, Feeds);

    /// <summary>One strategy of the plan as number 0 of a portfolio that holds it whole, without limits.</summary>
    public BatchPlan InOwnPortfolio(StrategyInstance instance)
    {
        var feed = Feeds.First(f => f.Instances.Any(i => i.Index == instance.Index));
        instance = instance with { Index = 0 };
        return new BatchPlan(WithoutLimits().Spec, instance.Symbols, [instance], [feed with { Index = 0, Instances = [instance] }]);
    }

    /// <summary>The first strategies of the plan alone.</summary>
    public BatchPlan First(int count)
    {
        var feeds = Feeds.Select(f => f with { Instances = [.. f.Instances.Where(i => i.Index < count)] })
            .Where(f => f.Instances.Count > 0);
        return new BatchPlan(Spec, Symbols, [.. Instances.Take(count)], [.. feeds.Select((f, index) => f with { Index = index })]);
    }

    /// <param name="symbols">What the data section's symbols stand for.</param>
    /// <param name="yes">The user has agreed to more than <see cref="AskAbove"/> combinations.</param>
    /// <exception cref="InputException">An unknown class or parameter, a value out of range, or a grid that is too large.</exception>
    /// <exception cref="BarDataException">The plan needs more memory than there is.</exception>
    public static BatchPlan Make(BatchSpec spec, IReadOnlyList<string> symbols, bool yes = false,
        CancellationToken cancellationToken = default)
    {
        if (!yes) CheckSize(spec, symbols.Count, "they are run only with --yes; thin out the lists, or add it");

        var instances = new List<StrategyInstance>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = symbols.ToHashSet(StringComparer.Ordinal);
        foreach (var entry in spec.Strategies)
            foreach (var instance in Expand(spec, entry, symbols, known, seen))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (instances.Count % CheckEvery == 0) ProcessMemory.Check("the plan of this batch");
                instances.Add(instance with { Index = instances.Count });
            }
        ModelReferences.AddTo(instances, spec, symbols);

        NamedSymbols.Check(spec, symbols, instances);
        var tracePeriod = EquityTrace.PeriodFor(spec.Data.Timeframe, instances.Count);
        var feeds = instances
            .GroupBy(i => (i.Symbol, i.Timeframe, i.Definition.IsMultiSymbol, References: string.Join('+', i.References)))
            .Select((g, index) => new FeedPlan(index, [.. g.First().Symbols, .. g.First().References], g.Key.Timeframe, [.. g])
            {
                TracePeriod = tracePeriod,
                Regimes = spec.Regimes,
                Metrics = spec.Metrics,
            })
            .ToList();
        return new BatchPlan(spec, symbols, instances, feeds);
    }

    /// <summary>Refuses grids that multiply out to more than <see cref="AskAbove"/> strategies.</summary>
    /// <param name="symbols">How many symbols the data section has, or at least has.</param>
    /// <param name="remedy">What the message ends with.</param>
    /// <exception cref="InputException">They do.</exception>
    public static void CheckSize(BatchSpec spec, int symbols, string remedy = "a server does not run them; thin out the lists")
    {
        var total = 0.0;
        foreach (var entry in spec.Strategies)
        {
            var count = (double)(entry.Symbols?.Count ?? symbols) * (entry.Timeframes?.Count ?? 1);
            foreach (var (_, values, _) in entry.Params) count *= values.Count;
            total += count;
            if (total > AskAbove)
                throw entry.Place.Fault(FormattableString.Invariant(
                    $"the grids multiply out to {total:N0} strategies or more, and above {AskAbove:N0} {remedy}"));
        }
    }

    private static IEnumerable<StrategyInstance> Expand(BatchSpec spec, StrategySpec entry, IReadOnlyList<string> symbols,
        HashSet<string> known, Dictionary<string, int> seen)
    {
        var (definition, defaults, grid) = StrategyBinding.Of(entry, spec.Catalogues.Strategies);
        foreach (var symbol in entry.Symbols ?? [])
            if (!known.Contains(symbol))
            {
                var near = Spelling.Nearest(symbol, symbols);
                throw entry.Place.Need("symbols")
                    .Fault($"'{symbol}' is not among the data section's symbols" + (near is null ? "; add it there"
                        : $"; did you mean '{near}'?"));
            }
        foreach (var timeframe in entry.Timeframes ?? [])
            if (!timeframe.IsMultipleOf(spec.Data.Timeframe))
                throw entry.Place.Need("timeframe")
                    .Fault($"{timeframe} bars cannot be built from the data's {spec.Data.Timeframe} bars; use a multiple of it");

        IEnumerable<IReadOnlyList<string>> markets = definition.IsMultiSymbol
            ? [[.. entry.Symbols ?? symbols]]
            : (entry.Symbols ?? symbols).Select(s => (IReadOnlyList<string>)[s]);
        var trading = spec.Data is { WarmUp: true, From: { } from } ? entry.Trading with { TradeFrom = from } : entry.Trading;
        var choice = new int[grid.Count];
        // A symbol that factors compare with can only come from a parameter, or stand in the class: then it is there in each.
        var named = definition.Parameters.Any(p => p.Type == typeof(string));
        foreach (var market in markets)
            foreach (var timeframe in entry.Timeframes ?? [spec.Data.Timeframe])
            {
                Array.Clear(choice);
                IReadOnlyList<string>? references = definition.IsMultiSymbol ? [] : null;
                do
                {
                    var arguments = (object[])defaults.Clone();
                    for (var g = 0; g < grid.Count; g++) arguments[grid[g].Parameter] = grid[g].Values[choice[g]];
                    var id = StrategyId.Of(definition, arguments, market, timeframe, entry.Trading.Sides) + (entry.Tag is null ? ""
                        : "#" + entry.Tag);
                    if (entry.Id is { } given)
                    {
                        yield return new StrategyInstance(0, given, definition, arguments, market, timeframe, trading)
                        { Model = entry.Model, References = entry.References };
                        continue;
                    }
                    // Entries that differ only in how they trade would share an id: the later ones are numbered.
                    var times = seen[id] = seen.GetValueOrDefault(id) + 1;
                    if (times > 1) id += $"#{times}";
                    if (references is null || (named && !definition.IsMultiSymbol))
                        references = References(spec, id, definition, arguments, market[0], timeframe, known);
                    yield return new StrategyInstance(0, id, definition, arguments, market, timeframe, trading)
                    {
                        References = references,
                    };
                }
                while (Advance(choice, grid));
            }
    }

    // The batch's other symbols that a strategy's factors read. A strategy that cannot be made, or that reads a symbol that is not there,
    // fails alone later, with its reason.
    private static IReadOnlyList<string> References(BatchSpec spec, string id, StrategyDefinition definition, object[] arguments,
        string symbol, Timeframe timeframe, HashSet<string> symbols)
    {
        try
        {
            return StrategyWatch.Run<IReadOnlyList<string>>(id, "its constructor", () =>
            {
                var series = new MarketSeries(new Instrument { Symbol = symbol }, timeframe);
                var supply = spec.Regimes is null ? null : RegimeState.Supply(spec.Regimes);
                return [.. FactorPlan.ReferencesOf(definition.Create(arguments), series, supply)
                    .Where(s => s != symbol && symbols.Contains(s))];
            });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.Reflection.TargetInvocationException)
        {
            return [];
        }
    }

    private static bool Advance(int[] choice, IReadOnlyList<(int Parameter, object[] Values)> grid)
    {
        for (var i = grid.Count - 1; i >= 0; i--)
        {
            if (++choice[i] < grid[i].Values.Length) return true;
            choice[i] = 0;
        }
        return false;
    }
}
