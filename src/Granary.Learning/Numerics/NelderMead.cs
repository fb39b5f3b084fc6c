namespace Granary.Learning.Numerics;

/// <summary>Minimises a function of a few numbers without derivatives (Nelder and Mead 1965), always in the same steps.</summary>
public static class NelderMead
{
    /// <param name="loss">May return +∞ to keep the search out of a region; at <paramref name="start"/> it must be finite.</param>
    /// <returns>The best point found.</returns>
    public static double[] Minimise(Func<double[], double> loss, double[] start, double step = 0.1, int evaluations = 600,
        double tolerance = 1e-10)
    {
        var n = start.Length;
        if (n == 0) return start;
        var points = new double[n + 1][];
        var values = new double[n + 1];
        for (var i = 0; i <= n; i++)
        {
            points[i] = (double[])start.Clone();
            if (i > 0) points[i][i - 1] += points[i][i - 1] != 0 ? step * Math.Max(Math.Abs(points[i][i - 1]), 0.1) : step;
            values[i] = loss(points[i]);
        }
        var used = n + 1;
        while (used < evaluations)
        {
            Sort();
            if (Math.Abs(values[n] - values[0]) <= tolerance * Math.Abs(values[0])) break;
            var centre = new double[n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    centre[j] += points[i][j] / n;
            var reflected = Along(1);
            var value = Evaluate(reflected);
            if (value < values[0])
            {
                var expanded = Along(2);
                var further = Evaluate(expanded);
                Replace(further < value ? expanded : reflected, Math.Min(further, value));
            }
            else if (value < values[n - 1])
            {
                Replace(reflected, value);
            }
            else
            {
                var contracted = Along(value < values[n] ? 0.5 : -0.5);
                var inner = Evaluate(contracted);
                if (inner < Math.Min(value, values[n]))
                {
                    Replace(contracted, inner);
                }
                else
                {
                    for (var i = 1; i <= n; i++)
                    {
                        for (var j = 0; j < n; j++) points[i][j] = points[0][j] + 0.5 * (points[i][j] - points[0][j]);
                        values[i] = Evaluate(points[i]);
                    }
                }
            }

            double[] Along(double factor)
            {
                var point = new double[n];
                for (var j = 0; j < n; j++) point[j] = centre[j] + factor * (centre[j] - points[n][j]);
                return point;
            }
        }
        Sort();
        return points[0];

        double Evaluate(double[] point)
        {
            used++;
            var value = loss(point);
            return double.IsNaN(value) ? double.PositiveInfinity : value;
        }

        void Replace(double[] point, double value)
        {
            points[n] = point;
            values[n] = value;
        }

        // Insertion keeps equal values in their order.
        void Sort()
        {
            for (var i = 1; i <= n; i++)
                for (var j = i; j > 0 && values[j] < values[j - 1]; j--)
                {
                    (values[j], values[j - 1]) = (values[j - 1], values[j]);
                    (points[j], points[j - 1]) = (points[j - 1], points[j]);
                }
        }
    }
}
