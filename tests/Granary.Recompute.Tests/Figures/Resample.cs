namespace Granary.Recompute.Tests.Figures;

/// <summary>The stationary bootstrap of Politis and Romano 1994.</summary>
internal static class Resample
{
    /// <summary>How often each period is drawn in a sample of as many periods.</summary>
    public static double[] Counts(int periods, double meanBlock, Random random)
    {
        var counts = new double[periods];
        var at = 0;
        for (var i = 0; i < periods; i++)
        {
            at = i == 0 || random.NextDouble() * meanBlock < 1 ? random.Next(periods) : (at + 1) % periods;
            counts[at]++;
        }
        return counts;
    }
}
