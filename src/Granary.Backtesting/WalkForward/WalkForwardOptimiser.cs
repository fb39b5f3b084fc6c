using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Simulation.Work;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// Has parameters chosen in sample and trades them out of sample, window by window. Choices are made concurrently, and the result does not
/// depend on the number of threads or silos.
/// </summary>
internal static class WalkForwardOptimiser
{
    /// <param name="work">Makes the choices of the windows.</param>
    /// <param name="progress">Receives the number of windows whose choices are made.</param>
    public static async Task<WalkForwardOutcome> RunAsync(PreparedWalkForward prepared, IWorkHost work, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var (input, choosing) = (prepared.Input, prepared.Choosing);
        var items = choosing.Items();
        var made = new ChosenInWindow[items.Count];
        var left = input.Windows.Select(w => items.Count(i => i.Window == w.Index)).ToArray();
        var done = 0;
        progress?.Report(0);
        await work.RunAsync(items, choosing.MakeAsync, (i, result) =>
        {
            made[i] = result;
            if (Interlocked.Decrement(ref left[items[i].Window]) == 0) progress?.Report(Interlocked.Increment(ref done));
        }, cancellationToken);
        var byWindow = items.Zip(made).GroupBy(m => m.First.Window).OrderBy(g => g.Key)
            .Select(g => g.OrderBy(m => m.First.Group).Select(m => m.Second).ToList()).ToList();
        // Each combination that any window tried is a strategy from here on.
        var trials = new WindowTrials(input.Plan, byWindow.SelectMany(results => results).SelectMany(r => r.Choices));
        input = input with { Plan = trials.Plan };
        var choices = byWindow.Select((results, w) => results.SelectMany(r => r.Choices)
            .Select(c => ChoiceOf(input, w, trials.StrategyOf(c), c)).ToList()).ToList();
        return await TradeAsync(input, [.. input.Groups().Select((_, g) => choices.Select(c => c[g]).ToList())],
            [.. byWindow.Select(results => ModelsOf(input, results))], cancellationToken);
    }

    private static WindowChoice ChoiceOf(WalkForwardInput input, int window, int strategy, GroupChoice choice) =>
        new(input.Windows[window], strategy, choice.InSample is { } inSample ? input.Spec.Objective[inSample] : double.NaN, choice.InSample)
        {
            Tried = choice.Trials,
        };

    private static WindowModels ModelsOf(WalkForwardInput input, List<ChosenInWindow> results)
    {
        var filters = new Dictionary<int, IEntryModel>();
        foreach (var model in results.SelectMany(r => r.Models))
        {
            var filter = EntryModelFile.FromBytes(model.File, input.Plan.Spec.Catalogues);
            foreach (var strategy in model.Strategies) filters[strategy] = filter;
        }
        return new WindowModels(filters, [.. results.SelectMany(r => r.Missing)]);
    }

    /// <summary>Trades the selections and models of an outcome with other costs.</summary>
    public static async Task<WalkForwardOutcome> AtCostsAsync(CostCase costs, WalkForwardInput input, WalkForwardOutcome outcome,
        CancellationToken cancellationToken)
    {
        var again = await TradeAsync(input with { Plan = input.Plan.With(costs) },
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
        if (ScheduledWeights.IsFor(plan.Spec.Portfolio)) weights ??= GroupWeights.Choose(input, results);
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
            Plan = plan,
            Models = models,
            Trades = [.. whole.Trades.Select(t => Numbered(t.Group, t.Own))],
            Fills = whole.Fills,
            Portfolio = whole.Outcome,
            Weights = weights,
            Runs = runs,
        };
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
