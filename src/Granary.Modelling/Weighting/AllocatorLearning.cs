using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Modelling.Allocation;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Trains a policy on each window of the past, tests it on the rows until the next window, and compares it with baselines. The policy then
/// decides the weights of these rows. With the rule <c>adaptive</c>, matching pursuit first selects units, and the policy tilts their
/// weights.
/// </summary>
internal sealed class AllocatorLearning
{
    private readonly AllocatorInput _input;
    private readonly bool _selects;

    private sealed record Window
    {
        public required long FromPeriod { get; init; }

        public required long AtPeriod { get; init; }

        public required long From { get; init; }

        public required long At { get; init; }

        public required int First { get; init; }

        public required int Apply { get; init; }

        public required int End { get; init; }

        public required int[] Places { get; init; }

        public required AllocationView View { get; init; }

        public required AllocationView Stressed { get; init; }
    }

    private AllocatorLearning(AllocatorInput input) =>
        (_input, _selects) = (input, input.Plan.Spec.Portfolio.Rule == WeightMethods.Adaptive);

    /// <summary>Trains, tests and compares the policies, and decides the weights.</summary>
    /// <returns>The outcome; or null and the reason why there is none.</returns>
    /// <exception cref="InputException">There are more units than a policy can weigh.</exception>
    public static async Task<(AllocatorOutcome? Outcome, string Why)> RunAsync(AllocatorInput input, CancellationToken cancellationToken)
    {
        if (input.Plan.Spec.Portfolio.Rule == WeightMethods.Ppo && input.Units.Count > AllocatorSpec.MostStrategies)
            throw input.Plan.Spec.Portfolio.Place!.Need("weights").Fault($"ppo weighs at most {AllocatorSpec.MostStrategies} "
                + $"strategies and the batch has {input.Units.Count}: use \"adaptive\", which selects among them first");
        return await new AllocatorLearning(input).RunAsync(cancellationToken);
    }

    private async Task<(AllocatorOutcome? Outcome, string Why)> RunAsync(CancellationToken cancellationToken)
    {
        var (plan, units) = (_input.Plan, _input.Units);
        var calendar = ScheduledWeights.CalendarOf(_input.Rebalance, _input.Traces);
        var selected = calendar.Choices.Select(c => Select(c.From, c.At)).ToList();
        int[] places = [.. selected.SelectMany(s => s.Select(x => x.Place)).Distinct().Order()];
        if (places.Length == 0) return (null, calendar.Note ?? "no window has a strategy to weigh, so nothing is weighted");
        var union = units.Select(plan, places);
        var history = await _input.ReadAsync(union);
        var stressed = await _input.ReadStressedAsync(union);
        var windows = Windows(calendar, selected, history, stressed);
        if (windows.Count == 0)
            return (null, "no window has enough rows to train an allocator on; use a longer portfolio.rebalance.window");
        var done = Train(windows, cancellationToken);
        return (Decide(windows, done, places, history, Judge(done)), "");
    }

    // The units of a window in their order, with the base weights that the policy tilts.
    private IReadOnlyList<(int Place, double Weight)> Select(long from, long to)
    {
        List<(int, EquityTrace)> traces = [.. _input.Traces.Select((t, place) => (place, t))];
        if (!_selects) return [.. traces.Select(t => (t.Item1, 1.0))];
        return [.. ScheduledWeights.Pursue(traces, from, to, _input.Rebalance).Where(c => c.Weight > 0).OrderBy(c => c.Strategy)
            .Take(AllocatorSpec.MostStrategies).Select(c => (c.Strategy, c.Weight))];
    }

    private List<Window> Windows(ScheduledWeights.Calendar calendar, List<IReadOnlyList<(int Place, double Weight)>> selected,
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
            if (selected[c].Count == 0) continue;
            if (Math.Min(end, history.Timeline.Rows - 1) <= apply || !AllocatorTraining.IsEnough(_input.Spec, apply - first))
            {
                // Without a new policy, the one in force goes on.
                if (windows.Count > 0 && windows[^1].End == apply) windows[^1] = windows[^1] with { End = end };
                continue;
            }
            int[] places = [.. selected[c].Select(s => s.Place)];
            double[] weights = [.. selected[c].Select(s => s.Weight)];
            var key = string.Join(',', selected[c].Select(s => $"{s.Place}:{s.Weight:R}"));
            if (!views.TryGetValue(key, out var view))
            {
                var units = _input.Units.Select(_input.Plan, places);
                views.Add(key, view = (history.View(units, weights), stressed.View(units, weights)));
            }
            windows.Add(new Window
            {
                FromPeriod = fromPeriod,
                AtPeriod = atPeriod,
                From = from,
                At = at,
                First = first,
                Apply = apply,
                End = end,
                Places = places,
                View = view.Item1,
                Stressed = view.Item2,
            });
        }
        return windows;
    }

    // Each seed of each window is an independent work item, so the number of threads changes the duration but not the result.
    private List<AllocatorWindow> Train(List<Window> windows, CancellationToken cancellationToken)
    {
        var (spec, seeds) = (_input.Spec, _input.Spec.Seeds);
        var trained = new TrainedAllocator[windows.Count * seeds];
        var (tests, stressed) = (new double[trained.Length], new double[trained.Length]);
        using var team = new ThreadTeam(_input.Threads);
        team.Run(trained.Length, i =>
        {
            var (w, seed) = (windows[i / seeds], (long)_input.Plan.Spec.Seed + i % seeds);
            trained[i] = Train(w, i / seeds + 1, windows.Count, seed, cancellationToken);
            tests[i] = AllocatorTraining.Growth(w.View, trained[i].Policy, spec.Band, (w.Apply, w.End));
            stressed[i] = AllocatorTraining.Growth(w.Stressed, trained[i].Policy, spec.Band, (w.Apply, w.End));
        });
        return [.. windows.Select((w, k) =>
        {
            var own = trained[(k * seeds)..((k + 1) * seeds)];
            var chosen = 0;
            for (var s = 1; s < seeds; s++)
                if (own[s].Validation > own[chosen].Validation)
                    chosen = s;
            return new AllocatorWindow(w.From, w.At, w.View.Units.Names, own, chosen, tests[(k * seeds)..((k + 1) * seeds)],
                stressed[(k * seeds)..((k + 1) * seeds)], Baselines(w))
            {
                Validated = w.View.Timeline.TimeOf(AllocatorTraining.ValidationOf(spec, w.First, w.Apply)),
                To = w.End < w.View.Timeline.Rows ? w.View.Timeline.TimeOf(w.End) : w.View.Timeline.TimeOf(w.End - 1),
            };
        })];
    }

    private TrainedAllocator Train(Window w, int number, int windows, long seed, CancellationToken cancellationToken)
    {
        var key = $"window-{number}-seed-{seed}";
        if (_input.Checkpoints?.Find(key) is { } known) return known;
        var progress = _input.Progress;
        Action<bool, TrainingCurvePoint>? report = progress is null ? null
            : (isLast, point) => progress.Report(new AllocatorProgress(number, windows, seed, isLast, point));
        var trained = AllocatorTraining.Train(w.View, _input.Spec, (w.First, w.Apply), seed, report, cancellationToken);
        _input.Checkpoints?.Keep(key, trained);
        return trained;
    }

    private List<(string, double, double)> Baselines(Window w)
    {
        List<EquityTrace> traces = [.. w.Places.Select(p => _input.Traces[p])];
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

    // One account runs through all windows, as in the portfolio.
    private AllocatorOutcome Decide(List<Window> windows, List<AllocatorWindow> done, int[] union, AllocationHistory history,
        AllocatorResult result)
    {
        var (begin, end) = (windows[0].Apply, history.Timeline.Rows);
        var account = new AllocationAccount(history.Timeline, _input.Plan, history.Instruments, _input.Units.Select(_input.Plan, union),
            end - begin);
        var (steps, policies) = (new List<WeightStep>(), new List<WeightPolicy>());
        var weights = new double[union.Length];
        account.Start(begin);
        // Where nothing was selected, nothing is weighted. The next policy has learned from these rows, and decides none of them.
        void Rest(int to)
        {
            if (account.Row >= to) return;
            Array.Clear(weights);
            steps.Add(new WeightStep(history.Timeline.TimeOf(account.Row), []));
            while (account.Row < to) account.Decide(weights);
        }
        for (var k = 0; k < windows.Count; k++)
        {
            Rest(windows[k].Apply);
            var view = windows[k].View;
            var policy = new WeightPolicy(view.Units.Names, view.BaseWeights, done[k].Seeds[done[k].Chosen].Policy,
                _input.Spec.Band);
            policies.Add(policy);
            int[] places = [.. windows[k].Places.Select(p => Array.BinarySearch(union, p))];
            double[] own = [.. places.Select(p => weights[p])], observation = new double[view.Observer.Size];
            var first = account.Row;
            while (account.Row < windows[k].End)
            {
                view.Observe(account, own, observation);
                policy.Decide(observation, own);
                Array.Clear(weights);
                for (var i = 0; i < places.Length; i++) weights[places[i]] = own[i];
                if (account.Row == first)
                    steps.Add(new WeightStep(history.Timeline.TimeOf(first), [.. view.Units.Indices.Select((u, i) => (u, own[i]))]));
                account.Decide(weights);
            }
        }
        Rest(end);
        return new AllocatorOutcome(result, account.Weights, policies) { Steps = steps };
    }
}
