using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Compares the weight rules that use the equity of the strategies' own accounts: what each would have earned on the periods after its
/// choices. The return of a period is the weighted sum of the accounts' returns, so no portfolio has to be simulated for it.
/// </summary>
/// <remarks>
/// Limits of the portfolio, its sizes, and the cost of moving money between the accounts are not in it. Weights that add up to more than 1
/// are divided by their sum. What they leave below 1 is cash, which earns nothing.
/// </remarks>
internal static class WeightComparison
{
    /// <summary>The fewest strategies that are compared.</summary>
    public const int LeastStrategies = 2;

    /// <summary>
    /// The most work of a comparison, in units of a solver's multiplications: about a second. Beyond, it would take longer than the batch.
    /// </summary>
    public const double MostWork = 4e7;

    /// <summary>The fewest periods after the first choice.</summary>
    public const int LeastPeriods = 26;

    /// <summary>Samples of the bootstrap behind each p-value.</summary>
    public const int Samples = 1_999;

    // Longer records are joined to periods of several, since the standard error takes the square of their number.
    private const int MostPeriods = 2_500;

    /// <summary>The compared rules; the others are measured against the first.</summary>
    public static IReadOnlyList<string> Rules { get; } =
        [WeightMethods.Equal, WeightMethods.Winners, WeightMethods.Score, WeightMethods.MatchingPursuit, .. AllocationMethods.All];

    /// <param name="threads">Number of threads; it changes the duration but not the result.</param>
    /// <returns>Null if there are too few strategies or periods, or too much work.</returns>
    public static AllocationResults? Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, int threads)
    {
        var spec = plan.Spec.Portfolio.Rebalance ?? RebalanceSpec.Default;
        var identical = IdenticalResults.Of(plan, outcomes);
        var traces = new Dictionary<int, EquityTrace>();
        foreach (var instance in plan.Instances)
            if (identical.IsFirst(instance.Index) && outcomes.GetValueOrDefault(instance.Index)?.Trace is { } trace)
                traces.Add(instance.Index, trace);
        if (traces.Count < LeastStrategies) return null;
        var (calendar, last) = (ScheduledWeights.CalendarOf(spec, traces.Values), traces.Values.Max(t => t.LastPeriod));
        if (calendar.Choices.Count == 0 || last + 1 - calendar.Choices[0].At < LeastPeriods
            || WorkOf(traces.Count, calendar.Choices.Count) > MostWork) return null;

        var span = new Span(calendar.Choices[0].At, last + 1, calendar.Ticks);
        var choices = new WeightChoice[Rules.Count];
        var records = new RuleRecord[Rules.Count];
        var rows = new AllocationRow[Rules.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) };
        Parallel.For(0, Rules.Count, parallel, r =>
        {
            choices[r] = ScheduledWeights.ByEquity(plan, outcomes, Rules[r], spec);
            records[r] = RuleRecord.Of(choices[r], traces, span, plan.Spec.RiskFree);
        });
        Parallel.For(0, Rules.Count, parallel, r => rows[r] = Row(Rules[r], records[r], r == 0 ? null : records[0], plan.Spec.Seed));
        var rule = Rules.FirstOrDefault(r => r == plan.Spec.Portfolio.Rule);
        return new AllocationResults
        {
            Chosen = rule,
            Strategies = traces.Count,
            EveryDays = spec.Every.NominalDays,
            WindowDays = spec.Window?.NominalDays,
            Choices = calendar.Choices.Count,
            From = span.From * span.Ticks,
            To = span.To * span.Ticks,
            Periods = records[0].Returns.Length,
            PeriodDays = span.PeriodDays,
            Samples = Samples,
            Rules = Adjusted(rows),
            Risk = RiskOfChoices.Of(plan, calendar, choices, rule),
        };
    }

    /// <summary>
    /// The work of a comparison: each choice, and the frontier as ten more, multiplies matrices of all strategies.
    /// </summary>
    public static double WorkOf(int strategies, int choices) => (choices + 10) * (Math.Pow(strategies, 3) + 50_000);

    private static AllocationRow Row(string rule, RuleRecord record, RuleRecord? equal, ulong seed)
    {
        var row = new AllocationRow(rule, record.YearlyReturn, record.Volatility, record.Sharpe, record.MaxDrawdown, record.Turnover,
            record.Invested, record.Holds);
        if (equal is null) return row;
        var difference = SharpeDifference.Of(record.Excess, equal.Excess);
        var scale = Math.Sqrt(record.PerYear);
        return row with
        {
            Difference = difference.Difference * scale,
            StandardError = difference.StandardError * scale,
            PValue = difference.BootstrapPValue(0, Samples, unchecked((long)PortableRandom.SeedFor(seed, rule))),
        };
    }

    // Rules without a p-value are not among the tests.
    private static List<AllocationRow> Adjusted(AllocationRow[] rows)
    {
        int[] tested = [.. Enumerable.Range(0, rows.Length).Where(r => rows[r].PValue is { } p && double.IsFinite(p))];
        var adjusted = HolmCorrection.Adjust([.. tested.Select(r => rows[r].PValue!.Value)]);
        for (var k = 0; k < tested.Length; k++) rows[tested[k]] = rows[tested[k]] with { Adjusted = adjusted[k] };
        return [.. rows];
    }

    /// <summary>The compared periods.</summary>
    /// <param name="From">The number of the first trace period.</param>
    /// <param name="To">The number after the last one.</param>
    /// <param name="Ticks">The length of a trace period.</param>
    private sealed record Span(long From, long To, long Ticks)
    {
        /// <summary>How many trace periods are joined to one of a return.</summary>
        public int Join { get; } = (int)((To - From + MostPeriods - 1) / MostPeriods);

        public double PeriodDays => Join * (Ticks / (double)TimeSpan.TicksPerDay);
    }

    /// <summary>The account of a rule over the compared periods.</summary>
    private sealed record RuleRecord(double[] Returns, double[] Excess, double PerYear)
    {
        public double YearlyReturn { get; private init; }

        public double Volatility { get; private init; }

        public double Sharpe { get; private init; }

        public double MaxDrawdown { get; private init; }

        public double Turnover { get; private init; }

        public double Invested { get; private init; }

        public double Holds { get; private init; }

        public static RuleRecord Of(WeightChoice choice, Dictionary<int, EquityTrace> traces, Span span, RiskFreeRate riskFree)
        {
            var equity = new double[span.To - span.From + 1];
            equity[0] = 1;
            var (drawdown, highest, turnover, invested, holds) = (0.0, 1.0, 0.0, 0.0, 0.0);
            Dictionary<int, double> before = [];
            for (var k = 0; k < choice.History.Count; k++)
            {
                var from = choice.History[k].Time / span.Ticks;
                var to = k + 1 < choice.History.Count ? choice.History[k + 1].Time / span.Ticks : span.To;
                var weights = Scaled(choice.History[k].Chosen);
                if (k > 0) turnover += Change(before, weights);
                before = weights.ToDictionary(w => w.Strategy, w => w.Weight);
                invested += weights.Sum(w => w.Weight) * (to - from);
                holds += (double)weights.Count(w => w.Weight != 0) * (to - from);
                for (var t = from; t < to; t++)
                {
                    var r = 0.0;
                    foreach (var (strategy, weight) in weights) r += weight * traces[strategy].ReturnOf(t);
                    var at = t - span.From;
                    var now = equity[at + 1] = Math.Max(0, equity[at] * (1 + r));
                    highest = Math.Max(highest, now);
                    drawdown = Math.Max(drawdown, 1 - now / highest);
                }
            }
            var periods = span.To - span.From;
            var years = periods * (span.Ticks / (double)TimeSpan.TicksPerDay) / 365.25;
            return Joined(equity, span, riskFree) with
            {
                YearlyReturn = equity[^1] > 0 ? PortableMath.Exp(PortableMath.Log(equity[^1]) / years) - 1 : -1,
                MaxDrawdown = drawdown,
                Turnover = turnover / years,
                Invested = invested / periods,
                Holds = holds / periods,
            };
        }

        // The last period is shorter if the trace periods do not divide into it.
        private static RuleRecord Joined(double[] equity, Span span, RiskFreeRate riskFree)
        {
            var perYear = 365.25 / span.PeriodDays;
            var count = (int)((span.To - span.From + span.Join - 1) / span.Join);
            var (returns, excess) = (new double[count], new double[count]);
            for (var i = 0; i < count; i++)
            {
                var (from, to) = ((long)i * span.Join, Math.Min((long)(i + 1) * span.Join, span.To - span.From));
                returns[i] = equity[from] > 0 ? equity[to] / equity[from] - 1 : 0;
                excess[i] = returns[i] - riskFree.At((span.From + from) * span.Ticks) / perYear;
            }
            var (own, above) = (Moments.OfReturns(returns), Moments.OfReturns(excess));
            return new RuleRecord(returns, excess, perYear)
            {
                Volatility = own.SampleDeviation * Math.Sqrt(perYear),
                Sharpe = above.SampleDeviation > 0 ? above.Mean / above.SampleDeviation * Math.Sqrt(perYear) : double.NaN,
            };
        }

        private static List<(int Strategy, double Weight)> Scaled(IReadOnlyList<(int Strategy, double Weight)> chosen)
        {
            var sum = Math.Max(1, chosen.Sum(c => c.Weight));
            return [.. chosen.Select(c => (c.Strategy, c.Weight / sum))];
        }

        private static double Change(Dictionary<int, double> before, List<(int Strategy, double Weight)> now)
        {
            var change = 0.0;
            foreach (var (strategy, weight) in now) change += Math.Abs(weight - before.GetValueOrDefault(strategy));
            var kept = now.Select(w => w.Strategy).ToHashSet();
            foreach (var (strategy, weight) in before.OrderBy(b => b.Key))
                if (!kept.Contains(strategy)) change += weight;
            return change;
        }
    }
}
