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
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

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
/// symbols. Its variants are copies, which keep all that they do not change.
/// </summary>
public sealed record BatchPlan
{
    /// <summary>A batch with more combinations than this runs only if the user confirms it.</summary>
    public const int AskAbove = 1_000_000;

    // Strategies between two checks of the memory.
    private const int CheckEvery = 10_000;

    private BatchPlan()
    {
    }

    public required BatchSpec Spec { get; init; }

    /// <summary>The symbols that the data section stands for.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>
    /// In the order of the batch file: entries, then symbols, then timeframes, then the grid with the last parameter fastest.
    /// </summary>
    public required IReadOnlyList<StrategyInstance> Instances { get; init; }

    public required IReadOnlyList<FeedPlan> Feeds { get; init; }

    /// <summary>Whether every cost is doubled and every order comes one bar later.</summary>
    public bool IsStressed { get; private init; }

    /// <summary>
    /// The feeds as models see them: strategies of one symbol at one timeframe together, whatever other symbols they read; each strategy of
    /// several symbols with its own.
    /// </summary>
    public IEnumerable<FeedPlan> Markets => Feeds
        .GroupBy(f => f.IsJoined ? $"{f.Index} {f}" : $"{f.Symbols[0]}:{f.Timeframe}", StringComparer.Ordinal)
        .Select(g => g.First().IsJoined ? g.First()
            : g.First() with { Symbols = [g.First().Symbols[0]], Instances = [.. g.SelectMany(f => f.Instances).OrderBy(i => i.Index)] });

    /// <summary>The same plan whose strategies of one symbol also read the closes of other symbols.</summary>
    /// <param name="others">By symbol; the symbol itself is left out.</param>
    public BatchPlan Reading(Func<string, IEnumerable<string>> others)
    {
        var plan = Each(i => i.Definition.IsMultiSymbol ? i
            : i with { References = [.. i.References.Union(others(i.Symbol).Where(s => s != i.Symbol), StringComparer.Ordinal)] });
        return plan with
        {
            Feeds = [.. plan.Feeds.Select(f => f.IsJoined ? f
                : f with { Symbols = [.. f.Symbols.Union(others(f.Symbols[0]), StringComparer.Ordinal)] })],
        };
    }

    /// <summary>The same plan with models for some of its strategies.</summary>
    /// <param name="models">By the strategy's index.</param>
    public BatchPlan WithModels(IReadOnlyDictionary<int, IEntryModel> models) =>
        Each(i => models.TryGetValue(i.Index, out var model) ? i with { Model = model } : i);

    /// <summary>The same plan with models that cap the exposure of its portfolio.</summary>
    public BatchPlan WithRisk(IReadOnlyList<RiskUse> risk) => WithPortfolio(Spec.Portfolio with { Risk = risk });

    /// <summary>The same plan with every cost doubled and every order one bar later.</summary>
    public BatchPlan Stressed() => WithExecution(Spec.Execution.Settings.Stressed()) with { IsStressed = true };

    /// <summary>
    /// The same plan with accounts that reduce an entry to what their cash pays, as a portfolio with that rule follows its members.
    /// </summary>
    public BatchPlan AsMembers() => Each(i => i with { Trading = i.Trading with { ResizeToCash = true } });

    /// <summary>The same plan with other fills and costs.</summary>
    public BatchPlan WithExecution(ExecutionSettings settings) =>
        this with { Spec = Spec with { Execution = Spec.Execution with { Settings = settings } } };

    /// <summary>The same plan without entries before a time: bars before it only warm up.</summary>
    /// <param name="tradeFrom">UTC ticks.</param>
    /// <param name="tracePeriod">Ticks of the periods at whose ends equity is kept.</param>
    public BatchPlan TradingFrom(long tradeFrom, long tracePeriod)
    {
        var plan = Each(i => i with { Trading = i.Trading with { TradeFrom = tradeFrom } });
        return plan with { Feeds = [.. plan.Feeds.Select(f => f with { TracePeriod = tracePeriod })] };
    }

    /// <summary>The same plan that runs only one of its strategies, in its feed.</summary>
    /// <param name="instance">As it is to trade; its number is that of a strategy of the plan.</param>
    public BatchPlan Alone(StrategyInstance instance) =>
        this with { Feeds = [FeedOf(instance) with { Index = 0, TracePeriod = 0, Instances = [instance] }] };

    /// <summary>The same plan whose feeds run only some of its strategies; their numbers stay.</summary>
    public BatchPlan Where(Func<StrategyInstance, bool> include) => this with
    {
        Feeds = [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Where(include)] }).Where(f => f.Instances.Count > 0)],
    };

    /// <summary>The same plan with a portfolio that takes its strategies' own sizes, without limits.</summary>
    public BatchPlan WithoutLimits() => WithPortfolio(new PortfolioSpec
    {
        Limits = new PortfolioLimits(),
        BookAtClose = Spec.Portfolio.BookAtClose,
        Sizing = PortfolioSizing.Own with { OnInsufficientCash = Spec.Portfolio.Sizing.OnInsufficientCash },
    });

    /// <summary>One strategy of the plan as number 0 of a portfolio that holds only it, without limits.</summary>
    public BatchPlan InOwnPortfolio(StrategyInstance instance)
    {
        var first = instance with { Index = 0 };
        return WithoutLimits() with
        {
            Symbols = first.Symbols,
            Instances = [first],
            Feeds = [FeedOf(instance) with { Index = 0, Instances = [first] }],
        };
    }

    /// <summary>The first strategies of the plan alone.</summary>
    public BatchPlan First(int count)
    {
        var plan = Where(i => i.Index < count);
        return plan with
        {
            Instances = [.. Instances.Take(count)],
            Feeds = [.. plan.Feeds.Select((f, index) => f with { Index = index })],
        };
    }

    private FeedPlan FeedOf(StrategyInstance instance) => Feeds.First(f => f.Instances.Any(i => i.Index == instance.Index));

    private BatchPlan WithPortfolio(PortfolioSpec portfolio) => this with { Spec = Spec with { Portfolio = portfolio } };

    // An instance stands in the list of the plan and in that of its feed.
    private BatchPlan Each(Func<StrategyInstance, StrategyInstance> change) => this with
    {
        Instances = [.. Instances.Select(change)],
        Feeds = [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Select(change)] })],
    };

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
        return new BatchPlan { Spec = spec, Symbols = symbols, Instances = instances, Feeds = feeds };
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
