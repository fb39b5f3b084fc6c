using Granary.Application.Allocation;
using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Learning.Reinforcement.Evaluation;
using Granary.Learning.Reinforcement.Policies;
using Granary.Learning.Reinforcement.Training;
using Granary.Reporting.Runs;

namespace Granary.Application.Weighting;

/// <summary>
/// The rules <c>ppo</c> and <c>adaptive</c>: a policy is trained on each window of the past and weighs the strategies until the next one.
/// <c>adaptive</c> first selects strategies by matching pursuit, whose weights the policy tilts.
/// </summary>
internal sealed class AllocatorWeights
{
    public const string Ppo = "ppo", Adaptive = "adaptive";

    private readonly BatchPlan _plan;
    private readonly IReadOnlyDictionary<string, OpenedMarket> _markets;
    private readonly int _threads;
    private readonly AllocatorSpec _spec;
    private readonly RebalanceSpec _rebalance;
    private readonly List<(int Index, EquityTrace Trace)> _traces;

    private sealed record Window(long FromPeriod, long AtPeriod, long From, long At, int First, int Apply, int End, AllocationView View,
        AllocationView Stressed);

    private AllocatorWeights(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, int threads)
    {
        (_plan, _markets, _threads) = (plan, markets, threads);
        _spec = plan.Spec.Portfolio.Allocator ?? new AllocatorSpec();
        _rebalance = plan.Spec.Portfolio.Rebalance ?? new RebalanceSpec(CalendarSpan.OfDays(26 * 7), CalendarSpan.OfDays(104 * 7));
        var identical = IdenticalResults.Of(plan, outcomes);
        _traces = [.. plan.Instances.Select(i => (i.Index, outcomes.GetValueOrDefault(i.Index)?.Trace))
            .Where(t => t.Trace is not null && identical.IsFirst(t.Index)).Select(t => (t.Index, t.Trace!))];
    }

    /// <summary>Trains, tests and weighs.</summary>
    /// <exception cref="Json.InputException">The batch has more strategies than a policy can weigh.</exception>
    public static async Task<WeightChoice> ChooseAsync(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, IEventLog events, int threads, CancellationToken cancellationToken)
    {
        var weights = new AllocatorWeights(plan, outcomes, markets, threads);
        return await weights.ChooseAsync(events, cancellationToken);
    }

    private async Task<WeightChoice> ChooseAsync(IEventLog events, CancellationToken cancellationToken)
    {
        var portfolio = _plan.Spec.Portfolio;
        if (portfolio.Rule == Ppo && _traces.Count > AllocatorSpec.MostStrategies)
            throw portfolio.Place!.Need("weights").Fault($"ppo weighs at most {AllocatorSpec.MostStrategies} strategies and the batch has "
                + $"{_traces.Count}: use \"adaptive\", which selects among them first");
        var calendar = ScheduledWeights.CalendarOf(_rebalance, _traces.Select(t => t.Trace));
        var selected = calendar.Choices.Select(c => Select(c.From, c.At)).ToList();
        int[] union = [.. selected.SelectMany(s => s.Select(x => x.Index)).Distinct().Order()];
        if (union.Length == 0) return None(calendar.Note ?? "no window has a strategy to weigh, so nothing is weighted");
        var history = await AllocationHistory.ReadAsync(_plan, _markets, events, union, cancellationToken);
        var stressed = await AllocationHistory.StressedAsync(_plan, _markets, union, _threads, cancellationToken);
        var windows = Windows(calendar, selected, history, stressed);
        if (windows.Count == 0)
            return None("no window has enough rows to train an allocator on; use a longer portfolio.rebalance.window");
        var done = Train(windows, cancellationToken);
        var (schedule, steps, last) = Schedule(windows, done, union, history);
        var result = Judge(done);
        return new WeightChoice(last)
        {
            Schedule = schedule,
            From = windows[0].At,
            History = steps,
            Allocator = new AllocatorOutcome(result, Table(schedule, union, history, windows[0].Apply)),
            Notes = result.IsPromoted ? [] : [new RunNote(NoteCode.Weights, NotPromoted(result))],
        };
    }

    private static string NotPromoted(AllocatorResult result)
    {
        var worst = result.Improvements.Concat(result.StressedImprovements).MinBy(i => i.Probability.Low);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The learned weights are not promoted: the lower bound of their probability of improvement over {worst.Baseline} is "
                + $"{worst.Probability.Low:0.00}, at stressed costs included, and more than 0.50 is needed. Trade another rule.");
    }

    private WeightChoice None(string note) =>
        new(new double[_plan.Instances.Count])
        {
            Schedule = new WeightSchedule(_plan.Instances.Count),
            Notes = [new RunNote(NoteCode.Weights, note)],
        };

    // The strategies of a window in the order of the plan, with the weights that the policy tilts.
    private IReadOnlyList<(int Index, double Weight)> Select(long from, long to)
    {
        if (_plan.Spec.Portfolio.Rule == Ppo) return [.. _traces.Select(t => (t.Index, 1.0))];
        return [.. ScheduledWeights.Pursue(_traces, from, to, _rebalance).Where(c => c.Weight > 0).OrderBy(c => c.Strategy)
            .Take(AllocatorSpec.MostStrategies).Select(c => (c.Strategy, c.Weight))];
    }

    private List<Window> Windows(ScheduledWeights.Calendar calendar, List<IReadOnlyList<(int Index, double Weight)>> selected,
        AllocationHistory history, AllocationHistory stressed)
    {
        var windows = new List<Window>();
        var views = new Dictionary<string, (AllocationView, AllocationView)>(StringComparer.Ordinal);
        for (var c = 0; c < calendar.Choices.Count; c++)
        {
            var (fromPeriod, atPeriod) = calendar.Choices[c];
            var (from, at) = (fromPeriod * calendar.Ticks, atPeriod * calendar.Ticks);
            var (first, apply) = (history.Timeline.RowAt(from), history.Timeline.RowAt(at));
            var end = c + 1 < calendar.Choices.Count ? history.Timeline.RowAt(calendar.Choices[c + 1].At * calendar.Ticks)
                : history.Timeline.Rows;
            if (selected[c].Count == 0 || end - apply < 2 || !AllocatorTraining.IsEnough(_spec, apply - first)) continue;
            int[] strategies = [.. selected[c].Select(s => s.Index)];
            double[] weights = [.. selected[c].Select(s => s.Weight)];
            var key = string.Join(',', selected[c].Select(s => $"{s.Index}:{s.Weight:R}"));
            if (!views.TryGetValue(key, out var view))
                views.Add(key, view = (history.View(strategies, weights), stressed.View(strategies, weights)));
            windows.Add(new Window(fromPeriod, atPeriod, from, at, first, apply, end, view.Item1, view.Item2));
        }
        return windows;
    }

    // Each seed of each window is a piece of its own: the threads change the time and nothing else.
    private List<AllocatorWindow> Train(List<Window> windows, CancellationToken cancellationToken)
    {
        var seeds = _spec.Seeds;
        var trained = new TrainedAllocator[windows.Count * seeds];
        var (tests, stressed) = (new double[trained.Length], new double[trained.Length]);
        using var team = new ThreadTeam(_threads);
        team.Run(trained.Length, i =>
        {
            var w = windows[i / seeds];
            trained[i] = AllocatorTraining.Train(w.View, _spec, w.First, w.Apply, (long)_plan.Spec.Seed + i % seeds, cancellationToken);
            tests[i] = AllocatorTraining.Growth(w.View, trained[i].Policy, w.Apply, w.End);
            stressed[i] = AllocatorTraining.Growth(w.Stressed, trained[i].Policy, w.Apply, w.End);
        });
        return [.. windows.Select((w, k) =>
        {
            var own = trained[(k * seeds)..((k + 1) * seeds)];
            var chosen = 0;
            for (var s = 1; s < seeds; s++)
                if (own[s].Validation > own[chosen].Validation)
                    chosen = s;
            return new AllocatorWindow(w.From, w.At, w.View.Strategies, own, chosen, tests[(k * seeds)..((k + 1) * seeds)],
                stressed[(k * seeds)..((k + 1) * seeds)], Baselines(w));
        })];
    }

    private List<(string, double, double)> Baselines(Window w)
    {
        var byIndex = _traces.ToDictionary(t => t.Index, t => t.Trace);
        List<EquityTrace> traces = [.. w.View.Strategies.Select(s => byIndex[s])];
        List<(string, double, double)> all = [.. BaselineWeights.Names.Select(name =>
        {
            var weights = BaselineWeights.Of(name, traces, w.FromPeriod, w.AtPeriod);
            return (name, AllocatorTraining.Growth(w.View, weights, w.Apply, w.End),
                AllocatorTraining.Growth(w.Stressed, weights, w.Apply, w.End));
        })];
        var held = w.View.MarketGrowth(w.Apply, w.End);
        all.Add((BaselineWeights.Hold, held, held));
        return all;
    }

    private static AllocatorResult Judge(List<AllocatorWindow> windows)
    {
        List<(string, ImprovementProbability)> Improvements(Func<AllocatorWindow, double[]> own,
            Func<AllocatorWindow, int, double> other) =>
            [.. windows[0].Baselines.Select((b, k) =>
                (b.Name, ImprovementProbability.Of([.. windows.Select(w => (own(w), new[] { other(w, k) }))])))];
        List<(string, InterquartileMean)> growth = [("ppo", InterquartileMean.Of([.. windows.Select(w => w.Tests)]))];
        for (var b = 0; b < windows[0].Baselines.Count; b++)
            growth.Add((windows[0].Baselines[b].Name, InterquartileMean.Of([.. windows.Select(w => new[] { w.Baselines[b].Growth })])));
        return new AllocatorResult(windows, growth, Improvements(w => w.Tests, (w, k) => w.Baselines[k].Growth),
            Improvements(w => w.Stressed, (w, k) => w.Baselines[k].Stressed));
    }

    // One account through all windows, as the portfolio has: its weights are the schedule.
    private (WeightSchedule, List<WeightStep>, double[] Last) Schedule(List<Window> windows, List<AllocatorWindow> done, int[] union,
        AllocationHistory history)
    {
        var (begin, end) = (windows[0].Apply, windows[^1].End);
        var account = new AllocationAccount(history.Timeline, _plan, history.Instruments, union, end - begin);
        var schedule = new WeightSchedule(_plan.Instances.Count);
        var steps = new List<WeightStep>();
        var weights = new double[union.Length];
        account.Start(begin);
        for (var k = 0; k < windows.Count; k++)
        {
            var (view, policy) = (windows[k].View, done[k].Seeds[done[k].Chosen].Policy);
            int[] places = [.. view.Strategies.Select(s => Array.BinarySearch(union, s))];
            double[] own = [.. places.Select(p => weights[p])], observation = new double[view.Observer.Size];
            var action = new double[own.Length + 1];
            var first = account.Row;
            while (account.Row < windows[k].End)
            {
                view.Observe(account, own, observation);
                policy.Decide(observation, action);
                view.ToWeights(action, own);
                Array.Clear(weights);
                for (var i = 0; i < places.Length; i++) weights[places[i]] = own[i];
                var time = history.Timeline.TimeOf(account.Row);
                for (var i = 0; i < union.Length; i++) schedule.Set(union[i], time, weights[i]);
                if (account.Row == first) steps.Add(new WeightStep(time, [.. places.Select((p, i) => (union[p], own[i]))]));
                account.Decide(weights);
            }
        }
        var last = new double[_plan.Instances.Count];
        for (var i = 0; i < union.Length; i++) last[union[i]] = weights[i];
        return (schedule, steps, last);
    }

    // At most so many points, for the report.
    private WeightTable Table(WeightSchedule schedule, int[] union, AllocationHistory history, int begin)
    {
        const int most = 400;
        var rows = history.Timeline.Rows - begin;
        var points = Math.Min(rows, most);
        var times = new long[points];
        var values = new double[points][];
        for (var p = 0; p < points; p++)
        {
            times[p] = history.Timeline.TimeOf(begin + (int)((long)p * rows / points));
            values[p] = [.. union.Select(s => schedule.At(s, times[p]))];
        }
        return new WeightTable(times, [.. union.Select(s => _plan.Instances[s].Id)], values);
    }
}
