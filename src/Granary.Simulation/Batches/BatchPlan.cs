using Granary.Data.Memory;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Batches;

/// <summary>One strategy of a batch with its class, parameters, market and trading settings.</summary>
/// <param name="Index">Position in the batch, from 0; results have the same order.</param>
/// <param name="Symbols">One symbol, or several for a multi-symbol strategy.</param>
internal sealed record StrategyInstance(
    int Index, string Id, StrategyDefinition Definition, IReadOnlyList<object> Arguments, IReadOnlyList<string> Symbols,
    Timeframe Timeframe, TradingSettings Trading)
{
    public string Symbol => Symbols.Count == 1 ? Symbols[0] : string.Join('+', Symbols);

    /// <summary>Parameter names and values, in the order of the constructor.</summary>
    public IReadOnlyList<(string Name, object Value)> Params => [.. Definition.Parameters.Select((p, i) => (p.Name, Arguments[i]))];

    /// <summary>Entry filter of the strategy; null = none. Set by <see cref="BatchPlan.WithModels"/>.</summary>
    public IEntryModel? Model { get; init; }

    /// <summary>Other symbols whose closes its factors or its model's features read; it does not trade them.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public Strategy Create() => Definition.Create(Arguments);
}

/// <summary>
/// The expanded batch: every strategy with its own id, grouped by feed. It is a pure function of the batch file and the list of symbols.
/// Methods that change it return copies.
/// </summary>
internal sealed record BatchPlan
{
    /// <summary>Batches with more strategies than this run only after the user confirms.</summary>
    public const int AskAbove = 1_000_000;

    // Number of strategies between two memory checks.
    private const int CheckEvery = 10_000;

    private BatchPlan()
    {
    }

    public required BatchSpec Spec { get; init; }

    /// <summary>The data section's symbols, with "*" resolved.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>
    /// Strategies in the order of entries, then symbols, then timeframes, then the parameter grid with the last parameter varying fastest.
    /// </summary>
    public required IReadOnlyList<StrategyInstance> Instances { get; init; }

    public required IReadOnlyList<FeedPlan> Feeds { get; init; }

    /// <summary>Sessions by which longer bars are cut, of symbols whose bars show them although the batch names none.</summary>
    public IReadOnlyDictionary<string, SessionCalendar> Sessions { get; init; } = new Dictionary<string, SessionCalendar>();

    /// <summary>The searches of the batch; empty if the plan was made without them.</summary>
    public IReadOnlyList<PlannedSearch> Searches { get; private init; } = [];

    /// <summary>
    /// The trials of the searches in the order in which they were proposed. Their strategies follow the entries without a search.
    /// </summary>
    public IReadOnlyList<PlannedTrial> Trials { get; private init; } = [];

    // Number of strategies with the same id, for the ids of later ones.
    private Dictionary<string, int> Seen { get; init; } = [];

    // The same without the trials.
    private Dictionary<string, int> SeenFixed { get; init; } = [];

    /// <summary>Most strategies that the plan can have with all trials of its searches.</summary>
    public int Capacity { get; private init; }

    /// <summary>Whether a strategy is a trial of a search.</summary>
    public bool IsTrial(int strategy) => strategy >= Instances.Count - Trials.Count;

    /// <summary>Returns the index of the strategy of a trial.</summary>
    /// <param name="trial">Position in <see cref="Trials"/>.</param>
    public int IndexOf(int trial) => Instances.Count - Trials.Count + trial;

    /// <summary>Whether all costs are doubled and every order is delayed by one bar.</summary>
    public bool IsStressed => Costs == CostCase.Stressed;

    /// <summary>The costs that its orders pay.</summary>
    public CostCase Costs { get; private init; }

    /// <summary>
    /// The feeds grouped for models: all one-symbol strategies of a symbol and timeframe together, whatever other symbols they read. Each
    /// multi-symbol feed stays separate.
    /// </summary>
    public IEnumerable<FeedPlan> Markets => Feeds
        .GroupBy(f => f.IsJoined ? $"{f.Index} {f}" : $"{f.Symbols[0]}:{f.Timeframe}", StringComparer.Ordinal)
        .Select(g => g.First().IsJoined ? g.First()
            : g.First() with { Symbols = [g.First().Symbols[0]], Instances = [.. g.SelectMany(f => f.Instances).OrderBy(i => i.Index)] });

    /// <summary>Returns a copy whose one-symbol strategies also read the closes of other symbols.</summary>
    /// <param name="others">Returns the other symbols for a symbol; the symbol itself is ignored.</param>
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

    /// <summary>Returns a copy with entry filters for some of its strategies.</summary>
    /// <param name="models">Entry filters by strategy index.</param>
    public BatchPlan WithModels(IReadOnlyDictionary<int, IEntryModel> models) =>
        Each(i => models.TryGetValue(i.Index, out var model) ? i with { Model = model } : i);

    /// <summary>Returns a copy with models that cap the portfolio's exposure.</summary>
    public BatchPlan WithRisk(IReadOnlyList<RiskUse> risk) => WithPortfolio(Spec.Portfolio with { Risk = risk });

    /// <summary>Returns a copy with all costs doubled and every order delayed by one bar.</summary>
    public BatchPlan Stressed() => With(CostCase.Stressed);

    /// <summary>Returns a copy whose orders pay the costs of a case.</summary>
    public BatchPlan With(CostCase costs) => WithExecution(Spec.Execution.Settings.In(costs)) with { Costs = costs };

    /// <summary>
    /// Returns a copy whose accounts reduce an entry to the available cash. A portfolio with that rule follows such accounts.
    /// </summary>
    public BatchPlan AsMembers() => Each(i => i with { Trading = i.Trading with { ResizeToCash = true } });

    /// <summary>Returns a copy with other fills and costs.</summary>
    public BatchPlan WithExecution(ExecutionSettings settings) =>
        this with { Spec = Spec with { Execution = Spec.Execution with { Settings = settings } } };

    /// <summary>Returns a copy that makes no entries before a time; earlier bars only warm up.</summary>
    /// <param name="tradeFrom">UTC ticks.</param>
    /// <param name="tracePeriod">Length of the periods at whose ends equity is recorded, in ticks.</param>
    public BatchPlan TradingFrom(long tradeFrom, long tracePeriod)
    {
        var plan = Each(i => i with { Trading = i.Trading with { TradeFrom = tradeFrom } });
        return plan with { Feeds = [.. plan.Feeds.Select(f => f with { TracePeriod = tracePeriod })] };
    }

    /// <summary>Returns a copy that runs only one of its strategies, in the strategy's feed.</summary>
    /// <param name="instance">The strategy to run, possibly modified; it must have the index of a strategy of the plan.</param>
    public BatchPlan Alone(StrategyInstance instance) =>
        this with { Feeds = [FeedOf(instance) with { Index = 0, TracePeriod = 0, Instances = [instance] }] };

    /// <summary>Returns a copy whose feeds run only some of its strategies; indices stay unchanged.</summary>
    public BatchPlan Where(Func<StrategyInstance, bool> include) => this with
    {
        Feeds = [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Where(include)] }).Where(f => f.Instances.Count > 0)],
    };

    /// <summary>Returns a copy whose portfolio has no limits and uses the strategies' own sizes.</summary>
    public BatchPlan WithoutLimits() => WithPortfolio(new PortfolioSpec
    {
        Limits = new PortfolioLimits(),
        Sizing = PortfolioSizing.Own with { OnInsufficientCash = Spec.Portfolio.Sizing.OnInsufficientCash },
    });

    /// <summary>Returns a copy with one strategy, as index 0, in a portfolio without limits.</summary>
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

    /// <summary>Returns a copy with the first strategies only.</summary>
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

    // Each instance is in the plan's list and in its feed's list, so both are changed.
    private BatchPlan Each(Func<StrategyInstance, StrategyInstance> change) => this with
    {
        Instances = [.. Instances.Select(change)],
        Feeds = [.. Feeds.Select(f => f with { Instances = [.. f.Instances.Select(change)] })],
    };

    /// <summary>Returns a copy with more trials of its searches.</summary>
    public BatchPlan With(IReadOnlyList<PlannedTrial> trials)
    {
        if (trials.Count == 0) return this;
        var (instances, seen) = (Instances.ToList(), new Dictionary<string, int>(Seen, StringComparer.Ordinal));
        var tradeFrom = TradeFromOf(Spec);
        var known = Symbols.ToHashSet(StringComparer.Ordinal);
        var read = new Dictionary<(StrategyDefinition, string, Timeframe), IReadOnlyList<string>>();
        foreach (var trial in trials)
        {
            var instance = Searches[trial.Search].InstanceOf(trial.Point, instances.Count, tradeFrom);
            // Trials that differ only in how they trade would share an id.
            var times = seen[instance.Id] = seen.GetValueOrDefault(instance.Id) + 1;
            if (times > 1) instance = instance with { Id = $"{instance.Id}#{times}" };
            instances.Add(instance.Definition.IsMultiSymbol ? instance : instance with { References = ReferencesOf(instance) });
        }
        return this with { Instances = instances, Feeds = FeedsOf(instances), Trials = [.. Trials, .. trials], Seen = seen };

        // Without a text parameter, the symbols that factors read come from the class.
        IReadOnlyList<string> ReferencesOf(StrategyInstance instance)
        {
            var key = (instance.Definition, instance.Symbols[0], instance.Timeframe);
            if (read.TryGetValue(key, out var found)) return found;
            var own = References(Spec, instance.Id, instance.Definition, instance.Arguments, instance.Symbols[0], instance.Timeframe,
                known);
            if (own is not null && !instance.Definition.Parameters.Any(p => p.Type == typeof(string))) read[key] = own;
            return own ?? [];
        }
    }

    /// <summary>Returns the trials of a finished run of the batch, in the order in which they were proposed.</summary>
    /// <exception cref="InputException">The searches are not the batch's.</exception>
    public IReadOnlyList<PlannedTrial> TrialsOf(ParameterSearchResults run)
    {
        var names = Searches.Select(s => s.Name).ToList();
        return [.. run.Searches
            .SelectMany(s => s.Trials.Select(t => (t.Round, Search: names.IndexOf(s.Strategy), t.Number, t.Values)))
            .OrderBy(t => t.Round).ThenBy(t => t.Search).ThenBy(t => t.Number)
            .Select(t => t.Search >= 0 ? new PlannedTrial(t.Search, Searches[t.Search].Spec.PointOf(t.Values))
                : throw new InputException("the searches of results.json are not those of the run's batch"))];
    }

    /// <summary>Returns a copy without the trials of its searches.</summary>
    public BatchPlan WithoutTrials()
    {
        if (Trials.Count == 0) return this;
        List<StrategyInstance> instances = [.. Instances.Take(Instances.Count - Trials.Count)];
        return this with { Instances = instances, Feeds = FeedsOf(instances), Trials = [], Seen = SeenFixed };
    }

    /// <summary>Returns a copy with a few points of each search as trials, which read all bars that the search may read.</summary>
    public BatchPlan WithExamples() => With([.. Searches.SelectMany((s, i) => s.Examples().Select(p => new PlannedTrial(i, p)))]);

    /// <param name="symbols">The data section's symbols, with "*" resolved.</param>
    /// <param name="yes">Whether the user has confirmed more than <see cref="AskAbove"/> strategies.</param>
    /// <exception cref="InputException">
    /// A class or parameter is unknown, a value is out of range, the grid is too large, or a strategy has a search.
    /// </exception>
    /// <exception cref="BarDataException">The plan needs more memory than is available.</exception>
    public static BatchPlan Make(BatchSpec spec, IReadOnlyList<string> symbols, bool yes = false,
        CancellationToken cancellationToken = default)
    {
        RefuseSearch(spec);
        return Plan(spec, symbols, [], yes, cancellationToken);
    }

    /// <summary>Refuses a batch with a search.</summary>
    /// <exception cref="InputException">A strategy has a search.</exception>
    public static void RefuseSearch(BatchSpec spec)
    {
        if (spec.Strategies.FirstOrDefault(s => s.Search is not null) is { Search: { } search })
            throw search.Fault("a search makes its strategies one after the other; run the batch with 'granary optimise' (a job: kind "
                + "optimise), or give the parameters as lists in 'params'");
    }

    /// <summary>Makes the plan of a batch with searches, before their first trials.</summary>
    /// <inheritdoc cref="Make"/>
    public static BatchPlan MakeSearched(BatchSpec spec, IReadOnlyList<string> symbols, bool yes = false,
        CancellationToken cancellationToken = default) => Plan(spec, symbols, PlannedSearch.Of(spec, symbols), yes, cancellationToken);

    private static BatchPlan Plan(BatchSpec spec, IReadOnlyList<string> symbols, IReadOnlyList<PlannedSearch> searches, bool yes,
        CancellationToken cancellationToken)
    {
        if (!yes) CheckSize(spec, symbols.Count, "they are run only with --yes; thin out the lists, or add it");
        BatchMemory.Check(spec, symbols.Count);

        var instances = new List<StrategyInstance>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = symbols.ToHashSet(StringComparer.Ordinal);
        var read = new Dictionary<(StrategyDefinition, string, Timeframe), IReadOnlyList<string>>();
        foreach (var entry in spec.Strategies.Where(s => s.Search is null))
            foreach (var instance in Expand(spec, entry, symbols, known, seen, read))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (instances.Count % CheckEvery == 0) ProcessMemory.Check("the plan of this batch");
                instances.Add(instance with { Index = instances.Count });
            }
        ModelReferences.AddTo(instances, spec, symbols);

        var plan = new BatchPlan
        {
            Spec = spec,
            Symbols = symbols,
            Instances = instances,
            Feeds = [],
            Searches = searches,
            Seen = seen,
            SeenFixed = seen,
            Capacity = instances.Count + searches.Sum(s => s.Spec.Trials),
        };
        plan = plan with { Feeds = plan.FeedsOf(instances) };
        NamedSymbols.Check(spec, symbols, searches.Count > 0 ? plan.WithExamples().Instances : instances);
        return plan;
    }

    // The length of the tracing periods must not change when trials are added.
    private List<FeedPlan> FeedsOf(IReadOnlyList<StrategyInstance> instances) =>
        [.. instances
            .GroupBy(i => (i.Symbol, i.Timeframe, i.Definition.IsMultiSymbol, References: string.Join('+', i.References)))
            .Select((g, index) => new FeedPlan(index, [.. g.First().Symbols, .. g.First().References], g.Key.Timeframe, [.. g])
            {
                TracePeriod = EquityTrace.PeriodFor(Spec.Data.Timeframe, Capacity),
                Regimes = Spec.Regimes,
                Metrics = Spec.Metrics,
                PeriodsPerYear = Spec.PeriodsPerYearOf(g.Key.Timeframe),
            })];

    // Time from which strategies trade, if earlier bars only warm up.
    private static long TradeFromOf(BatchSpec spec) => spec.Data is { WarmUp: true, From: { } from } ? from : 0;

    /// <summary>Refuses grids that expand to more than <see cref="AskAbove"/> strategies.</summary>
    /// <param name="symbols">Number of symbols in the data section, or a lower bound.</param>
    /// <param name="remedy">End of the error message.</param>
    /// <exception cref="InputException">The grids are too large.</exception>
    public static void CheckSize(BatchSpec spec, int symbols, string remedy = "a server does not run them; thin out the lists")
    {
        var total = 0.0;
        foreach (var entry in spec.Strategies)
        {
            total += BatchMemory.CountOf(spec, entry, symbols);
            if (total > AskAbove)
                throw entry.Place.Fault(FormattableString.Invariant(
                    $"the grids multiply out to {total:N0} strategies or more, and above {AskAbove:N0} {remedy}"));
        }
    }

    private static void CheckTimeframes(BatchSpec spec, StrategySpec entry, IReadOnlyList<string> symbols)
    {
        var chain = (entry.Symbols ?? symbols).FirstOrDefault(spec.Data.IsChain);
        foreach (var timeframe in entry.Timeframes ?? [])
            if (!timeframe.IsMultipleOf(spec.Data.Timeframe))
                throw entry.Place.Need("timeframe")
                    .Fault($"{timeframe} bars cannot be built from the data's {spec.Data.Timeframe} bars; use a multiple of it");
            else if (chain is not null && timeframe != spec.Data.Timeframe)
                throw entry.Place.Need("timeframe").Fault($"{chain} is a chain, and a {timeframe} bar may have prices of two contracts; "
                    + $"set data.timeframe to {timeframe}, or leave this out");
    }

    private static IEnumerable<StrategyInstance> Expand(BatchSpec spec, StrategySpec entry, IReadOnlyList<string> symbols,
        HashSet<string> known, Dictionary<string, int> seen,
        Dictionary<(StrategyDefinition, string, Timeframe), IReadOnlyList<string>> read)
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
        CheckTimeframes(spec, entry, symbols);
        IEnumerable<IReadOnlyList<string>> markets = definition.IsMultiSymbol
            ? [[.. entry.Symbols ?? symbols]]
            : (entry.Symbols ?? symbols).Select(s => (IReadOnlyList<string>)[s]);
        var trading = spec.Data is { WarmUp: true, From: { } from } ? entry.Trading with { TradeFrom = from } : entry.Trading;
        var choice = new int[grid.Count];
        // Without a text parameter, the symbols that factors read come from the class and are the same for all combinations and entries.
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
                    // Entries that differ only in how they trade would share an id, so later ones get a number.
                    var times = seen[id] = seen.GetValueOrDefault(id) + 1;
                    if (times > 1) id += $"#{times}";
                    if (!named && references is null) references = read.GetValueOrDefault((definition, market[0], timeframe));
                    if (references is null || (named && !definition.IsMultiSymbol))
                    {
                        var found = References(spec, id, definition, arguments, market[0], timeframe, known);
                        if (found is not null) read[(definition, market[0], timeframe)] = found;
                        references = found ?? [];
                    }
                    yield return new StrategyInstance(0, id, definition, arguments, market, timeframe, trading)
                    {
                        References = references,
                    };
                }
                while (Advance(choice, grid));
            }
    }

    // Returns the batch's other symbols that a strategy's factors read; null if the strategy cannot be created or reads an unknown symbol:
    // it alone fails later, with its reason.
    private static IReadOnlyList<string>? References(BatchSpec spec, string id, StrategyDefinition definition,
        IReadOnlyList<object> arguments, string symbol, Timeframe timeframe, HashSet<string> symbols)
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
        catch (Exception e) when (e is InputException or InvalidOperationException or System.Reflection.TargetInvocationException)
        {
            return null;
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
