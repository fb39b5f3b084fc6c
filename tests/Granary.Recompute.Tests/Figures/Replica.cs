namespace Granary.Recompute.Tests.Figures;

/// <summary>An index replicated by a few of the columns of a panel.</summary>
/// <param name="Names">Columns in the order of choice.</param>
/// <param name="Weights">One of each.</param>
/// <param name="Intercept">Of a period.</param>
internal sealed record Replica(IReadOnlyList<int> Names, double[] Weights, double Intercept)
{
    /// <summary>Orthogonal matching pursuit: the column that explains most of what is left, then all weights again
    /// (Pati and others 1993).</summary>
    public static Replica Pursued(IReadOnlyList<double[]> columns, double[] target, int most, bool hasIntercept)
    {
        var names = new List<int>();
        var centred = hasIntercept ? [.. columns.Select(Centred)] : columns;
        var goal = hasIntercept ? Centred(target) : target;
        double[] weights = [];
        while (names.Count < most)
        {
            var left = LeastSquares.Residual([.. names.Select(k => centred[k])], goal, weights);
            names.Add(Enumerable.Range(0, columns.Count).Where(k => !names.Contains(k))
                .MaxBy(k => Math.Abs(LeastSquares.Product(columns[k], left))));
            weights = LeastSquares.Free([.. names.Select(k => centred[k])], goal);
        }
        return Of(columns, target, names, weights, hasIntercept);
    }

    /// <summary>Weights from 0 to a largest one that add up to 1: of all sets of names the best, in no order.</summary>
    public static Replica Best(IReadOnlyList<double[]> columns, double[] target, int most, double largest) =>
        Sets(columns.Count, most).Select(names => (Names: names, Weights: Bounded(columns, target, names, largest)))
            .Select(s => Of(columns, target, s.Names, s.Weights, hasIntercept: false)).MinBy(r => r.Distance(columns, target))!;

    public static double[] Bounded(IReadOnlyList<double[]> columns, double[] target, IReadOnlyList<int> names, double largest) =>
        LeastSquares.WholeOfOne([.. names.Select(k => columns[k])], target, largest);

    /// <summary>Index less replica, period by period; the intercept, which no holding earns, is no part of it.</summary>
    public double[] Rest(IReadOnlyList<double[]> columns, double[] target) =>
        LeastSquares.Residual([.. Names.Select(k => columns[k])], target, Weights);

    /// <summary>‖index − intercept − replica‖.</summary>
    public double Distance(IReadOnlyList<double[]> columns, double[] target) =>
        Math.Sqrt(Rest(columns, target).Sum(r => (r - Intercept) * (r - Intercept)));

    private static Replica Of(IReadOnlyList<double[]> columns, double[] target, IReadOnlyList<int> names, double[] weights,
        bool hasIntercept)
    {
        var replica = new Replica(names, weights, 0);
        return hasIntercept ? replica with { Intercept = replica.Rest(columns, target).Average() } : replica;
    }

    /// <summary>Less their mean.</summary>
    public static double[] Centred(double[] values)
    {
        var mean = values.Average();
        return [.. values.Select(v => v - mean)];
    }

    private static IEnumerable<List<int>> Sets(int count, int size, int from = 0) => size == 0 ? [[]]
        : Enumerable.Range(from, count - from).SelectMany(k => Sets(count, size - 1, k + 1).Select(rest => (List<int>)[k, .. rest]));
}
