using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Learning.Screening;

/// <summary>The distribution of a numeric column, and the dependence of its values on earlier ones.</summary>
/// <param name="Count">The number of existing values.</param>
/// <param name="Missing">The number of rows without a value.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Quantiles">At <see cref="Levels"/>, interpolated linearly.</param>
/// <param name="Autocorrelation">Autocorrelation at lag one; NaN if all values are equal.</param>
/// <param name="UnitRoot">Unit root test over the last <see cref="MostTested"/> values.</param>
internal sealed record ColumnProfile(int Count, int Missing, double Mean, double Deviation, IReadOnlyList<double> Quantiles,
    double Autocorrelation, UnitRootTest UnitRoot)
{
    /// <summary>Limits the test, because its cost grows faster than the number of values.</summary>
    public const int MostTested = 10_000;

    /// <summary>The levels of the quantiles.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];

    /// <param name="column">The values in order of time; NaN and infinite values count as missing.</param>
    public static ColumnProfile Of(ReadOnlySpan<double> column)
    {
        var values = new double[column.Length];
        var count = 0;
        foreach (var value in column)
            if (double.IsFinite(value))
                values[count++] = value;
        values = values[..count];
        var moments = Moments.Of(values);
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        return new ColumnProfile(count, column.Length - count, moments.Mean, moments.SampleDeviation,
            [.. Levels.Select(level => Quantile.Linear(sorted, level))], Autocorrelated(values, moments),
            UnitRootTest.Of(values.AsSpan(Math.Max(0, count - MostTested))));
    }

    private static double Autocorrelated(double[] values, in Moments moments)
    {
        if (!(moments.SampleVariance > 0)) return double.NaN;
        var mean = moments.Mean;
        var (products, squares) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
            if (i > 0) products += (values[i] - mean) * (values[i - 1] - mean);
        }
        return products / squares;
    }
}
