namespace Granary.Learning.Numerics;

/// <summary>Solves symmetric positive (semi-)definite systems by Cholesky's factorisation.</summary>
public static class Cholesky
{
    /// <summary>
    /// Solves A·x = b. A column that depends linearly on earlier columns (its pivot is below <paramref name="tolerance"/> times its
    /// diagonal) gets the coefficient zero, so that a rank-deficient system has a unique answer.
    /// </summary>
    /// <param name="a">Row-major [n, n], symmetric; its lower triangle is overwritten by the factor.</param>
    /// <param name="b">[n]; overwritten by the solution.</param>
    /// <returns>The rank found.</returns>
    public static int Solve(double[] a, double[] b, double tolerance = 1e-12)
    {
        var n = b.Length;
        var rank = 0;
        var dropped = new bool[n];
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
                b[j] = 0;
                continue;
            }
            rank++;
            var root = Math.Sqrt(pivot);
            a[j * n + j] = root;
            for (var i = j + 1; i < n; i++)
                a[i * n + j] = (a[i * n + j] - Dense.Dot(a.AsSpan(i * n, j), rowJ)) / root;
        }
        for (var i = 0; i < n; i++)
            b[i] = dropped[i] ? 0 : (b[i] - Dense.Dot(a.AsSpan(i * n, i), b)) / a[i * n + i];
        for (var i = n - 1; i >= 0; i--)
        {
            if (dropped[i]) continue;
            var sum = b[i];
            for (var k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k];
            b[i] = sum / a[i * n + i];
        }
        return rank;
    }
}
