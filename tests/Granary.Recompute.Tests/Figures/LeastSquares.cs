namespace Granary.Recompute.Tests.Figures;

/// <summary>Least squares by the normal equations, and under bounds by exchanging weight between two columns at a time.</summary>
internal static class LeastSquares
{
    /// <summary>The weights that bring the columns nearest to the target.</summary>
    public static double[] Free(IReadOnlyList<double[]> columns, double[] target)
    {
        var n = columns.Count;
        var rows = columns.Select(a => columns.Select(b => Product(a, b)).Append(Product(a, target)).ToArray()).ToArray();
        for (var i = 0; i < n; i++)
        {
            var pivot = Enumerable.Range(i, n - i).MaxBy(r => Math.Abs(rows[r][i]));
            (rows[i], rows[pivot]) = (rows[pivot], rows[i]);
            for (var r = 0; r < n; r++)
            {
                if (r == i) continue;
                var factor = rows[r][i] / rows[i][i];
                for (var c = i; c <= n; c++) rows[r][c] -= factor * rows[i][c];
            }
        }
        return [.. rows.Select((row, i) => row[n] / row[i])];
    }

    /// <summary>The same with weights from 0 to <paramref name="most"/> that add up to 1.</summary>
    public static double[] WholeOfOne(IReadOnlyList<double[]> columns, double[] target, double most)
    {
        var n = columns.Count;
        most = Math.Max(most, 1.0 / n);
        var gram = columns.Select(a => columns.Select(b => Product(a, b)).ToArray()).ToArray();
        double[] linear = [.. columns.Select(c => Product(c, target))], weights = [.. Enumerable.Repeat(1.0 / n, n)];
        double Slope(int i) => linear[i] - Product(gram[i], weights);
        for (var moved = 1.0; moved > 1e-13;)
        {
            moved = 0;
            for (var i = 0; i < n; i++)
                for (var j = 0; j < i; j++)
                {
                    var (least, largest) = (Math.Max(-weights[i], weights[j] - most), Math.Min(most - weights[i], weights[j]));
                    var change = Math.Clamp((Slope(i) - Slope(j)) / (gram[i][i] + gram[j][j] - 2 * gram[i][j]), least, largest);
                    (weights[i], weights[j], moved) = (weights[i] + change, weights[j] - change, Math.Max(moved, Math.Abs(change)));
                }
        }
        return weights;
    }

    public static double[] Residual(IReadOnlyList<double[]> columns, double[] target, double[] weights) =>
        [.. target.Select((y, t) => y - weights.Select((w, k) => w * columns[k][t]).Sum())];

    public static double Product(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
