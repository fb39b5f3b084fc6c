using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// A walk-forward with all bars in memory, ready to make the choices of its windows. The batch alone determines it, so each process that
/// takes part prepares its own copy.
/// </summary>
internal sealed class PreparedWalkForward : IWorkMaker
{
    private PreparedWalkForward(OpenedBatch opened, WalkForwardInput input, TimeProvider clock) =>
        (Opened, Input, Choosing) = (opened, input, new WindowChoosing(input, clock));

    internal OpenedBatch Opened { get; }

    internal WalkForwardInput Input { get; }

    internal WindowChoosing Choosing { get; }

    /// <param name="clock">The clock for the training of models.</param>
    /// <exception cref="InputException">The batch is invalid, or the record is too short.</exception>
    public static async Task<PreparedWalkForward> OpenAsync(BatchSpec spec, BatchOpening opening, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var learning = LearningReader.Read(spec);
        Check(spec, learning);
        spec = spec with { Portfolio = GroupWeights.Followed(spec.Portfolio) };
        var settings = WalkForwardSpec.Read(spec.WalkForward, spec.Data.Timeframe, spec.Metrics);
        var opened = await OpenedBatch.OpenAsync(spec, opening with { Checks = true, WithSearches = true }, cancellationToken);
        try
        {
            CheckSearches(opened.Plan, settings);
            var bars = new Dictionary<string, CachedSeries>(StringComparer.Ordinal);
            foreach (var market in opened.Markets.Values) bars[market.Symbol] = await CachedSeries.ReadAsync(market, cancellationToken);
            return new PreparedWalkForward(opened, new WalkForwardInput(opened.Plan, settings, bars)
            {
                Threads = opening.Threads,
                Learning = learning,
            }, clock);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public ValueTask<Func<CancellationToken, Task<WorkResult>>?> FindAsync(WorkItem item, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Func<CancellationToken, Task<WorkResult>>?>(item is ChoiceItem choice && Choosing.Has(choice)
            ? async token => await Choosing.MakeAsync(choice, token) : null);

    public ValueTask DisposeAsync() => Opened.DisposeAsync();

    private static void CheckSearches(BatchPlan plan, WalkForwardSpec settings)
    {
        foreach (var search in plan.Searches.Select(s => s.Spec).DistinctBy(s => s.Place))
        {
            var given = search.Place.Find("objective");
            if (search.Objectives.Count > 1)
                throw given!.Fault("a walk-forward trades one combination per window, and several objectives have a front of them; name one, "
                    + "or one expression, such as \"sharpe - 0.5 * maxDrawdown\", as the objective of 'walkForward'");
            if (given is not null && search.Objectives[0].Text != settings.Objective.Text)
                throw given.Fault($"the windows choose by '{settings.Objective.Text}', the objective of 'walkForward'; leave 'objective' out "
                    + "here, or name the same in both");
            if (settings.Among == ChoiceAmong.Market && search.Find(SearchTarget.Symbol) is not null)
                throw search.Place.Need("space").Need("symbol").Fault("'walkForward.choose' is \"market\", and this search has several "
                    + "markets; take the symbol out of its space, or choose among \"parameters\" or the \"batch\"");
        }
    }

    private static void Check(BatchSpec spec, IReadOnlyList<LearningSpec> learning)
    {
        if (spec.Execution.PathTimeframe is { } path && path != spec.Data.Timeframe)
            throw spec.Execution.Place!.Need("intrabarPath")
                .Fault("a walk-forward holds the data's own bars alone in memory; write \"auto\", or make the smaller bars the data's and "
                    + "give the strategies their timeframe");
        GroupWeights.Check(spec.Portfolio);
        if (spec.Portfolio.From is not null)
            throw spec.Portfolio.Place!.Need("from")
                .Fault("the account of a walk-forward begins with its first window; leave 'from' out, or set data.from so that the first "
                    + "in-sample window begins earlier or later");
        if (spec is { HasSearch: true, Learning: { } models })
            throw models.Fault("models learn from the strategies of a batch, and a search makes these window by window; search first, then "
                + "give the parameters that it chose in 'params' to a batch with 'learning'");
        if (learning.FirstOrDefault(s => s.IsOfRisk) is { } risk)
            throw risk.Place.Need("label").Fault("a walk-forward has a portfolio of choices that change from window to window, and no cap "
                + "by a predicted drawdown; run this section with 'backtest', which trains it walk-forward too");
        if (learning.FirstOrDefault(s => s.Retrain is not null) is { } retrained)
            throw retrained.Place.Need("retrain").Fault("a walk-forward trains models at its own windows; run this section with "
                + "'backtest', which trains on the past alone too, or leave 'retrain' out");
    }
}
