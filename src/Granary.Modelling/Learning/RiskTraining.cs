using Granary.Engine;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Risk;

namespace Granary.Modelling.Learning;

/// <summary>
/// Trains risk models. Their samples are the entries that the portfolio received without a cap, with the portfolio's state at each entry.
/// Each window is trained on labels that were known by its start.
/// </summary>
internal sealed class RiskTraining(ModelTraining training, BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
{
    private readonly Instrument[] _instruments =
        [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)];

    /// <param name="specs">All learning sections of the batch; sections with other labels are skipped.</param>
    /// <exception cref="InputException">
    /// A section covers no strategy, or fills of several timeframes would be known too early for the portfolio's state.
    /// </exception>
    public async Task<RiskLearning> TrainAsync(IReadOnlyList<LearningSpec> specs, PortfolioEvents events,
        CancellationToken cancellationToken)
    {
        specs = [.. specs.Where(s => s.IsOfRisk)];
        if (specs.Count == 0 || events.Members.All(w => w == 0)) return RiskLearning.None;
        Check(specs);
        var sampler = new EntrySampler(specs, plan, events.Members, _instruments);
        var free = await FollowAsync(plan, events, sampler, cancellationToken);
        var (units, uses) = (new List<TrainedUnit>(), new List<RiskUse>());
        foreach (var (s, spec) in specs.Index())
        {
            var trained = await training.TrainAsync(spec,
                [.. sampler.MarketsOf(s).Select(m => new EntrySamples(SourceOf(s, m), () => sampler.TableOf(s, m.Symbol)))],
                (long)plan.Spec.Seed, cancellationToken);
            units.AddRange(trained);
            foreach (var (unit, market) in trained.Zip(sampler.MarketsOf(s)))
                if (unit.Risk is { } model)
                    uses.Add(new RiskUse(market.Symbol, market.Timeframe, [.. unit.Strategies.Select(i => plan.Instances[i].Id)], model));
        }
        if (uses.Count == 0) return new RiskLearning(units, [], null);
        var capped = await FollowAsync(plan.WithRisk(uses), events, null, cancellationToken);
        return new RiskLearning(units, uses, WorthOf(units.Min(u => u.ActiveFrom), free, capped));

        UnitSource SourceOf(int spec, (string Symbol, Timeframe Timeframe) market) => new($"{market.Symbol}:{market.Timeframe}",
            [.. plan.Instances.Where(i => sampler.Covers(spec, i) && i.Symbols.Contains(market.Symbol, StringComparer.Ordinal))
                .Select(i => i.Index)]);
    }

    private void Check(IReadOnlyList<LearningSpec> specs)
    {
        foreach (var spec in specs)
            if (!plan.Instances.Any(spec.Covers))
                throw (spec.Place.Find("strategies") ?? spec.Place).Fault("no strategy of the batch is covered by this section; name "
                    + "classes or ids that it runs, or leave 'strategies' out");
    }

    private sealed record Followed(PortfolioOutcome Outcome, int Capped, IReadOnlyList<(long Time, double Equity, double Exposure)> Rows);

    private async Task<Followed> FollowAsync(BatchPlan plan, PortfolioEvents events, IExposureModel? sampler,
        CancellationToken cancellationToken)
    {
        var pass = new PortfolioPass(plan, events.Log, events.Members, _instruments, events.Schedule, sampler,
            IntrabarPaths.ReaderOf(plan.Spec, markets));
        var rows = new List<(long, double, double)>();
        var marked = MarketBars.Of(plan.Instances.Where(i => events.Members[i.Index] != 0), s => markets[s].Series);
        var outcome = await pass.RunAsync(marked, r => rows.Add((r.Time, r.Equity, r.Exposure)), null,
            new FeedClock(plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe), cancellationToken);
        return new Followed(outcome, pass.Account.Capped, rows);
    }

    private static RiskWorth? WorthOf(long from, Followed free, Followed capped)
    {
        var answers = capped.Outcome.Risk;
        if (from == long.MaxValue || !free.Rows.Any(r => r.Time >= from)) return null;
        return new RiskWorth(new DateTime(from, DateTimeKind.Utc), answers.Count, answers.Count(a => !double.IsNaN(a.Prediction)),
            capped.Capped, (int)capped.Outcome.Counts.GetValueOrDefault(Decision.PredictedRisk), FiguresOf(free.Rows, from),
            FiguresOf(capped.Rows, from));
    }

    // Uses the rows from the last one before that time on.
    private static RiskFigures FiguresOf(IReadOnlyList<(long Time, double Equity, double Exposure)> rows, long from)
    {
        var first = 0;
        while (first + 1 < rows.Count && rows[first + 1].Time < from) first++;
        var (peak, deepest, exposure) = (rows[first].Equity, 0.0, 0.0);
        for (var i = first + 1; i < rows.Count; i++)
        {
            peak = Math.Max(peak, rows[i].Equity);
            deepest = Math.Max(deepest, 1 - rows[i].Equity / peak);
            if (rows[i].Equity > 0) exposure += rows[i].Exposure / rows[i].Equity;
        }
        return new RiskFigures(rows[^1].Equity / rows[first].Equity - 1, deepest, exposure / Math.Max(1, rows.Count - 1 - first));
    }
}
