namespace Granary.Engine.Analysis;

/// <summary>How many of a curve's periods a year has: the number under the root of an annualised deviation.</summary>
internal static class PeriodsPerYear
{
    /// <summary>From the times alone, as <see cref="PeriodCounter"/> counts them.</summary>
    /// <param name="times">UTC ticks, strictly increasing.</param>
    /// <returns>NaN for fewer than two times.</returns>
    public static double Infer(ReadOnlySpan<long> times) => Count(times).PerYear;

    /// <inheritdoc cref="Infer"/>
    public static PeriodCount Count(ReadOnlySpan<long> times)
    {
        var counter = new PeriodCounter();
        counter.Add(times);
        return counter.Count();
    }
}
