using System.Collections.Concurrent;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// Selects parameters in sample and trades them out of sample, window by window. Windows run concurrently on cached bars, and the result
/// does not depend on the number of threads.
/// </summary>
internal static class WalkForwardOptimiser
{
    /// <param name="clock">The clock for the training of models.</param>
    public static async Task<WalkForwardOutcome> RunAsync(WalkForwardInput input, TimeProvider clock, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var groups = input.Groups();
        var made = new ConcurrentDictionary<int, (WindowChoice[] Choices, WindowModels Models)>();
        var done = 0;
        await Parallel.ForEachAsync(input.Windows, Options(input, cancellationToken), async (window, token) =>
        {
            made[window.Index] = await ChooseAsync(input, groups, window, clock, token);
            progress?.Report(Interlocked.Increment(ref done));
        });
        return await TradeAsync(input, [.. groups.Select((_, g) => input.Windows.Select(w => made[w.Index].Choices[g]).ToList())],
            [.. input.Windows.Select(w => made[w.Index].Models)], cancellationToken);
    }

    /// <summary>Trades the selections and models of an outcome with doubled costs and orders delayed by one bar.</summary>
    public static async Task<WalkForwardOutcome> StressedAsync(WalkForwardInput input, WalkForwardOutcome outcome,
        CancellationToken cancellationToken)
    {
        var again = await TradeAsync(input with { Plan = input.Plan.Stressed() },
            [.. outcome.Groups.Select(g => g.Choices)], outcome.Models, cancellationToken, outcome.Weights);
        return again with { Runs = [] };
    }

    private static ParallelOptions Options(WalkForwardInput input, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = input.Threads, CancellationToken = cancellationToken };

    // The selections of a group are traded one after another, groups concurrently.
    private static async Task<IReadOnlyList<AccountRun>[]> RunsAsync(WalkForwardInput input,
        IReadOnlyList<IReadOnlyList<WindowChoice>> choices, IReadOnlyList<WindowModels> models, CancellationToken cancellationToken)
    {
        var trading = new GroupTrading(input, models);
        var runs = new IReadOnlyList<AccountRun>[choices.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, choices.Count), Options(input, cancellationToken),
            async (g, token) => runs[g] = await trading.RunAsync([.. choices[g].Select(c => c.Strategy)], token));
        return runs;
    }

    // choices: by group, then by window. weights: those of an outcome that is traded again.
    private static async Task<WalkForwardOutcome> TradeAsync(WalkForwardInput input,
        IReadOnlyList<IReadOnlyList<WindowChoice>> choices, IReadOnlyList<WindowModels> models, CancellationToken cancellationToken,
        GroupWeights? weights = null)
    {
        var (plan, groups) = (input.Plan, input.Groups());
        var runs = await RunsAsync(input, choices, models, cancellationToken);

        var accounts = new GroupAccounts(input, await MarkTimeline.ReadAsync(input, cancellationToken));
        var results = new List<ChoiceGroup>();
        for (var g = 0; g < groups.Count; g++) results.Add(await accounts.OfAsync(groups[g], choices[g], runs[g], cancellationToken));
        if (GroupWeights.RuleOf(plan, groups.Select(g => g.Members)) is { } rule)
            weights ??= GroupWeights.Choose(input, rule, results);
        if (AllocatorWeights.IsFor(plan))
            weights ??= await GroupWeights.LearnAsync(input, results, runs, stressed => RunsAsync(stressed, choices, models,
                cancellationToken), cancellationToken);
        var whole = await new StitchedPortfolio(input).RunAsync(runs, cancellationToken, weights?.Source);
        PortfolioTrade Numbered(int group, in PortfolioTrade own) => own with
        {
            Member = group,
            Trade = ChoiceGroup.Numbered(groups[group].Members, plan.Instances[own.Member], own.Trade),
        };
        return new WalkForwardOutcome(input.Spec, input.Windows, results, [.. whole.Rows.Select(r => r.Row)], whole.Outcome.Statistics,
            Efficiency(results))
        {
            Models = models,
            Trades = [.. whole.Trades.Select(t => Numbered(t.Group, t.Own))],
            Fills = whole.Fills,
            Portfolio = whole.Outcome,
            Weights = weights,
            Runs = runs,
        };
    }

    private static async Task<(WindowChoice[] Choices, WindowModels Models)> ChooseAsync(WalkForwardInput input,
        IReadOnlyList<(string Name, IReadOnlyList<StrategyInstance> Members)> groups, WalkForwardWindow window, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var past = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var (symbol, market) in input.Markets)
        {
            var series = market.Cut(window.From, window.Learnt, input.Spec.WarmUp);
            if (series.Count > 0) past[symbol] = new OpenedMarket(symbol, series, market.Instrument);
        }
        bool Has(StrategyInstance i) => i.Symbols.All(past.ContainsKey);

        // One thread, because the concurrent windows already use all of them.
        var host = new EmbeddedHost(1);
        var models = WindowModels.None;
        var feeds = input.Plan.TradingFrom(window.From, 0);
        if (input.Learning.Count > 0)
        {
            if (!feeds.Instances.All(Has)) feeds = feeds.Where(Has);
            (feeds, models) = await LearnAsync(feeds, past, input.Learning, new ModelTraining(host, clock, 1), window, cancellationToken);
        }
        // Feeds without bars in a window are excluded.
        var outcomes = await new StrategyPass(feeds, past) { Include = Has }.OutcomesAsync(host, cancellationToken);
        // The selection uses the results of the entries that a strategy's model admits.
        var judged = await ModelOutcomes.OfAsync(feeds, outcomes, past, _ => host, cancellationToken);
        return ([.. groups.Select(g =>
        {
            var strategy = Best(g.Members, judged, input.Spec);
            var statistics = strategy < 0 ? null : judged[strategy].Statistics;
            return new WindowChoice(window, strategy, statistics is null ? double.NaN : input.Spec.Objective[statistics], statistics);
        })], models);
    }

    // In sample, a strategy is judged by models trained on other data than the judged entries; out of sample, by a model trained on the
    // complete preceding range.
    private static async Task<(BatchPlan InSample, WindowModels Models)> LearnAsync(BatchPlan plan, Dictionary<string, OpenedMarket> past,
        IReadOnlyList<LearningSpec> learning, ModelTraining training, WalkForwardWindow window, CancellationToken cancellationToken)
    {
        var covering = learning.Where(s => plan.Instances.Any(s.Covers)).ToList();
        var units = await training.TrainAsync(covering, plan, past, cancellationToken, window.From);
        var filters = new Dictionary<int, IEntryModel>();
        foreach (var unit in units)
            if (unit.Whole is { } whole)
                foreach (var strategy in unit.Strategies)
                    filters[strategy] = whole;
        return (plan.WithModels(LearnBatch.Models(units)), new WindowModels(filters,
            [.. units.Where(u => u.Error is not null).Select(u => (u.Name, u.Error!))]));
    }

    // A strategy whose objective is undefined because it has traded nothing is never chosen.
    private static int Best(
        IReadOnlyList<StrategyInstance> members, IReadOnlyDictionary<int, StrategyOutcome> outcomes, WalkForwardSpec spec)
    {
        var (best, at) = (default(MetricRank), -1);
        foreach (var member in members)
        {
            if (outcomes.GetValueOrDefault(member.Index)?.Statistics is not { } statistics || statistics.IsRuined
                || statistics.Trades < spec.MinTrades) continue;
            var rank = spec.Objective.RankOf(statistics);
            if (rank.IsKnown && (at < 0 || rank > best)) (best, at) = (rank, member.Index);
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
            past += Yearly(choice.InSampleReturn, choice.Window.Learnt - choice.Window.From);
            future += Yearly(choice.OutOfSampleReturn, choice.Window.To - choice.Window.At);
            count++;
        }
        return count > 0 && past > 0 ? future / past : double.NaN;
    }
}
