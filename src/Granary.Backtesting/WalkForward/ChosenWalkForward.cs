using Granary.Engine;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// A walk-forward that was run, opened again with the choices of its windows, which its results have. Its test spans can be traded again
/// without choosing.
/// </summary>
internal sealed class ChosenWalkForward : IAsyncDisposable
{
    private readonly PreparedWalkForward _prepared;
    private readonly GroupTrading _trading;

    private ChosenWalkForward(PreparedWalkForward prepared, WalkForwardInput input, IReadOnlyList<IReadOnlyList<int>> choices)
    {
        (_prepared, Input, Choices, Groups) = (prepared, input, choices, input.Groups());
        _trading = new GroupTrading(input, [.. input.Windows.Select(_ => new WindowModels(new Dictionary<int, Engine.Trading.IEntryModel>(),
            []))]);
    }

    public WalkForwardInput Input { get; }

    /// <summary>The markets with all their bars.</summary>
    public IReadOnlyDictionary<string, OpenedMarket> Markets => _prepared.Opened.Markets;

    public IReadOnlyList<ChoosingGroup> Groups { get; }

    /// <summary>By group, then by window: the index of the strategy that was chosen; −1 for none.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Choices { get; }

    /// <param name="results">The choices of the run.</param>
    /// <exception cref="InputException">The batch does not have the windows or strategies of the results, or has models.</exception>
    public static async Task<ChosenWalkForward> OpenAsync(BatchSpec spec, WalkForwardResults results, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var opening = new BatchOpening { Threads = Environment.ProcessorCount, Yes = true };
        var prepared = await PreparedWalkForward.OpenAsync(spec, opening, clock, cancellationToken).ConfigureAwait(false);
        try
        {
            if (prepared.Input.Learning.Count > 0)
                throw new InputException("models were trained in each of its windows and are not kept, so that it cannot be replayed; ask of "
                    + "a backtest of the same batch");
            var input = prepared.Input with { Plan = PlanOf(prepared.Input, results) };
            return new ChosenWalkForward(prepared, input, ChoicesOf(input, results));
        }
        catch
        {
            await prepared.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The combinations that searches found become strategies again. One of several searches of a group has the id.
    private static BatchPlan PlanOf(WalkForwardInput input, WalkForwardResults results)
    {
        var (plan, trials) = (input.Plan, new List<PlannedTrial>());
        if (plan.Searches.Count == 0) return plan;
        foreach (var (group, chosen) in input.Groups().Zip(results.Groups))
            foreach (var choice in chosen.Choices.Where(c => c.Strategy is not null).DistinctBy(c => c.Strategy))
                trials.AddRange(group.Searches.Select(s => TrialOf(plan, s, choice)).OfType<PlannedTrial>());
        return trials.Count == 0 ? plan : plan.With(trials);
    }

    private static PlannedTrial? TrialOf(BatchPlan plan, int search, WalkForwardChoice choice)
    {
        List<double> point = [];
        foreach (var dimension in plan.Searches[search].Spec.Dimensions)
        {
            if (!choice.Params!.TryGetValue(dimension.Name, out var value)) return null;
            try
            {
                point.Add(dimension.CoordinateOf(value));
            }
            catch (InputException)
            {
                return null;
            }
        }
        var trial = new PlannedTrial(search, point);
        return plan.With([trial]).Instances[^1].Id == choice.Strategy ? trial : null;
    }

    private static List<IReadOnlyList<int>> ChoicesOf(WalkForwardInput input, WalkForwardResults results)
    {
        var (groups, windows) = (input.Groups(), input.Windows);
        if (!groups.Select(g => g.Name).SequenceEqual(results.Groups.Select(g => g.Group))
            || results.Groups.Any(g => !g.Choices.Select(c => (c.From, c.ChosenAt, c.To))
                .SequenceEqual(windows.Select(w => (w.From, w.At, w.To)))))
            throw new InputException("its bars or its batch now have other windows than it recorded, so that it cannot be replayed; run the "
                + "batch again, and ask of that run");
        return [.. groups.Zip(results.Groups, (group, chosen) => (IReadOnlyList<int>)[.. chosen.Choices.Select(choice =>
            choice.Strategy is null ? -1 : group.Members.FirstOrDefault(m => m.Id == choice.Strategy)?.Index
                ?? throw new InputException($"its batch now has no strategy {choice.Strategy}, which a window chose; run the batch again, "
                    + "and ask of that run"))])];
    }

    /// <summary>Trades the choices of a group again.</summary>
    public Task<IReadOnlyList<AccountRun>> RunsOfAsync(int group, CancellationToken cancellationToken) =>
        _trading.RunAsync(Choices[group], cancellationToken);

    /// <summary>The bars that a run read.</summary>
    public IReadOnlyDictionary<string, OpenedMarket> MarketsOf(AccountRun run) =>
        _trading.MarketsOf(run.Strategy, run.Windows.First, run.Windows.Last)!;

    /// <summary>Why the portfolio cannot be replayed, one sentence; null if it can.</summary>
    public string? PortfolioMissing =>
        GroupWeights.RuleOf(Input.Plan, Groups) is not null || AllocatorWeights.IsFor(Input.Plan)
            ? "The portfolio is not shown: the weights of a walk-forward's groups were chosen while it was made."
        : Input.Plan.Searches.SelectMany(s => s.Spec.Dimensions).Any(d => d.Target is SearchTarget.Timeframe or SearchTarget.Symbol)
            ? "The portfolio is not shown: combinations that no window chose had markets or timeframes of their own." : null;

    /// <summary>Has the portfolio follow the runs of all groups again.</summary>
    /// <param name="steps">Makes what the portfolio's steps go through, from the driver and the instruments.</param>
    public Task FollowAsync(IReadOnlyList<IReadOnlyList<AccountRun>> groups,
        Func<PortfolioDriver, IReadOnlyList<Engine.Market.Instrument>, IPortfolioSteps> steps, CancellationToken cancellationToken) =>
        new StitchedPortfolio(Input).FollowAsync(groups, steps, cancellationToken);

    public ValueTask DisposeAsync() => _prepared.DisposeAsync();
}
