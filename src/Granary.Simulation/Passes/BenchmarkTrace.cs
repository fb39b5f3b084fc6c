using Granary.Engine.Analysis;

namespace Granary.Simulation.Passes;

/// <summary>A benchmark's worth at the ends of periods.</summary>
/// <param name="FirstKnown">Close of its first bar, UTC ticks.</param>
/// <param name="LastKnown">Close of its last bar, UTC ticks.</param>
public sealed record BenchmarkTrace(EquityTrace Trace, long FirstKnown, long LastKnown)
{
    /// <summary>Equal parts of several.</summary>
    public static BenchmarkTrace Mean(IReadOnlyList<BenchmarkTrace> traces)
    {
        var (first, last) = (traces.Min(t => t.Trace.FirstPeriod), traces.Max(t => t.Trace.LastPeriod));
        var worth = new double[last - first + 1];
        for (var p = 0; p < worth.Length; p++) worth[p] = traces.Average(t => t.Trace.EquityAt(first + p));
        return new BenchmarkTrace(new EquityTrace(traces[0].Trace.PeriodTicks, first, traces.Average(t => t.Trace.Start), worth),
            traces.Min(t => t.FirstKnown), traces.Max(t => t.LastKnown));
    }
}

/// <summary>A stretch of a benchmark's bars.</summary>
/// <param name="From">Its worth known here is its start, UTC ticks.</param>
/// <param name="To">Bars that are known later are left out, UTC ticks.</param>
internal readonly record struct BenchmarkStretch(long From, long To)
{
    public static BenchmarkStretch Whole { get; } = new(long.MinValue, long.MaxValue);
}
