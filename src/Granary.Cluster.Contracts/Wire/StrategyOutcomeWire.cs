using System.Runtime.InteropServices;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.StrategyOutcome")]
internal readonly record struct StrategyOutcomeWire(
    [property: Id(0)] int Index,
    [property: Id(1)] MetricSet? Statistics,
    [property: Id(2)] UInt128 Digest,
    [property: Id(3)] int Signals,
    [property: Id(4)] long Bars,
    [property: Id(5)] string? Error,
    [property: Id(6)] TraceWire? Trace,
    [property: Id(7)] int[] SignalEnds,
    [property: Id(8)] bool IsWarm);

[RegisterConverter]
internal sealed class StrategyOutcomeConverter : IConverter<StrategyOutcome, StrategyOutcomeWire>
{
    public StrategyOutcome ConvertFromSurrogate(in StrategyOutcomeWire surrogate) =>
        new(surrogate.Index, surrogate.Statistics, surrogate.Digest, surrogate.Signals, surrogate.Bars, surrogate.Error)
        {
            Trace = surrogate.Trace is { } t
                ? new EquityTrace(t.PeriodTicks, t.FirstPeriod, t.Start, MemoryMarshal.Cast<byte, double>(t.Equity).ToArray()) : null,
            SignalEnds = new SignalEnds(surrogate.SignalEnds),
            IsWarm = surrogate.IsWarm,
        };

    public StrategyOutcomeWire ConvertToSurrogate(in StrategyOutcome value) =>
        new(value.Index, value.Statistics, value.Digest, value.Signals, value.Bars, value.Error,
        value.Trace is { } t ? new TraceWire(t.PeriodTicks, t.FirstPeriod, t.Start, MemoryMarshal.AsBytes(t.Equity.AsSpan()).ToArray())
            : null,
        value.SignalEnds.ToArray(), value.IsWarm);
}
