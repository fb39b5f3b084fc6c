using Granary.Application.Batches;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;

namespace Granary.Application.Guards;

/// <summary>Whether what a batch found can be told from luck in choosing.</summary>
/// <param name="PeriodTicks">Of the returns that all of this is computed from.</param>
/// <param name="Trials">Different combinations ever run on these bars.</param>
/// <param name="NewTrials">How many of them this run was the first to try.</param>
/// <param name="TrialDeviation">Of the trials' Sharpe ratios, per period.</param>
/// <param name="ExpectedMaximum">The Sharpe ratio per period that the best of so many worthless trials would show.</param>
/// <param name="Deflated">By strategy: the probability that its Sharpe ratio is above <paramref name="ExpectedMaximum"/>; NaN where it has none.</param>
/// <param name="Portfolio">Of the portfolio's own equity.</param>
/// <param name="PortfolioDeflated">The same probability for it.</param>
/// <param name="Overfitting">Null where there are too few strategies or periods.</param>
/// <param name="Snooping">Against doing nothing; null where there are too few periods.</param>
/// <param name="SnoopingStrategies">How many strategies that test looked at.</param>
public sealed record SelectionGuards(
    long PeriodTicks, long Trials, long NewTrials, double TrialDeviation, double ExpectedMaximum, double[] Deflated, TraceSharpe Portfolio, double PortfolioDeflated,
    ProbabilityOfOverfitting? Overfitting, int OverfittingBlocks, DataSnoopingTest? Snooping, int SnoopingStrategies)
{
    // Beyond these the tests would take longer than the batch.
    private const int MostSnooped = 20_000, MostPeriods = 256;

    /// <param name="portfolio">The portfolio's equity; null where it has none.</param>
    /// <returns>Null where nothing was traced.</returns>
    public static SelectionGuards? Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, EquityTrace? portfolio, TrialCensus census)
    {
        var traced = new List<(int Strategy, EquityTrace Trace)>();
        foreach (var instance in plan.Instances)
            if (outcomes.TryGetValue(instance.Index, out var outcome) && outcome.Trace is { } trace)
                traced.Add((instance.Index, trace));
        if (traced.Count == 0) return null;

        var ticks = traced[0].Trace.PeriodTicks;
        var scale = ticks / (double)TimeSpan.TicksPerDay;
        var variance = census.Sharpes.Count > 1 ? census.Sharpes.SampleVariance * scale : 0;
        var deflated = new double[plan.Instances.Count];
        Array.Fill(deflated, double.NaN);
        foreach (var (strategy, trace) in traced) deflated[strategy] = TraceSharpe.Of(trace).Deflated(variance, census.Trials);
        var own = portfolio is null ? new TraceSharpe(double.NaN, 0, double.NaN, double.NaN) : TraceSharpe.Of(portfolio);

        var (from, to) = (traced.Min(t => t.Trace.FirstPeriod), traced.Max(t => t.Trace.LastPeriod) + 1);
        var (overfitting, blocks) = Overfit(traced, from, to);
        var (snooping, snooped) = Snoop(traced, from, to, plan.Spec.Seed);
        return new SelectionGuards(ticks, census.Trials, census.New, Math.Sqrt(variance), SharpeConfidence.ExpectedMaximum(variance, census.Trials), deflated, own,
            own.Deflated(variance, census.Trials), overfitting, blocks, snooping, snooped);
    }

    private static (ProbabilityOfOverfitting? Result, int Blocks) Overfit(List<(int Strategy, EquityTrace Trace)> traced, long from, long to)
    {
        var periods = (int)(to - from);
        // Splits times strategies are what it costs.
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
                    var r = trace.ReturnOf(from + t);
                    sum += r;
                    squares += r * r;
                }
                sums.Set(k, b, end - start, sum, squares);
            }
        });
        return (ProbabilityOfOverfitting.Of(sums), blocks);
    }

    private static (DataSnoopingTest? Result, int Strategies) Snoop(List<(int Strategy, EquityTrace Trace)> traced, long from, long to, ulong seed)
    {
        // Periods are joined where there are many, and strategies taken evenly, the best among them.
        var join = (int)((to - from + MostPeriods - 1) / MostPeriods);
        var count = (int)((to - from) / join);
        if (count < 10) return (null, 0);
        var chosen = traced;
        if (traced.Count > MostSnooped)
        {
            var best = traced.MaxBy(t => TraceSharpe.Of(t.Trace).Sharpe is var s && double.IsFinite(s) ? s : double.NegativeInfinity);
            chosen = [best, .. Enumerable.Range(0, MostSnooped).Select(i => traced[(int)((long)i * traced.Count / MostSnooped)]).Where(t => t.Strategy != best.Strategy)];
        }
        var excess = new double[chosen.Count][];
        Parallel.For(0, chosen.Count, k =>
        {
            var trace = chosen[k].Trace;
            var returns = new double[count];
            for (var i = 0; i < count; i++)
            {
                var (a, b) = (trace.EquityAt(from + (long)i * join - 1), trace.EquityAt(from + (long)(i + 1) * join - 1));
                returns[i] = a > 0 ? b / a - 1 : 0;
            }
            excess[k] = returns;
        });
        var resamples = (int)Math.Clamp(400_000_000L / ((long)count * chosen.Count), 200, 1000);
        return (DataSnoopingTest.Of(excess, seed, resamples), chosen.Count);
    }
}
