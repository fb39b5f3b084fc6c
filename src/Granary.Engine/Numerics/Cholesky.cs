namespace Granary.Engine.Numerics;

/// <summary>Solves symmetric positive (semi-)definite systems by Cholesky's factorisation.</summary>
internal static class Cholesky
{
    /// <summary>
    /// Solves A·x = b. A column that depends linearly on earlier columns (its pivot is below <paramref name="tolerance"/> times its
    /// diagonal) gets the coefficient zero, so a rank-deficient system has a unique answer.
    /// </summary>
    /// <param name="a">Row-major [n, n], symmetric; its lower triangle is overwritten by the factor.</param>
    /// <param name="b">[n]; overwritten by the solution.</param>
    /// <returns>The rank found.</returns>
    public static int Solve(double[] a, double[] b, double tolerance = 1e-12)
    {
        var dropped = new bool[b.Length];
        var rank = Factor(a, dropped, tolerance);
        Substitute(a, dropped, b);
        return rank;
    }

    /// <summary>Factorises A for any number of calls of <see cref="Substitute"/>.</summary>
    /// <param name="a">Row-major [n, n], symmetric; its lower triangle is overwritten by the factor.</param>
    /// <param name="dropped">[n]; receives the columns that depend linearly on earlier ones.</param>
    /// <returns>The rank found.</returns>
    public static int Factor(double[] a, bool[] dropped, double tolerance = 1e-12)
    {
        var n = dropped.Length;
        var rank = 0;
        for (var j = 0; j < n; j++)
        {
            var rowJ = a.AsSpan(j * n, j);
            var diagonal = a[j * n + j];
            var pivot = diagonal - Dense.Dot(rowJ, rowJ);
            if (!(pivot > tolerance * Math.Max(diagonal, 1e-300)))
            {
                dropped[j] = true;
                for (var i = j + 1; i < n; i++) a[i * n + j] = 0;
                a[j * n + j] = 1;
                rowJ.Clear();
                continue;
            }
            dropped[j] = false;
            rank++;
            var root = Math.Sqrt(pivot);
            a[j * n + j] = root;
            for (var i = j + 1; i < n; i++)
                a[i * n + j] = (a[i * n + j] - Dense.Dot(a.AsSpan(i * n, j), rowJ)) / root;
        }
        return rank;
    }

    /// <summary>Solves A·x = b with the factor of A.</summary>
    /// <param name="factor">As <see cref="Factor"/> left it.</param>
    /// <param name="b">[n]; overwritten by the solution.</param>
    public static void Substitute(double[] factor, bool[] dropped, double[] b)
    {
        var n = b.Length;
        for (var i = 0; i < n; i++)
            b[i] = dropped[i] ? 0 : (b[i] - Dense.Dot(factor.AsSpan(i * n, i), b)) / factor[i * n + i];
        for (var i = n - 1; i >= 0; i--)
        {
            if (dropped[i]) continue;
            var sum = b[i];
            for (var k = i + 1; k < n; k++) sum -= factor[k * n + i] * b[k];
            b[i] = sum / factor[i * n + i];
        }
    }
}
