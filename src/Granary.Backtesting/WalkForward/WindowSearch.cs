using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;
using Granary.Learning.Search;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>A combination that a search tried in a window, with its result on all in-sample bars.</summary>
/// <param name="Statistics">Null if it ran on fewer bars, or failed.</param>
internal sealed record WindowTrial(PlannedTrial Trial, MetricSet? Statistics);

/// <summary>
/// Runs one search of a batch over the in-sample bars of a window. It has the objective of the walk-forward, and its seed follows from
/// the seed of the search and the window.
/// </summary>
/// <param name="past">The in-sample bars, with those that warm up factors before them.</param>
internal sealed class WindowSearch(WalkForwardInput input, WalkForwardWindow window, IReadOnlyDictionary<string, OpenedMarket> past)
{
    private readonly PartialBars _bars = new(past);

    /// <summary>Runs the search with the number <paramref name="search"/> of the plan.</summary>
    /// <returns>The different combinations that were tried, in their order.</returns>
    public async Task<IReadOnlyList<WindowTrial>> RunAsync(int search, IBatchHost host, CancellationToken cancellationToken)
    {
        var spec = input.SearchSpecs[search];
        var method = spec.CreateMethod(SeedOf(input.Plan.Searches[search].Seed));
        // By evaluation: a combination that continues with more bars is evaluated again.
        var (tried, numbers, trials) = (new List<TriedPoint>(), new List<int>(), new List<WindowTrial>());
        while (method.Next(tried) is { Count: > 0 } proposed)
        {
            var statistics = await EvaluateAsync(search, proposed, host, cancellationToken);
            foreach (var (point, set) in proposed.Zip(statistics))
            {
                if (point.Continues is null) trials.Add(new WindowTrial(new PlannedTrial(search, point.Values), null));
                var number = point.Continues is { } earlier ? numbers[earlier] : trials.Count - 1;
                if (point.Share >= 1) trials[number] = trials[number] with { Statistics = set };
                numbers.Add(number);
                tried.Add(new TriedPoint(point, set is null ? null : spec.ScoresOf(set)));
            }
        }
        return trials;
    }

    // Points that end at the same bar run as one pass.
    private async Task<MetricSet?[]> EvaluateAsync(int search, IReadOnlyList<ProposedPoint> points, IBatchHost host,
        CancellationToken cancellationToken)
    {
        var plan = input.Plan.With([.. points.Select(p => new PlannedTrial(search, p.Values))]).TradingFrom(window.From, 0);
        var first = input.Plan.Instances.Count;
        var ends = new SortedDictionary<long, List<int>>();
        for (var p = 0; p < points.Count; p++)
        {
            var instance = plan.Instances[first + p];
            // A market may have no bars in the window.
            if (!instance.Symbols.All(past.ContainsKey)) continue;
            var end = points[p].Share < 1 ? await _bars.EndOfAsync(instance, points[p].Share, cancellationToken) : long.MaxValue;
            if (!ends.TryGetValue(end, out var list)) ends.Add(end, list = []);
            list.Add(instance.Index);
        }
        var statistics = new MetricSet?[points.Count];
        foreach (var (end, strategies) in ends)
        {
            var included = strategies.ToHashSet();
            var outcomes = await new StrategyPass(plan, end == long.MaxValue ? past : _bars.Before(end))
            {
                Include = i => included.Contains(i.Index),
            }.OutcomesAsync(host, cancellationToken);
            foreach (var (strategy, outcome) in outcomes) statistics[strategy - first] = outcome.Statistics;
        }
        return statistics;
    }

    private ulong SeedOf(ulong seed)
    {
        var state = seed ^ ((ulong)window.Index + 1);
        return SplitMix64.Next(ref state);
    }
}
