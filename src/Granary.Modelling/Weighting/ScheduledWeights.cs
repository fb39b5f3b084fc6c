using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio;
using Granary.Learning.Regimes;
using Granary.Learning.Registry;
using Granary.Learning.Tracking;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Weighting;

/// <summary>The fields of a trade that weights by regime state need.</summary>
/// <param name="KnownAt">Time at which its outcome was known, UTC ticks.</param>
/// <param name="State">Regime state at the time of its signal; −1 for none.</param>
internal readonly record struct StateTrade(int Strategy, long SignalledAt, long KnownAt, int State, double Profit);

/// <summary>Chooses new weights at intervals, each time from the strategies' past data only.</summary>
internal static class ScheduledWeights
{
    // Times of the choices in trace periods. A choice at <c>At</c> uses the periods from <c>From</c> on.
    internal sealed record Calendar(long Ticks, IReadOnlyList<(long From, long At)> Choices, string? Note);

    internal static Calendar CalendarOf(RebalanceSpec spec, IEnumerable<EquityTrace> traces)
    {
        var (first, last, ticks) = (long.MaxValue, long.MinValue, 0L);
        foreach (var trace in traces)
        {
            ticks = trace.PeriodTicks;
            first = Math.Min(first, trace.FirstPeriod);
            last = Math.Max(last, trace.LastPeriod);
        }
        if (ticks == 0) return new Calendar(TimeSpan.TicksPerDay, [], "no strategy left an equity, so no weights could be chosen");
        var periods = last - first + 1;
        // The times follow the calendar. A choice knows the periods that have ended by then.
        var start = first * ticks;
        var begin = spec.Window is { } w ? w.After(start)
            : start + Math.Min(periods / 4 * ticks, (long)(RebalanceSpec.Default.Window!.Value.NominalDays * TimeSpan.TicksPerDay));
        long At(long timestamp) => (timestamp + ticks - 1) / ticks;
        var window = Math.Max(2, At(begin) - first);
        var schedule = new RetrainingSchedule(begin, spec.Every, spec.Window);
        var choices = new List<(long From, long At)>();
        for (var k = 0; ; k++)
        {
            var timestamp = schedule.TimeOf(k);
            var at = Math.Max(At(timestamp), choices.Count > 0 ? choices[^1].At + 1 : first + window);
            if (at > last) break;
            choices.Add((schedule.WindowOf(timestamp) is { } past ? Math.Clamp(At(past), first, at - 2) : first, at));
        }
        return new Calendar(ticks, choices, choices.Count > 0 ? null
            : $"the record has {periods} periods, no more than the window of {window} that weights are chosen from: nothing is weighted; "
                + $"use a shorter portfolio.rebalance.window");
    }

    /// <summary>Whether a rule chooses weights over time, each from the past equity alone.</summary>
    public static bool IsFor(PortfolioSpec portfolio) => portfolio.Rule is WeightMethods.MatchingPursuit or WeightMethods.Score
        || WeightMethods.IsAllocation(portfolio.Rule)
        || portfolio is { Rule: WeightMethods.Winners or WeightMethods.Equal, Rebalance: not null };

    /// <summary>Applies the rules that use the strategies' equity: winners, equal, score, matching-pursuit, allocation methods.</summary>
    public static WeightChoice ByEquity(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, string rule, RebalanceSpec spec)
    {
        var identical = IdenticalResults.Of(plan, outcomes);
        var whole = plan.Instances.Select(i => (i.Index, Trace: outcomes.GetValueOrDefault(i.Index)?.Trace))
            .Where(t => t.Trace is not null).Select(t => (t.Index, Trace: t.Trace!)).ToList();
        if (WeightMethods.IsAllocation(rule))
            return ByAllocation(AllocationRule.Of(plan, rule, spec), whole, plan.Instances.Count, spec);
        return ByRule(rule, [.. whole.Where(t => identical.IsFirst(t.Index))], (plan.Instances.Count, identical.Repeated), spec);
    }

    /// <summary>Applies winners, equal, score or matching-pursuit to units: strategies, or groups of a walk-forward.</summary>
    /// <param name="traces">Equity of the units that have one, in the order of the units; of those that repeat another one, none.</param>
    /// <param name="units">The number of units, and how many of them repeat another one.</param>
    public static WeightChoice ByRule(string rule, IReadOnlyList<(int Unit, EquityTrace Trace)> traces, (int All, int Repeated) units,
        RebalanceSpec spec) =>
        Over(CalendarOf(spec, traces.Select(t => t.Trace)), units.All, (from, at, _) => rule switch
        {
            WeightMethods.Winners =>
                [.. traces.Where(t => t.Trace.IsWinner(from, at)).Select(t => (t.Unit, 1.0))],
            WeightMethods.Equal => [.. traces.Select(t => (t.Unit, 1.0 / (units.All - units.Repeated)))],
            WeightMethods.Score => ByScore(traces, from, at, spec),
            _ => Pursue(traces, from, at, spec),
        });

    /// <summary>Applies an allocation method to units: strategies, or groups of a walk-forward.</summary>
    /// <param name="traces">Equity of the units that have one, in the order of the units.</param>
    public static WeightChoice ByAllocation(AllocationRule rule, IReadOnlyList<(int Unit, EquityTrace Trace)> traces, int units,
        RebalanceSpec spec)
    {
        AllocationChoice? last = null;
        var choice = Over(CalendarOf(spec, traces.Select(t => t.Trace)), units, (from, at, previous) =>
        {
            last = rule.Choose(traces, from, at, previous);
            return last.Chosen;
        });
        return choice with { Allocation = last };
    }

    // choose: the weights from the periods [from, at), with the weights in force (null before the first choice).
    private static WeightChoice Over(Calendar calendar, int units,
        Func<long, long, double[]?, IReadOnlyList<(int Unit, double Weight)>> choose)
    {
        var schedule = new WeightSchedule(units);
        var history = new List<WeightStep>();
        var last = new double[units];
        foreach (var (from, at) in calendar.Choices)
        {
            var chosen = choose(from, at, history.Count > 0 ? last : null);
            Array.Clear(last);
            foreach (var (unit, weight) in chosen) last[unit] = weight;
            for (var i = 0; i < last.Length; i++) schedule.Set(i, at * calendar.Ticks, last[i]);
            history.Add(new WeightStep(at * calendar.Ticks, chosen));
        }
        return new WeightChoice(last)
        {
            Schedule = schedule,
            From = calendar.Choices.Count > 0 ? calendar.Choices[0].At * calendar.Ticks : null,
            History = history,
            Notes = calendar.Note is null ? [] : [new RunNote(NoteCode.Weights, calendar.Note)],
        };
    }

    // Takes the strategies by descending Sharpe ratio over the window, skipping those that correlate too much with a better one. The
    // weights are proportional to the ratio. It is infinite for a gain without deviation: such strategies share the weight equally, and
    // leave nothing to others.
    private static IReadOnlyList<(int Strategy, double Weight)> ByScore(IReadOnlyList<(int Index, EquityTrace Trace)> traces, long from,
        long to, RebalanceSpec spec)
    {
        var scored = new List<(int Index, double Score, double[] Returns)>();
        foreach (var (index, trace) in traces)
        {
            // A ruined account has no score.
            if (trace.FirstPeriod > from || !(trace.EquityAt(to - 1) > 0)) continue;
            var returns = trace.Returns(from, to);
            var moments = Moments.OfReturns(returns);
            // Equal returns above zero have no deviation: their score is infinite.
            if (moments is { Mean: > 0, Count: > 1 }) scored.Add((index, moments.Mean / moments.SampleDeviation, returns));
        }
        var chosen = new List<(int Index, double Score, double[] Returns)>();
        foreach (var candidate in scored.OrderByDescending(s => s.Score).ThenBy(s => s.Index))
        {
            if (chosen.Count == spec.MaxStrategies) break;
            if (!chosen.Any(c => PearsonCorrelation.Of(c.Returns, candidate.Returns, Variation.OfReturns) > spec.MaxCorrelation))
                chosen.Add(candidate);
        }
        if (chosen.Count(c => double.IsInfinity(c.Score)) is > 0 and var steady)
            return [.. chosen.Take(steady).Select(c => (c.Index, Math.Min(1.0 / steady, spec.MaxWeight)))];
        var sum = chosen.Sum(c => c.Score);
        return [.. chosen.Select(c => (c.Index, Math.Min(c.Score / sum, spec.MaxWeight)))];
    }

    internal static IReadOnlyList<(int Strategy, double Weight)> Pursue(IReadOnlyList<(int Index, EquityTrace Trace)> traces, long from,
        long to, RebalanceSpec spec)
    {
        // A strategy without data at the start of the window, or with a loss over it, cannot improve a long-only choice.
        var (names, columns, byName) = (new List<string>(), new List<double[]>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (index, trace) in traces)
        {
            if (trace.FirstPeriod > from || !trace.IsWinner(from, to)) continue;
            var name = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
            byName.Add(name, index);
            names.Add(name);
            columns.Add(trace.Returns(from, to));
        }
        if (names.Count == 0) return [];
        var fit = SparseSelection.Choose(ReturnPanel.FromColumns(names, columns), spec.MaxStrategies, spec.MaxCorrelation, spec.MaxWeight);
        return [.. fit.Chosen.Select((name, k) => (byName[name], fit.Weights[k]))];
    }

    /// <summary>Applies the rule <c>regime</c>: a strategy trades in those states in which its past trades were profitable.</summary>
    /// <param name="trades">Closed trades, in any order.</param>
    /// <param name="changes">By strategy index: the states of its market with the times from which they were known, in order.</param>
    public static WeightChoice ByState(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, IReadOnlyList<StateTrade> trades,
        Func<int, IReadOnlyList<(long Time, int State)>> changes, int states, RebalanceSpec spec)
    {
        var calendar = CalendarOf(spec, outcomes.Values.Select(o => o.Trace).OfType<EquityTrace>());
        var identical = IdenticalResults.Of(plan, outcomes);
        var schedule = new WeightSchedule(plan.Instances.Count);
        var history = new List<WeightStep>();
        var ordered = trades.OrderBy(t => t.KnownAt).ThenBy(t => t.Strategy).ToList();
        var byState = new double[]?[plan.Instances.Count];
        for (var c = 0; c < calendar.Choices.Count; c++)
        {
            var (from, at) = (calendar.Choices[c].From * calendar.Ticks, calendar.Choices[c].At * calendar.Ticks);
            var until = c + 1 < calendar.Choices.Count ? calendar.Choices[c + 1].At * calendar.Ticks : long.MaxValue;
            var learnt = RegimeWeights.Learn(ordered.Where(t => t.SignalledAt >= from && t.KnownAt <= at)
                .Select(t => new RegimeTrade(plan.Instances[t.Strategy].Id, t.State, t.Profit)), states, spec.MinTrades);
            var chosen = new List<(int, double)>();
            foreach (var instance in plan.Instances)
            {
                if (!identical.IsFirst(instance.Index)) continue;
                var weights = new double[states];
                for (var s = 0; s < states; s++) weights[s] = learnt[instance.Id, s];
                byState[instance.Index] = weights;
                var most = weights.Max();
                if (most > 0) chosen.Add((instance.Index, most));
                var now = -1;
                foreach (var (time, state) in changes(instance.Index))
                {
                    if (time >= until) break;
                    if (time <= at) now = state;
                    else
                    {
                        if (now != -2) schedule.Set(instance.Index, at, now < 0 ? 0 : weights[now]);
                        now = -2;
                        schedule.Set(instance.Index, time, state < 0 ? 0 : weights[state]);
                    }
                }
                if (now != -2) schedule.Set(instance.Index, at, now < 0 ? 0 : weights[now]);
            }
            history.Add(new WeightStep(at, chosen));
        }
        return new WeightChoice([.. byState.Select(w => w?.Max() ?? 0)])
        {
            Schedule = schedule,
            From = calendar.Choices.Count > 0 ? calendar.Choices[0].At * calendar.Ticks : null,
            History = history,
            ByState = byState,
            Notes = calendar.Note is null ? [] : [new RunNote(NoteCode.Weights, calendar.Note)],
        };
    }

    /// <summary>Applies the weights by state of a production configuration, as a session of it does.</summary>
    /// <param name="weights">Weights by strategy index; a strategy without weights by state keeps its own.</param>
    /// <param name="given">Weights in each state, by strategy id.</param>
    /// <param name="changes">As of <see cref="ByState"/>.</param>
    internal static WeightChoice Given(BatchPlan plan, double[] weights, IReadOnlyDictionary<string, IReadOnlyList<double>> given,
        Func<int, IReadOnlyList<(long Time, int State)>> changes)
    {
        // The account begins with the bars, and its strategies with their first state.
        var schedule = new WeightSchedule(plan.Instances.Count) { Begin = 0 };
        var byState = new double[]?[plan.Instances.Count];
        foreach (var instance in plan.Instances)
        {
            var index = instance.Index;
            if (weights[index] == 0) continue;
            if (given.TryGetValue(instance.Id, out var own))
            {
                byState[index] = [.. own];
                foreach (var (time, state) in changes(index)) schedule.Set(index, time, state < 0 ? 0 : own[state]);
            }
            else schedule.Set(index, 0, weights[index]);
        }
        return new WeightChoice(weights)
        {
            Schedule = schedule,
            ByState = byState,
            Members = [.. weights.Select(w => w != 0 ? 1.0 : 0)],
        };
    }
}
