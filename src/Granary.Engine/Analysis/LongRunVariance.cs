using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// The long-run variance of a weighted sum of several series: the limit of the variance of √n times its mean, whatever the serial
/// correlation and the changing variance. Quadratic-spectral kernel with a bandwidth from the data (Andrews, Heteroskedasticity and
/// autocorrelation consistent covariance matrix estimation, Econometrica 59(3), 1991), after an autoregression of all series together
/// (Andrews and Monahan, Econometrica 60(4), 1992).
/// </summary>
/// <remarks>
/// The series are brought to unit deviation first, so the result does not depend on the unit of any of them: the bound of the
/// autoregression and the bandwidth do.
/// </remarks>
internal static class LongRunVariance
{
    // Andrews and Monahan's bound of the singular values.
    private const double Most = 0.97;

    /// <param name="series">Of equal length and mean zero; at least eight values more than there are series.</param>
    /// <param name="weights">One for each series.</param>
    public static double Of(double[][] series, ReadOnlySpan<double> weights)
    {
        var (k, n) = (series.Length, series[0].Length);
        var (scaled, scaledWeights) = (new double[k][], new double[k]);
        for (var i = 0; i < k; i++)
        {
            var squares = 0.0;
            foreach (var v in series[i]) squares += v * v;
            var deviation = Math.Sqrt(squares / n);
            scaled[i] = new double[n];
            for (var t = 0; t < n && deviation > 0; t++) scaled[i][t] = series[i][t] / deviation;
            scaledWeights[i] = weights[i] * deviation;
        }
        var lagged = Bounded(Autoregression(scaled));
        var rest = Residuals(scaled, lagged);
        // The variance of w'(I − A)⁻¹ε is that of one series.
        var recoloured = Recoloured(lagged, scaledWeights);
        var sum = new double[n - 1];
        for (var i = 0; i < k; i++)
            for (var t = 0; t < sum.Length; t++)
                sum[t] += recoloured[i] * rest[i][t];
        // The factor for the parameters that the autoregression has taken from each series.
        return Kernel(sum, Bandwidth(rest)) * sum.Length / (sum.Length - k);
    }

    // A[i][j]: how much of series j at t − 1 enters series i at t. A series that the ones before it explain gets no part.
    private static double[][] Autoregression(double[][] series)
    {
        var (k, n) = (series.Length, series[0].Length);
        var products = new double[k, k];
        var own = new double[k][];
        for (var i = 0; i < k; i++)
        {
            own[i] = new double[k];
            for (var j = 0; j < k; j++)
                for (var t = 1; t < n; t++)
                {
                    products[i, j] += series[i][t - 1] * series[j][t - 1];
                    own[i][j] += series[i][t] * series[j][t - 1];
                }
        }
        var factor = Factored(products, k);
        for (var i = 0; i < k; i++) Solve(factor, own[i]);
        return own;
    }

    // Cholesky's factor; a row and column of zeros for a series that depends on the ones before it.
    private static double[,] Factored(double[,] matrix, int k)
    {
        var factor = new double[k, k];
        for (var j = 0; j < k; j++)
        {
            var pivot = matrix[j, j];
            for (var l = 0; l < j; l++) pivot -= factor[j, l] * factor[j, l];
            if (Variation.IsNoneOfSums(pivot, matrix[j, j])) continue;
            factor[j, j] = Math.Sqrt(pivot);
            for (var i = j + 1; i < k; i++)
            {
                var sum = matrix[i, j];
                for (var l = 0; l < j; l++) sum -= factor[i, l] * factor[j, l];
                factor[i, j] = sum / factor[j, j];
            }
        }
        return factor;
    }

    private static void Solve(double[,] factor, double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            for (var l = 0; l < i; l++) values[i] -= factor[i, l] * values[l];
            values[i] = factor[i, i] > 0 ? values[i] / factor[i, i] : 0;
        }
        for (var i = values.Length - 1; i >= 0; i--)
        {
            for (var l = i + 1; l < values.Length; l++) values[i] -= factor[l, i] * values[l];
            values[i] = factor[i, i] > 0 ? values[i] / factor[i, i] : 0;
        }
    }

    // Reduces singular values above the bound to it: A V diag(bounded / own) V', V the eigenvectors of A'A.
    private static double[][] Bounded(double[][] matrix)
    {
        var k = matrix.Length;
        var squares = new double[k, k];
        for (var i = 0; i < k; i++)
            for (var j = 0; j < k; j++)
                for (var l = 0; l < k; l++)
                    squares[i, j] += matrix[l][i] * matrix[l][j];
        var vectors = Diagonalize(squares, k);
        var bounded = new double[k][];
        for (var i = 0; i < k; i++) bounded[i] = new double[k];
        for (var e = 0; e < k; e++)
        {
            var own = Math.Sqrt(Math.Max(0, squares[e, e]));
            var share = own > Most ? Most / own : 1;
            for (var i = 0; i < k; i++)
            {
                var image = 0.0;
                for (var l = 0; l < k; l++) image += matrix[i][l] * vectors[l, e];
                for (var j = 0; j < k; j++) bounded[i][j] += share * image * vectors[j, e];
            }
        }
        return bounded;
    }

    // Jacobi's rotations: leaves the eigenvalues on the diagonal and returns the eigenvectors as columns.
    private static double[,] Diagonalize(double[,] matrix, int k)
    {
        var vectors = new double[k, k];
        for (var i = 0; i < k; i++) vectors[i, i] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var isDone = true;
            for (var p = 0; p < k; p++)
                for (var q = p + 1; q < k; q++)
                {
                    if (Math.Abs(matrix[p, q]) <= 1e-17 * (Math.Abs(matrix[p, p]) + Math.Abs(matrix[q, q]))) continue;
                    isDone = false;
                    Rotate(matrix, vectors, p, q, k);
                }
            if (isDone) break;
        }
        return vectors;
    }

    private static void Rotate(double[,] matrix, double[,] vectors, int p, int q, int k)
    {
        var half = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q]);
        var tangent = (half >= 0 ? 1 : -1) / (Math.Abs(half) + Math.Sqrt(half * half + 1));
        var cosine = 1 / Math.Sqrt(tangent * tangent + 1);
        var sine = tangent * cosine;
        for (var l = 0; l < k; l++)
            (matrix[l, p], matrix[l, q]) = (cosine * matrix[l, p] - sine * matrix[l, q], sine * matrix[l, p] + cosine * matrix[l, q]);
        for (var l = 0; l < k; l++)
        {
            (matrix[p, l], matrix[q, l]) = (cosine * matrix[p, l] - sine * matrix[q, l], sine * matrix[p, l] + cosine * matrix[q, l]);
            (vectors[l, p], vectors[l, q]) = (cosine * vectors[l, p] - sine * vectors[l, q], sine * vectors[l, p] + cosine * vectors[l, q]);
        }
        matrix[p, q] = matrix[q, p] = 0;
    }

    private static double[][] Residuals(double[][] series, double[][] lagged)
    {
        var (k, n) = (series.Length, series[0].Length);
        var rest = new double[k][];
        for (var i = 0; i < k; i++)
        {
            rest[i] = new double[n - 1];
            for (var t = 1; t < n; t++)
            {
                var expected = 0.0;
                for (var j = 0; j < k; j++) expected += lagged[i][j] * series[j][t - 1];
                rest[i][t - 1] = series[i][t] - expected;
            }
        }
        return rest;
    }

    // w'(I − A)⁻¹, by Gaussian elimination with row exchanges on the transpose.
    private static double[] Recoloured(double[][] lagged, double[] weights)
    {
        var k = weights.Length;
        var (matrix, values) = (new double[k, k], (double[])weights.Clone());
        for (var i = 0; i < k; i++)
            for (var j = 0; j < k; j++)
                matrix[i, j] = (i == j ? 1 : 0) - lagged[j][i];
        for (var c = 0; c < k; c++)
        {
            var pivot = c;
            for (var r = c + 1; r < k; r++)
                if (Math.Abs(matrix[r, c]) > Math.Abs(matrix[pivot, c])) pivot = r;
            for (var j = 0; j < k; j++) (matrix[c, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[c, j]);
            (values[c], values[pivot]) = (values[pivot], values[c]);
            for (var r = c + 1; r < k; r++)
            {
                var share = matrix[r, c] / matrix[c, c];
                for (var j = c; j < k; j++) matrix[r, j] -= share * matrix[c, j];
                values[r] -= share * values[c];
            }
        }
        for (var r = k - 1; r >= 0; r--)
        {
            for (var j = r + 1; j < k; j++) values[r] -= matrix[r, j] * values[j];
            values[r] /= matrix[r, r];
        }
        return values;
    }

    // 1.3221 (α n)^0.2, α from an autoregression of order one of each series (Andrews 1991, equations 6.2 and 6.4).
    private static double Bandwidth(double[][] series)
    {
        var (above, below) = (0.0, 0.0);
        foreach (var values in series)
        {
            var (rho, variance) = FirstOrder(values);
            var (rest, squared) = (1 - rho, variance * variance);
            above += 4 * rho * rho * squared / (rest * rest * rest * rest * rest * rest * rest * rest);
            below += squared / (rest * rest * rest * rest);
        }
        var strength = below > 0 ? above / below * series[0].Length : 0;
        return strength > 0 ? 1.3221 * PortableMath.Exp(0.2 * PortableMath.Log(strength)) : 0;
    }

    // Slope without intercept, since the series has no mean, and variance of what it leaves.
    private static (double Rho, double Variance) FirstOrder(double[] values)
    {
        var (products, squares, rest) = (0.0, 0.0, 0.0);
        for (var t = 1; t < values.Length; t++)
        {
            products += values[t] * values[t - 1];
            squares += values[t - 1] * values[t - 1];
        }
        // Beyond the bound, which residuals of an autoregression do not reach, the bandwidth has no limit.
        var rho = squares > 0 ? Math.Clamp(products / squares, -Most, Most) : 0;
        for (var t = 1; t < values.Length; t++)
        {
            var error = values[t] - rho * values[t - 1];
            rest += error * error;
        }
        return (rho, rest / (values.Length - 1));
    }

    private static double Kernel(double[] values, double bandwidth)
    {
        var n = values.Length;
        var sum = 0.0;
        for (var lag = 0; lag < n; lag++)
        {
            var weight = lag == 0 ? 1 : bandwidth > 0 ? 2 * QuadraticSpectral(lag / bandwidth) : 0;
            if (weight == 0) break;
            var products = 0.0;
            for (var t = lag; t < n; t++) products += values[t] * values[t - lag];
            sum += weight * products / n;
        }
        return Math.Max(0, sum);
    }

    private static double QuadraticSpectral(double x)
    {
        var angle = 6 * Math.PI * x / 5;
        // The series of the kernel near zero, where its terms cancel.
        if (angle < 1e-3) return 1 - angle * angle / 10;
        var (sine, cosine) = PortableTrigonometry.SinCos(angle);
        return 3 / (angle * angle) * (sine / angle - cosine);
    }
}
