using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Simulation.Validation;

/// <summary>Tests that need only the strategies, so they can run in parallel with the portfolio pass.</summary>
/// <param name="Overfitting">Null if there are too few strategies or periods.</param>
/// <param name="Blocks">Number of blocks in that test.</param>
/// <param name="Snooping">Test against the batch's benchmark, or against a return of zero; null if there are too few periods.</param>
/// <param name="Snooped">Number of strategies in that test.</param>
/// <param name="Effective">Effective number of independent trials among the strategies.</param>
/// <param name="LuckOfChoice">
/// Expected Sharpe ratio of the portfolio's rule if all strategies were worthless, in standard errors (<see cref="LuckBar.Choice"/>); 0 if
/// the rule does not choose strategies by this period.
/// </param>
internal sealed record SelectionTests(ProbabilityOfOverfitting? Overfitting, int Blocks, DataSnoopingTest? Snooping, int Snooped,
    EffectiveTrials Effective, double LuckOfChoice)
{
    // Larger inputs are reduced, because the tests would otherwise take longer than the batch.
    private const int MostSnooped = 20_000, MostPeriods = 256, JoinedAtOnce = 1_024;

    /// <param name="benchmark">Benchmark of the test for data snooping; null compares with a return of zero.</param>
    /// <param name="isStitched">
    /// Whether the portfolio belongs to a walk-forward, whose groups have equal weights whatever the weight rule.
    /// </param>
    public static SelectionTests Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, EquityTrace? benchmark = null,
        bool isStitched = false)
    {
        // Strategies with identical results count once.
        var identical = IdenticalResults.Of(plan, outcomes);
        var traced = Traced(plan, outcomes).FindAll(t => identical.IsFirst(t.Strategy));
        if (traced.Count == 0) return new SelectionTests(null, 0, null, 0, new EffectiveTrials(0, 0, 0), 0);
        var (from, to) = (traced.Min(t => t.Trace.FirstPeriod), traced.Max(t => t.Trace.LastPeriod) + 1);
        // The tests run in parallel, each on one thread.
        var overfit = Task.Run(() => Overfit(traced, from, to));
        var (snooping, snooped) = Snoop(traced, from, to, plan.Spec.Seed, benchmark);
        var effective = Cluster(traced, from, to);
        var luck = isStitched || plan.Spec.Portfolio.Rebalance is not null ? 0 : plan.Spec.Portfolio.Rule switch
        {
            WeightMethods.Winners => Luck(Winners(traced), from, to),
            WeightMethods.Best => Luck(Best(plan, outcomes, traced, from, to), from, to),
            _ => 0,
        };
        var (overfitting, blocks) = overfit.GetAwaiter().GetResult();
        return new SelectionTests(overfitting, blocks, snooping, snooped, effective, luck);
    }

    internal static List<(int Strategy, EquityTrace Trace)> Traced(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var traced = new List<(int Strategy, EquityTrace Trace)>();
        foreach (var instance in plan.Instances)
            if (outcomes.TryGetValue(instance.Index, out var outcome) && outcome.Trace is { } trace)
                traced.Add((instance.Index, trace));
        return traced;
    }

    private static (ProbabilityOfOverfitting? Result, int Blocks) Overfit(List<(int Strategy, EquityTrace Trace)> traced, long from,
        long to)
    {
        using var step = GranaryInstruments.Traces.StartActivity("overfitting");
        var periods = (int)(to - from);
        // The work is the number of splits times the number of strategies, so larger batches use fewer blocks.
        var blocks = traced.Count <= 2_500 ? ProbabilityOfOverfitting.DefaultBlocks : traced.Count <= 30_000 ? 12 : 8;
        blocks = Math.Min(blocks, periods / 2 / 2 * 2);
        if (traced.Count < 2 || blocks < 4) return (null, 0);
        var sums = new OverfittingBlocks(traced.Count, blocks);
        Parallel.For(0, traced.Count, k =>
        {
            var trace = traced[k].Trace;
            for (var b = 0; b < blocks; b++)
            {
                var (start, end) = ((long)b * periods / blocks, (long)(b + 1) * periods / blocks);
                double sum = 0, squares = 0;
                for (var t = start; t < end; t++)
                {
                    // A ruined account has a return of −1 in every later period, so that it is the worst of every split.
                    var r = trace.EquityAt(from + t) > 0 ? trace.ReturnOf(from + t) : -1;
                    sum += r;
                    squares += r * r;
                }
                sums.Set(k, b, end - start, sum, squares);
            }
        });
        return (ProbabilityOfOverfitting.Of(sums), blocks);
    }

    private static (DataSnoopingTest? Result, int Strategies) Snoop(List<(int Strategy, EquityTrace Trace)> traced, long from, long to,
        ulong seed, EquityTrace? benchmark)
    {
        using var step = GranaryInstruments.Traces.StartActivity("data-snooping");
        if (benchmark is not null)
        {
            // Of the period in which it begins a benchmark has only the end.
            if (benchmark.FirstPeriod > from) from = benchmark.FirstPeriod + 1;
            to = Math.Min(to, benchmark.LastPeriod + 1);
        }
        // Joins periods if there are many. Takes strategies evenly if there are many, always including the best one.
        var join = (int)Math.Max(1, (to - from + MostPeriods - 1) / MostPeriods);
        var count = (int)((to - from) / join);
        if (count < 10) return (null, 0);
        var chosen = traced;
        if (traced.Count > MostSnooped)
        {
            var best = traced.MaxBy(t => RatioMetrics.Sharpe.RankOf(TraceSharpe.Of(t.Trace).Sharpe,
                t.Trace.EquityAt(t.Trace.LastPeriod) / t.Trace.Start - 1));
            chosen = [best, .. Enumerable.Range(0, MostSnooped).Select(i => traced[(int)((long)i * traced.Count / MostSnooped)])
                .Where(t => t.Strategy != best.Strategy)];
        }
        var excess = Returns(chosen, from, join, count);
        if (benchmark is not null)
        {
            var other = Returns([(-1, benchmark)], from, join, count)[0];
            foreach (var returns in excess)
                for (var i = 0; i < count; i++)
                    returns[i] -= other[i];
        }
        var resamples = (int)Math.Clamp(400_000_000L / ((long)count * chosen.Count), 200, 1000);
        return (DataSnoopingTest.Of(excess, seed, resamples), chosen.Count);
    }

    // Strategies without any return are not trials.
    private static EffectiveTrials Cluster(List<(int Strategy, EquityTrace Trace)> traced, long from, long to)
    {
        using var step = GranaryInstruments.Traces.StartActivity("effective-trials");
        var distinct = traced.Where(t => t.Trace.Equity.AsSpan().ContainsAnyExcept(t.Trace.Start)).ToList();
        var join = (int)((to - from + MostPeriods - 1) / MostPeriods);
        var count = (int)((to - from) / join);
        if (count < 2) return new EffectiveTrials(distinct.Count, distinct.Count, distinct.Count);
        var sample = Math.Min(distinct.Count, EffectiveTrials.MostCompared);
        var chosen = Enumerable.Range(0, sample).Select(i => distinct[(int)((long)i * distinct.Count / sample)]).ToList();
        return EffectiveTrials.Of(Returns(chosen, from, join, count), distinct.Count);
    }

    // A strategy of the portfolio with its weight and its result by luck, in standard errors.
    private readonly record struct Chosen(EquityTrace Trace, double Weight, double Expected);

    private static List<Chosen> Winners(List<(int Strategy, EquityTrace Trace)> traced) =>
        [.. traced.Where(t => t.Trace.IsWinner()).Select(t => new Chosen(t.Trace, 1, ChoiceLuck.OfWinner))];

    // The best of each search, or its Pareto front in equal parts, and the strategies without a search.
    private static List<Chosen> Best(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        List<(int Strategy, EquityTrace Trace)> traced, long from, long to)
    {
        var traces = traced.ToDictionary(t => t.Strategy, t => t.Trace);
        var chosen = new List<Chosen>();
        foreach (var (strategy, trace) in traced)
            if (SearchOf(plan, strategy) < 0) chosen.Add(new Chosen(trace, 1, 0));
        var bests = BestTrials.Of(plan, outcomes);
        for (var search = 0; search < bests.Count; search++)
        {
            if (bests[search].Count == 0) continue;
            var trials = Cluster(traced.FindAll(t => SearchOf(plan, t.Strategy) == search), from, to);
            var expected = SharpeConfidence.ExpectedMaximum(1, trials.Number);
            foreach (var strategy in bests[search])
                if (traces.TryGetValue(strategy, out var trace)) chosen.Add(new Chosen(trace, 1.0 / bests[search].Count, expected));
        }
        return chosen;
    }

    private static double Luck(List<Chosen> chosen, long from, long to)
    {
        using var step = GranaryInstruments.Traces.StartActivity("choice-luck");
        var join = (int)((to - from + MostPeriods - 1) / MostPeriods);
        var count = (int)((to - from) / join);
        var luck = new ChoiceLuck(count);
        // In parts, since the returns of all strategies of a large batch do not fit in memory.
        foreach (var part in chosen.Chunk(JoinedAtOnce))
        {
            var returns = Returns([.. part.Select((c, k) => (k, c.Trace))], from, join, count);
            for (var k = 0; k < part.Length; k++) luck.Add(returns[k], part[k].Expected, part[k].Weight);
        }
        return luck.StandardErrors;
    }

    // −1 for a strategy without a search.
    private static int SearchOf(BatchPlan plan, int strategy)
    {
        var trial = strategy - (plan.Instances.Count - plan.Trials.Count);
        return trial < 0 ? -1 : plan.Trials[trial].Search;
    }

    internal static double[][] Returns(List<(int Strategy, EquityTrace Trace)> chosen, long from, int join, int count)
    {
        var all = new double[chosen.Count][];
        Parallel.For(0, chosen.Count, k =>
        {
            var trace = chosen[k].Trace;
            var returns = new double[count];
            for (var i = 0; i < count; i++)
            {
                var (a, b) = (trace.EquityAt(from + (long)i * join - 1), trace.EquityAt(from + (long)(i + 1) * join - 1));
                returns[i] = a > 0 ? b / a - 1 : -1;
            }
            all[k] = returns;
        });
        return all;
    }
}
