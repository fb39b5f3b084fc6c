using Granary.Learning.Tracking;

namespace Granary.Trading.Track;

/// <summary>Options of an index replication.</summary>
internal sealed record TrackRequest
{
    public required PursuitOptions Options { get; init; }

    /// <summary>The number of periods per year; null to infer it from the dates.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>The fraction of the periods to fit; the others are out of sample. 1 fits all.</summary>
    public double Split { get; init; } = 1;

    /// <summary>
    /// If set, names are selected again every <see cref="Step"/> periods from this many past periods, and followed out of sample.
    /// </summary>
    public int? Window { get; init; }

    /// <summary>The number of periods between selections; only with <see cref="Window"/>.</summary>
    public int Step { get; init; } = 21;
}
