using System.Collections.Concurrent;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Application.WalkForward;

/// <summary>
/// Chooses parameters on one stretch and trades them on the next, over and over: windows run side by side, each on bars that were read
/// once, and the result is the same on any number of threads.
/// </summary>
internal static class WalkForwardOptimiser
{
    /// <param name="markets">Read already, by symbol.</param>
    /// <param name="learning">
    /// Models that gate strategies: trained again inside each in-sample stretch, walk-forward there, and on all of it for the stretch that
    /// follows.
    /// </param>
    /// <param name="execution">In place of the batch's; null for it.</param>
    /// <param name="again">An outcome whose choices and models are traded instead of new ones; null to make them.</param>
    /// <exception cref="InputException">The record is too short for a single window.</exception>
    public static async Task<WalkForwardOutcome> RunAsync(BatchPlan plan, WalkForwardSpec spec,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> markets, int threads, IReadOnlyList<LearningSpec> learning,
        TimeProvider clock,
        ExecutionSettings? execution, WalkForwardOutcome? again, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (execution is not null) plan = plan.WithExecution(execution);
        var windows = Windows(plan, spec, markets);
        var groups = Groups(plan, spec.Among);
        var made = new ConcurrentDictionary<int, (WindowChoice[] Choices, WindowModels Models)>();
        var done = 0;
        await Parallel.ForEachAsync(windows,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, async (window, token) =>
        {
            made[window.Index] = again is null
                ? await ChooseAsync(plan, spec, groups, markets, window, learning, clock, token)
                : ([.. again.Groups.Select(g => g.Choices[window.Index])], again.Models[window.Index]);
            progress?.Report(Interlocked.Increment(ref done));
        });
        WindowModels[] models = [.. windows.Select(w => made[w.Index].Models)];
        var choices = groups.Select((_, g) => windows.Select(w => made[w.Index].Choices[g]).ToList()).ToList();

        // A group trades its choices one after the other; groups do so side by side.
        var trading = new GroupTrading(plan, spec, windows, models, markets);
        var runs = new IReadOnlyList<AccountRun>[groups.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, groups.Count),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            async (g, token) => runs[g] = await trading.RunAsync([.. choices[g].Select(c => c.Strategy)], token));

        var ordered = markets.OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        var timeline = await MarkTimeline.ReadAsync(plan, [.. ordered.Select(m => (m.Key, m.Value.Bars.Whole))], windows[0].At,
            windows[^1].To, cancellationToken);
        var accounts = new GroupAccounts(plan, timeline, windows, [.. ordered.Select(m => m.Value.Instrument)],
            new StitchedPortfolio(plan.WithoutLimits(), windows, markets));
        var results = new List<ChoiceGroup>();
        for (var g = 0; g < groups.Count; g++) results.Add(await accounts.OfAsync(groups[g], choices[g], runs[g], cancellationToken));
        var whole = await new StitchedPortfolio(plan, windows, markets).RunAsync(runs, cancellationToken);
        PortfolioTrade Numbered(int group, in PortfolioTrade own) => own with
        {
            Member = group,
            Trade = ChoiceGroup.Numbered(groups[group].Members, plan.Instances[own.Member], own.Trade),
        };
        var rows = whole.Rows.Select(r => r.Row).ToList();
        return new WalkForwardOutcome(spec, windows, results, rows, whole.Outcome.Statistics, Efficiency(results))
        {
            Models = models,
            Trades = [.. whole.Trades.Select(t => Numbered(t.Group, t.Own))],
            Portfolio = whole.Outcome,
        };
    }

    /// <summary>The windows over the batch's bars; those that only warm up are before the first.</summary>
    /// <exception cref="InputException">The record is too short for a single window.</exception>
    public static IReadOnlyList<WalkForwardWindow> Windows(BatchPlan plan, WalkForwardSpec spec,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> markets)
    {
        var first = Math.Max(plan.Spec.Data.From ?? 0, markets.Values.Min(m => m.Bars.Blocks[0].Time[0]));
        var end = markets.Values.Max(m => m.Bars.Blocks[^1].Time[^1]) + plan.Spec.Data.Timeframe.Ticks;
        var windows = spec.Windows(first, end);
        return windows.Count > 0 ? windows : throw (plan.Spec.WalkForward ?? plan.Spec.Data.Place).Fault(FormattableString.Invariant(
            $"the record of {(end - first) / (double)TimeSpan.TicksPerDay:0} days has no room for {spec.InSample} in sample and {spec.OutOfSample} out of sample; use shorter windows"));
    }

    /// <summary>The lists of combinations among which is chosen, in the plan's order.</summary>
    private static List<(string Name, IReadOnlyList<StrategyInstance> Members)> Groups(BatchPlan plan, ChoiceAmong among) =>
        among == ChoiceAmong.Batch ? [(plan.Spec.Name, [.. plan.Instances])]
        : among == ChoiceAmong.Market ? [.. plan.Instances.GroupBy(i => i.Symbol).Select(g => (g.Key, Members(g)))]
        : [.. plan.Instances.GroupBy(i => (i.Definition.Name, i.Symbol, i.Timeframe, i.Trading))
            .Select(g => ($"{g.Key.Name}@{g.Key.Symbol}:{g.Key.Timeframe}", Members(g)))];

    private static IReadOnlyList<StrategyInstance> Members(IEnumerable<StrategyInstance> group) => [.. group];

    private static async Task<(WindowChoice[] Choices, WindowModels Models)> ChooseAsync(BatchPlan plan, WalkForwardSpec spec,
        List<(string Name, IReadOnlyList<StrategyInstance> Members)> groups,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> markets, WalkForwardWindow window,
        IReadOnlyList<LearningSpec> learning, TimeProvider clock, CancellationToken cancellationToken)
    {
        var past = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var (symbol, market) in markets)
        {
            var series = market.Bars.Cut(window.From, window.At, spec.WarmUp);
            if (series.Count > 0) past[symbol] = new OpenedMarket(symbol, series, market.Instrument);
        }
        bool Has(StrategyInstance i) => i.Symbols.All(past.ContainsKey);

        // One thread: the windows already keep all of them busy.
        var host = new EmbeddedHost(1);
        var models = WindowModels.None;
        var feeds = plan.TradingFrom(window.From, 0);
        if (learning.Count > 0) (feeds, models) = await LearnAsync(feeds, past, learning, clock, host, window, Has, cancellationToken);
        // Feeds without bars in a window are no part of it.
        var outcomes = await new StrategyPass(feeds, past) { Include = Has }.OutcomesAsync(host, cancellationToken);
        // A choice is made by what its model would have let trade.
        var judged = await ModelOutcomes.OfAsync(feeds, outcomes, past, _ => host, cancellationToken);
        return ([.. groups.Select(g =>
        {
            var strategy = Best(g.Members, judged, spec);
            var statistics = strategy < 0 ? null : judged[strategy].Statistics;
            return new WindowChoice(window, strategy, statistics is null ? double.NaN : statistics[spec.Objective], statistics);
        })], models);
    }

    // In sample a strategy is judged by models that had not seen what they are asked about, out of sample by one that has seen the whole
    // stretch before.
    private static async Task<(BatchPlan InSample, WindowModels Models)> LearnAsync(BatchPlan plan, Dictionary<string, OpenedMarket> past,
        IReadOnlyList<LearningSpec> learning, TimeProvider clock,
        EmbeddedHost host, WalkForwardWindow window, Func<StrategyInstance, bool> include, CancellationToken cancellationToken)
    {
        if (!plan.Instances.All(include)) plan = plan.Where(include);
        var covering = learning.Where(s => plan.Instances.Any(s.Covers)).ToList();
        var units = await new ModelTraining(clock, 1).TrainAsync(covering, plan, past, host, register: false, null, cancellationToken,
            window.From);
        var filters = new Dictionary<int, IEntryModel>();
        foreach (var unit in units)
            if (unit.Whole is { } whole)
                foreach (var strategy in unit.Strategies)
                    filters[strategy] = whole;
        return (plan.WithModels(LearnBatch.Models(units)), new WindowModels(filters,
            [.. units.Where(u => u.Error is not null).Select(u => (u.Name, u.Error!))]));
    }

    private static int Best(
        IReadOnlyList<StrategyInstance> members, IReadOnlyDictionary<int, StrategyOutcome> outcomes, WalkForwardSpec spec)
    {
        var (best, at) = (double.NaN, -1);
        foreach (var member in members)
        {
            if (outcomes.GetValueOrDefault(member.Index)?.Statistics is not { } statistics || statistics.IsRuined
                || statistics.Trades < spec.MinTrades) continue;
            var value = statistics[spec.Objective];
            if (double.IsNaN(value)) continue;
            if (at < 0 || (spec.Minimise ? value < best : value > best)) (best, at) = (value, member.Index);
        }
        return at;
    }

    private static double Efficiency(List<ChoiceGroup> groups)
    {
        double past = 0, future = 0;
        var count = 0;
        static double Yearly(double total, long ticks) => total / (ticks / (365.25 * TimeSpan.TicksPerDay));
        foreach (var choice in groups.SelectMany(g => g.Choices))
        {
            if (choice.Strategy < 0 || double.IsNaN(choice.InSampleReturn)) continue;
            past += Yearly(choice.InSampleReturn, choice.Window.At - choice.Window.From);
            future += Yearly(choice.OutOfSampleReturn, choice.Window.To - choice.Window.At);
            count++;
        }
        return count > 0 && past > 0 ? future / past : double.NaN;
    }
}
