using Granary.Learning.Tracking;

namespace Granary.Learning.Tests.Tracking;

/// <summary>
/// The least residual over all sets of at most so many names, for small panels: each name of a set is free, at its least or at its largest
/// weight, and the free
/// ones are solved for. Shares nothing with the product.
/// </summary>
internal static class BruteForce
{
    public static double Residual(ReturnPanel panel, double[] target, PursuitOptions options)
    {
        var columns = Enumerable.Range(0, panel.Count).Select(i => Centre(panel.Column(i).ToArray(), options.Intercept)).ToArray();
        var y = Centre(target, options.Intercept);
        var best = options.SumToOne ? double.PositiveInfinity : Math.Sqrt(y.Sum(v => v * v));
        for (var set = 1; set < 1 << panel.Count; set++)
        {
            int[] names = [.. Enumerable.Range(0, panel.Count).Where(i => (set >> i & 1) == 1)];
            if (names.Length <= options.MaxNames) best = Math.Min(best, Best(columns, y, names, options));
        }
        return best;
    }

    private static double Best(double[][] columns, double[] y, int[] names, PursuitOptions options)
    {
        var best = double.PositiveInfinity;
        var states = new int[names.Length];
        while (true)
        {
            best = Math.Min(best, At(columns, y, names, states, options));
            var i = 0;
            for (; i < states.Length; i++)
            {
                states[i]++;
                if (states[i] == 1 && double.IsInfinity(options.MaxWeight)) states[i]++;
                if (states[i] == 2 && options.MinWeight == 0) states[i]++;
                if (states[i] < 3) break;
                states[i] = 0;
            }
            if (i == states.Length) return best;
        }
    }

    // 0 = free, 1 = at the largest weight, 2 = at the least.
    private static double At(double[][] columns, double[] y, int[] names, int[] states, PursuitOptions options)
    {
        int[] free = [.. Enumerable.Range(0, names.Length).Where(i => states[i] == 0)];
        double[] weights = [.. states.Select(s => s == 1 ? options.MaxWeight : s == 2 ? options.MinWeight : 0)];
        var rest = (double[])y.Clone();
        for (var i = 0; i < names.Length; i++)
            for (var t = 0; t < rest.Length; t++) rest[t] -= weights[i] * columns[names[i]][t];
        var size = free.Length + (options.SumToOne ? 1 : 0);
        if (free.Length == 0)
        {
            if (options.SumToOne && Math.Abs(weights.Sum() - 1) > 1e-9) return double.PositiveInfinity;
            return Math.Sqrt(rest.Sum(v => v * v));
        }
        var system = new double[size, size + 1];
        for (var a = 0; a < free.Length; a++)
        {
            for (var b = 0; b < free.Length; b++) system[a, b] = Dot(columns[names[free[a]]], columns[names[free[b]]]);
            system[a, size] = Dot(columns[names[free[a]]], rest);
            if (options.SumToOne) system[a, size - 1] = system[size - 1, a] = 1;
        }
        if (options.SumToOne) system[size - 1, size] = 1 - weights.Sum();
        if (!Eliminate(system, size)) return double.PositiveInfinity;
        for (var a = 0; a < free.Length; a++)
        {
            var weight = system[a, size];
            if (Math.Abs(weight) > options.MaxWeight + 1e-12 || Math.Abs(weight) < options.MinWeight - 1e-12 || options.NonNegative
                && weight < -1e-12) return double.PositiveInfinity;
            for (var t = 0; t < rest.Length; t++) rest[t] -= weight * columns[names[free[a]]][t];
        }
        return Math.Sqrt(rest.Sum(v => v * v));
    }

    private static bool Eliminate(double[,] system, int n)
    {
        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(system[r, c]));
            if (Math.Abs(system[pivot, c]) < 1e-14) return false;
            for (var k = 0; k <= n; k++) (system[c, k], system[pivot, k]) = (system[pivot, k], system[c, k]);
            for (var r = 0; r < n; r++)
            {
                if (r == c) continue;
                var factor = system[r, c] / system[c, c];
                for (var k = c; k <= n; k++) system[r, k] -= factor * system[c, k];
            }
        }
        for (var c = 0; c < n; c++) system[c, n] /= system[c, c];
        return true;
    }

    private static double[] Centre(double[] values, bool centre) => centre ? [.. values.Select(v => v - values.Average())] : values;

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
