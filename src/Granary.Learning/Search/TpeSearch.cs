using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// Tree-structured Parzen estimator (Bergstra et al. 2011) of all dimensions at once, as Optuna has it: the best points have one density,
/// the
/// others have another one, and of some candidates from the first density the one with the largest ratio of both is proposed.
/// </summary>
/// <remarks>
/// A good point has a weight by its improvement (Watanabe 2023, "Tree-structured Parzen estimator: understanding its algorithm components
/// and their roles for better empirical performance"). With several objectives the good points are the first fronts, weighted by
/// the hypervolume that only they dominate (Ozaki et al. 2022). A point of the same round counts as a bad one until it is evaluated
/// ("constant liar", Ginsbourger, Le Riche and Carraro 2010),
/// so that a round spreads. A failed or undefined point always counts as a bad one.
/// </remarks>
internal sealed class TpeSearch(ParameterSpace space, int trials, ulong seed, TpeSettings settings) : ISearchMethod
{
    private const double Floor = 0.25;

    private readonly Axis[] _axes = [.. space.Dimensions.Select(Axis.From)];
    private readonly SobolSearch _start = new(space, trials, seed);

    public IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried)
    {
        var defined = tried.Count(t => Objectives.AreDefined(t.Objectives));
        var count = Math.Min(trials - tried.Count, defined < settings.Startup ? settings.Startup : settings.Round);
        if (defined < settings.Startup) return _start.Next(tried, count);
        var pool = new PointPool(space, _axes, tried);
        var best = (int)Math.Min(Math.Ceiling(settings.BestShare * defined), settings.MaxBest);
        HashSet<int> good = [.. Objectives.Rank([.. tried.Select(t => t.Objectives)], best)];
        var inside = GoodDensity([.. tried.Where((_, i) => good.Contains(i))]);
        var others = tried.Where((_, i) => !good.Contains(i)).Select(t => t.Point.Values).ToList();
        var points = new List<ProposedPoint>();
        while (points.Count < count)
        {
            var outside = new ParzenEstimator(_axes, others, RecentWeights(others.Count));
            var random = new PortableRandom((long)seed, tried.Count + points.Count);
            if (Propose(pool, inside, outside, ref random) is not { } values) break;
            pool.Take(values);
            points.Add(new(values));
            others.Add(values);
        }
        return points;
    }

    private double[]? Propose(PointPool pool, ParzenEstimator inside, ParzenEstimator outside, ref PortableRandom random)
    {
        double[]? best = null;
        var most = double.NegativeInfinity;
        var found = 0;
        for (var i = 0; i < settings.Candidates * TpeSettings.Redraws && found < settings.Candidates; i++)
        {
            var values = inside.Draw(ref random);
            if (!pool.Accepts(values)) continue;
            found++;
            var ratio = inside.LogDensity(values) - outside.LogDensity(values);
            if (best is null || ratio > most) (best, most) = (values, ratio);
        }
        return best ?? pool.Draw(ref random);
    }

    private ParzenEstimator GoodDensity(IReadOnlyList<TriedPoint> good)
    {
        var objectives = good.Select(t => t.Objectives!).ToList();
        var weights = objectives[0].Count > 1 ? Objectives.Contributions(objectives) : Improvements([.. objectives.Select(o => o[0])]);
        return new(_axes, [.. good.Select(t => t.Point.Values)], weights);
    }

    // A good point counts by how much it improves on the worst of the good ones: 1 on average and a quarter at least.
    private static double[] Improvements(double[] values)
    {
        var worst = values.Min();
        var mean = values.Sum(v => v - worst) / values.Length;
        return [.. values.Select(v => mean > 0 && double.IsFinite(mean) ? Floor + (1 - Floor) * (v - worst) / mean : 1)];
    }

    // 1 for the last 25 points; those before rise from 1/n to 1.
    private static double[] RecentWeights(int count)
    {
        var weights = new double[count];
        Array.Fill(weights, 1);
        var ramp = count - TpeSettings.Recent;
        for (var i = 0; i < ramp; i++) weights[i] = ramp == 1 ? 1.0 / count : 1.0 / count + (1 - 1.0 / count) * i / (ramp - 1);
        return weights;
    }
}
