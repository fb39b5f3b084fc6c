using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Passes;

/// <summary>Finds what is missing or suspicious in the funding of a market.</summary>
internal static class FundingFindings
{
    // The rates of a quiet market are about 0.0001; as percentages they are about 0.01.
    private const double SuspiciousRate = 0.003;

    // One rate that is missing doubles the step.
    private const double MostSteps = 1.5;

    /// <param name="first">Open times of the first and the last bar, UTC ticks.</param>
    /// <returns>One sentence each.</returns>
    public static IEnumerable<string> Of(DataSpec data, Instrument instrument, long first, long last)
    {
        if (data.Funding is null) yield break;
        var (funding, symbol) = (instrument.Funding, instrument.Symbol);
        if (funding.Count == 0)
        {
            yield return $"there is no funding for {symbol}, so its positions pay and receive none";
            yield break;
        }
        var interval = IntervalOf(funding);
        if (funding.Times[0] - interval > first)
            yield return $"its funding begins at {UtcTicks.Text(funding.Times[0])}, after its bars, and nothing is charged before it";
        if (funding.Times[^1] + interval <= last)
            yield return $"its funding ends at {UtcTicks.Text(funding.Times[^1])}, before its bars, and nothing is charged after it";
        var holes = TableHoles.Of(funding.Times, MostSteps).FindAll(h => h.To > first && h.From < last);
        if (holes.Count > 0) yield return $"{TableNotes.NoRates} {TableHoles.Text(holes)}, and nothing is charged there";
        if (MedianOf(funding) >= SuspiciousRate)
            yield return "half of its funding rates are beyond ±0.3 %; give fractions, 0.01 % as 0.0001, if they are percentages";
    }

    // The typical time between two fundings.
    private static long IntervalOf(FundingSeries funding)
    {
        var steps = new long[funding.Count - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = funding.Times[i + 1] - funding.Times[i];
        Array.Sort(steps);
        return steps.Length == 0 ? TimeSpan.TicksPerDay : Quantile.UpperMedian<long>(steps);
    }

    private static double MedianOf(FundingSeries funding)
    {
        double[] sizes = [.. funding.Rates];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = Math.Abs(sizes[i]);
        Array.Sort(sizes);
        return Quantile.UpperMedian<double>(sizes);
    }
}
