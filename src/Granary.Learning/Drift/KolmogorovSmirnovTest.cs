namespace Granary.Learning.Drift;

/// <summary>The two-sample Kolmogorov–Smirnov test of the hypothesis that two samples have the same distribution.</summary>
internal static class KolmogorovSmirnovTest
{
    /// <summary>The largest distance between the two empirical distribution functions, from 0 to 1.</summary>
    /// <param name="first">Ascending, not empty.</param>
    /// <param name="second">Ascending, not empty.</param>
    public static double Distance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var (i, j, distance) = (0, 0, 0.0);
        while (i < first.Length && j < second.Length)
        {
            var value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] <= value) i++;
            while (j < second.Length && second[j] <= value) j++;
            distance = Math.Max(distance, Math.Abs((double)i / first.Length - (double)j / second.Length));
        }
        return distance;
    }

    /// <summary>
    /// The probability of at least this distance between two samples of the same length from one continuous distribution: exact (Gnedenko
    /// and Korolyuk 1951).
    /// </summary>
    /// <param name="length">The length of each sample.</param>
    public static double ExactProbability(double distance, int length)
    {
        var steps = (int)Math.Round(distance * length, MidpointRounding.ToEven);
        if (steps == 0) return 1;
        var chance = 0.0;
        for (var k = length / steps; k >= 0; k--)
        {
            var term = 1.0;
            for (var j = 0; j < steps; j++) term = (length - k * steps - j) * term / (length + k * steps + j + 1);
            chance = term * (1 - chance);
        }
        return Math.Clamp(2 * chance, 0, 1);
    }
}
