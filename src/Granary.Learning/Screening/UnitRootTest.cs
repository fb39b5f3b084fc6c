using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Learning.Screening;

/// <summary>
/// The augmented Dickey–Fuller test with a constant: whether a series is stationary or has a unit root, like a random walk.
/// </summary>
/// <remarks>
/// Δy(t) = a + γ y(t−1) + Σ βᵢ Δy(t−i) with ⌊(n − 1)^⅓⌋ lags (Said and Dickey 1984); the statistic is γ over its standard error. Critical
/// values at 5 % come from MacKinnon 2010, table 2: −2.86154 − 2.8903/T − 4.234/T² − 40.04/T³ for T equations.
/// </remarks>
/// <param name="Statistic">The test statistic; NaN for fewer than 20 values, or if all are equal.</param>
/// <param name="Critical">The 5 % critical value: the probability that a random walk is below it.</param>
/// <param name="Lags">The number of lagged differences in the equation.</param>
internal readonly record struct UnitRootTest(double Statistic, double Critical, int Lags)
{
    private const int FewestValues = 20;

    /// <summary>Whether the test rejects a random walk at 5 %.</summary>
    public bool IsStationary => Statistic < Critical;

    /// <param name="values">Finite values in order of time.</param>
    public static UnitRootTest Of(ReadOnlySpan<double> values)
    {
        var lags = 0;
        while ((lags + 1L) * (lags + 1) * (lags + 1) <= values.Length - 1) lags++;
        var rows = values.Length - 1 - lags;
        if (values.Length < FewestValues) return new UnitRootTest(double.NaN, double.NaN, 0);
        double t = rows;
        var critical = -2.86154 - 2.8903 / t - 4.234 / (t * t) - 40.04 / (t * t * t);

        // Columns: lagged differences, then the level. All are centred, which removes the constant from the equation.
        var width = lags + 1;
        var columns = new double[width + 1][];
        for (var lag = 1; lag <= lags; lag++) columns[lag - 1] = Differences(values, 1 + lags - lag, rows);
        columns[lags] = values.Slice(lags, rows).ToArray();
        columns[width] = Differences(values, 1 + lags, rows);
        // A difference has the rounding of the values.
        var magnitude = Math.Max(Math.Abs(values[0]), Math.Abs(values[^1]));
        if (!(Moments.Of(columns[width], magnitude).SampleVariance > 0)) return new UnitRootTest(double.NaN, critical, lags);
        foreach (var column in columns) Centre(column);
        var gram = new double[width * width];
        var moment = new double[width];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j <= i; j++) gram[i * width + j] = gram[j * width + i] = Dense.Dot(columns[i], columns[j]);
            moment[i] = Dense.Dot(columns[i], columns[width]);
        }
        var coefficients = (double[])moment.Clone();
        var total = Dense.Dot(columns[width], columns[width]);
        // The level is last, so that the last pivot is its residual variance given the other columns.
        if (Cholesky.Solve(gram, coefficients) < width || !(total > 0)) return new UnitRootTest(double.NaN, critical, lags);
        var pivot = gram[^1];
        var residual = (total - Dense.Dot(coefficients, moment)) / (rows - width - 1);
        return new UnitRootTest(coefficients[lags] * pivot / Math.Sqrt(Math.Max(residual, double.Epsilon)), critical, lags);
    }

    // values[at] − values[at − 1] and the following differences.
    private static double[] Differences(ReadOnlySpan<double> values, int at, int count)
    {
        var differences = new double[count];
        for (var k = 0; k < count; k++) differences[k] = values[at + k] - values[at + k - 1];
        return differences;
    }

    private static void Centre(double[] column)
    {
        var mean = Dense.Sum(column) / column.Length;
        for (var k = 0; k < column.Length; k++) column[k] -= mean;
    }
}
