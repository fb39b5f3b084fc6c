using Granary.Engine.Numerics;
using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

/// <summary>A function with a known minimum. Definitions: Surjanovic and Bingham, Virtual Library of Simulation Experiments.</summary>
internal sealed record TestFunction(string Name, IReadOnlyList<(double From, double To)> Bounds, Func<IReadOnlyList<double>, double> Value)
{
    public static IReadOnlyList<TestFunction> All { get; } =
    [
        new("branin", [(-5, 10), (0, 15)], Branin),
        new("hartmann-6", [.. Enumerable.Repeat((0.0, 1.0), 6)], Hartmann),
        new("rosenbrock-4", [.. Enumerable.Repeat((-5.0, 10.0), 4)], Rosenbrock),
    ];

    public ParameterSpace Space => new([.. Bounds.Select((b, d) => new RealDimension($"x{d}", b.From, b.To))]);

    /// <summary>Returns the lowest value of a search.</summary>
    public double Best(ISearchMethod method)
    {
        var tried = new List<TriedPoint>();
        while (method.Next(tried) is { Count: > 0 } round) tried.AddRange(round.Select(p => new TriedPoint(p, [-Value(p.Values)])));
        return -tried.Max(t => t.Objectives![0]);
    }

    /// <summary>Returns the median over seeds from 0 of the lowest value of a search.</summary>
    public double MedianBest(string method, int seeds, int trials)
    {
        var best = BestOfSeeds(method, seeds, trials);
        return 0.5 * (best[(seeds - 1) / 2] + best[seeds / 2]);
    }

    /// <summary>Returns the lowest values of the searches of seeds from 0, ascending.</summary>
    public double[] BestOfSeeds(string method, int seeds, int trials)
    {
        var best = new double[seeds];
        Parallel.For(0, seeds, i => best[i] = Best(SearchMethods.Create(method, Space, trials, 1, (ulong)i)));
        Array.Sort(best);
        return best;
    }

    private static double Branin(IReadOnlyList<double> x)
    {
        var (b, c) = (5.1 / (4 * Math.PI * Math.PI), 5 / Math.PI);
        var first = x[1] - b * x[0] * x[0] + c * x[0] - 6;
        return first * first + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x[0]) + 10;
    }

    private static double Hartmann(IReadOnlyList<double> x)
    {
        double[] alpha = [1, 1.2, 3, 3.2];
        double[][] a = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
        double[][] p =
        [
            [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
            [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
        ];
        var sum = 0.0;
        for (var i = 0; i < alpha.Length; i++)
        {
            var inner = 0.0;
            for (var d = 0; d < 6; d++) inner += a[i][d] * (x[d] - p[i][d]) * (x[d] - p[i][d]);
            sum -= alpha[i] * PortableMath.Exp(-inner);
        }
        return sum;
    }

    private static double Rosenbrock(IReadOnlyList<double> x)
    {
        var sum = 0.0;
        for (var d = 0; d + 1 < x.Count; d++)
        {
            var (curve, off) = (x[d + 1] - x[d] * x[d], x[d] - 1);
            sum += 100 * curve * curve + off * off;
        }
        return sum;
    }
}
