using Granary.Engine.Analysis;

namespace Granary.Simulation.Passes;

/// <summary>Value of a benchmark at the ends of periods.</summary>
/// <param name="FirstKnown">Close of the benchmark's first bar, UTC ticks.</param>
/// <param name="LastKnown">Close of the benchmark's last bar, UTC ticks.</param>
internal sealed record BenchmarkTrace(EquityTrace Trace, long FirstKnown, long LastKnown)
{
    /// <summary>Whether it had a price of 0 or less, from which on it has no value.</summary>
    public bool IsLost => double.IsNaN(Trace.Equity[^1]);

    /// <summary>The trace without its first period, of which the benchmark has only the end. It is empty if that is all it has.</summary>
    public EquityTrace WholePeriods =>
        new(Trace.PeriodTicks, Trace.FirstPeriod + 1, Trace.Equity[0], Trace.Equity[1..]);

    /// <summary>Combines several benchmarks in equal parts.</summary>
    public static BenchmarkTrace Mean(IReadOnlyList<BenchmarkTrace> traces)
    {
        var (first, last) = (traces.Min(t => t.Trace.FirstPeriod), traces.Max(t => t.Trace.LastPeriod));
        var worth = new double[last - first + 1];
        for (var p = 0; p < worth.Length; p++) worth[p] = traces.Average(t => t.Trace.EquityAt(first + p));
        return new BenchmarkTrace(new EquityTrace(traces[0].Trace.PeriodTicks, first, traces.Average(t => t.Trace.Start), worth),
            traces.Min(t => t.FirstKnown), traces.Max(t => t.LastKnown));
    }
}

/// <summary>A period of a benchmark's bars.</summary>
/// <param name="Row">Open time of the account's first row, UTC ticks.</param>
/// <param name="From">The value known at this time is the start value, UTC ticks.</param>
/// <param name="To">Bars that close later are left out, UTC ticks.</param>
internal readonly record struct BenchmarkStretch(long Row, long From, long To)
{
    public static BenchmarkStretch Whole { get; } = new(long.MinValue, long.MinValue, long.MaxValue);
}
