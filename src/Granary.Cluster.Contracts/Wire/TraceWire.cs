using System.Runtime.InteropServices;
using Granary.Engine.Analysis;

namespace Granary.Cluster.Wire;

/// <summary>Equity at the ends of periods, as in memory (little-endian).</summary>
[GenerateSerializer, Immutable, Alias("granary.EquityTrace")]
internal sealed record TraceWire([property: Id(0)] long PeriodTicks, [property: Id(1)] long FirstPeriod, [property: Id(2)]
    double Start, [property: Id(3)] byte[] Equity);
