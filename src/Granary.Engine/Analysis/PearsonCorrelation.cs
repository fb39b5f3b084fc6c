namespace Granary.Engine.Analysis;

/// <summary>Pearson's correlation of two series of equal length.</summary>
internal static class PearsonCorrelation
{
    /// <param name="magnitude">The largest number from which the values were computed, if it is larger than the values.</param>
    /// <returns>Between −1 and 1; NaN for fewer than two values, or where one of the series never moves.</returns>
    /// <exception cref="ArgumentException">The series differ in length.</exception>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double magnitude = 0)
    {
        if (a.Length != b.Length) throw new ArgumentException($"the series have {a.Length} and {b.Length} values", nameof(b));
        var (mine, theirs) = (Moments.Of(a, magnitude), Moments.Of(b, magnitude));
        if (!(mine.SampleDeviation > 0) || !(theirs.SampleDeviation > 0)) return double.NaN;
        double products = 0;
        for (var i = 0; i < a.Length; i++) products += (a[i] - mine.Mean) * (b[i] - theirs.Mean);
        return Math.Clamp(products / ((a.Length - 1) * mine.SampleDeviation * theirs.SampleDeviation), -1, 1);
    }
}
