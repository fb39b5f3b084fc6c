namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// The standard error of a difference of Sharpe ratios (Ledoit and Wolf 2008), from whole covariance matrices of four by four: means and
/// second moments, an autoregression of order one with singular values of at most 0.97, and the quadratic-spectral kernel.
/// </summary>
internal static class SharpeError
{
    private const int K = 4;

    public static double Of(double[] a, double[] b)
    {
        var n = a.Length;
        double[][] raw = [a, b, [.. a.Select(x => x * x)], [.. b.Select(x => x * x)]];
        double[] moments = [.. raw.Select(r => r.Average())];
        double[] deviations = [.. raw.Select((r, i) => Math.Sqrt(r.Average(x => (x - moments[i]) * (x - moments[i]))))];
        double[][] rows = [.. Enumerable.Range(0, n).Select(t => raw.Select((r, i) => (r[t] - moments[i]) / deviations[i]).ToArray())];
        double Gradient(int i)
        {
            var (mean, square) = (moments[i % 2], moments[2 + i % 2]);
            var scale = Math.Pow(square - mean * mean, -1.5) * (i % 2 == 0 ? 1 : -1);
            return (i < 2 ? square : -mean / 2) * scale * deviations[i];
        }
        var lag = Clipped(Transposed(Solved(Moment(rows, 0, 0, n - 1), Moment(rows, 0, 1, n - 1))));
        double[][] rest = [.. Enumerable.Range(1, n - 1).Select(t => Minus(rows[t], Times(lag, rows[t - 1])))];
        var m = rest.Length;
        var (above, below) = (0.0, 0.0);
        for (var i = 0; i < K; i++)
        {
            var rho = Enumerable.Range(1, m - 1).Sum(t => rest[t][i] * rest[t - 1][i])
                / Enumerable.Range(1, m - 1).Sum(t => rest[t - 1][i] * rest[t - 1][i]);
            var variance = Enumerable.Range(1, m - 1).Average(t => Math.Pow(rest[t][i] - rho * rest[t - 1][i], 2));
            above += 4 * rho * rho * variance * variance / Math.Pow(1 - rho, 8);
            below += variance * variance / Math.Pow(1 - rho, 4);
        }
        var width = 1.3221 * Math.Pow(above / below * m, 0.2);
        var sum = Moment(rest, 0, 0, m);
        for (var j = 1; j < m; j++)
        {
            var x = 6 * Math.PI * j / width / 5;
            var weight = 3 / (x * x) * (Math.Sin(x) / x - Math.Cos(x)) * (m - j) / m;
            var gamma = Moment(rest, 0, j, m - j);
            for (var r = 0; r < K; r++)
                for (var c = 0; c < K; c++)
                    sum[r][c] += weight * (gamma[r][c] + gamma[c][r]);
        }
        // g'(I − A)⁻¹ solves (I − A)'x = g.
        var left = Transposed(lag);
        for (var r = 0; r < K; r++)
            for (var c = 0; c < K; c++)
                left[r][c] = (r == c ? 1 : 0) - left[r][c];
        double[][] g = [.. Enumerable.Range(0, K).Select(i => (double[])[Gradient(i)])];
        double[] x0 = [.. Solved(left, g).Select(r => r[0])];
        var variance0 = 0.0;
        for (var r = 0; r < K; r++)
            for (var c = 0; c < K; c++)
                variance0 += x0[r] * sum[r][c] * x0[c];
        return Math.Sqrt(variance0 * m / (m - K) / n * (n - 1) / n);
    }

    // Mean of x[t] · y[t + lag]' over count times.
    private static double[][] Moment(double[][] rows, int from, int lag, int count)
    {
        var sum = Square();
        for (var t = from; t < from + count; t++)
            for (var r = 0; r < K; r++)
                for (var c = 0; c < K; c++)
                    sum[r][c] += rows[t][r] * rows[t + lag][c] / count;
        return sum;
    }

    private static double[][] Square() => [.. Enumerable.Range(0, K).Select(_ => new double[K])];

    private static double[][] Transposed(double[][] a) => [.. Enumerable.Range(0, K).Select(i => a.Select(r => r[i]).ToArray())];

    private static double[] Times(double[][] a, double[] x) => [.. a.Select(r => r.Zip(x, (p, q) => p * q).Sum())];

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p - q)];

    // Gauss and Jordan, the largest pivot first.
    private static double[][] Solved(double[][] matrix, double[][] right)
    {
        double[][] all = [.. matrix.Select((r, i) => (double[])[.. r, .. right[i]])];
        for (var c = 0; c < K; c++)
        {
            var pivot = Enumerable.Range(c, K - c).MaxBy(r => Math.Abs(all[r][c]));
            (all[c], all[pivot]) = (all[pivot], all[c]);
            all[c] = [.. all[c].Select(v => v / all[c][c])];
            for (var r = 0; r < K; r++)
                if (r != c && all[r][c] is var share)
                    all[r] = [.. all[r].Zip(all[c], (p, q) => p - share * q)];
        }
        return [.. all.Select(r => r[K..])];
    }

    // One-sided Jacobi (Hestenes 1958): rotations make the columns orthogonal; their lengths are the singular values.
    private static double[][] Clipped(double[][] a)
    {
        var (u, v) = (Transposed(a), Transposed([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]));
        for (var sweep = 0; sweep < 100; sweep++)
            for (var p = 0; p < K; p++)
                for (var q = p + 1; q < K; q++)
                {
                    var (pp, qq, pq) = (Dot(u[p], u[p]), Dot(u[q], u[q]), Dot(u[p], u[q]));
                    if (Math.Abs(pq) < 1e-18) continue;
                    var angle = 0.5 * Math.Atan2(2 * pq, pp - qq);
                    foreach (var columns in (double[][][])[u, v])
                        (columns[p], columns[q]) = (Mix(columns[p], columns[q], Math.Cos(angle), Math.Sin(angle)),
                            Mix(columns[p], columns[q], -Math.Sin(angle), Math.Cos(angle)));
                }
        var clipped = Square();
        for (var j = 0; j < K; j++)
        {
            var length = Math.Sqrt(Dot(u[j], u[j]));
            for (var r = 0; r < K; r++)
                for (var c = 0; c < K; c++)
                    clipped[r][c] += (length > 0.97 ? 0.97 / length : 1) * u[j][r] * v[j][c];
        }
        return clipped;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double[] Mix(double[] a, double[] b, double s, double t) => [.. a.Zip(b, (p, q) => s * p + t * q)];
}
