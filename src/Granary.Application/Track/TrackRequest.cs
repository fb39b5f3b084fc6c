using Granary.Learning.Tracking;

namespace Granary.Application.Track;

/// <summary>How an index is to be replicated.</summary>
public sealed record TrackRequest
{
    public required PursuitOptions Options { get; init; }

    /// <summary>Null infers it from the dates.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>The share of the periods that is fitted; the rest is judged out-of-sample. 1 fits all.</summary>
    public double Split { get; init; } = 1;

    /// <summary>With a value, names are chosen anew every <see cref="Step"/> periods from the last so many, and followed out-of-sample.</summary>
    public int? Window { get; init; }

    /// <summary>Periods between reselections; only with <see cref="Window"/>.</summary>
    public int Step { get; init; } = 21;
}

/// <summary>What came of it.</summary>
/// <param name="Names">The panel's columns, which the fit's support counts.</param>
/// <param name="Times">UTC ticks of each period of the panel.</param>
/// <param name="InSample">Over the fitted periods.</param>
/// <param name="OutOfSample">Over the rest; null where all were fitted.</param>
/// <param name="Rolling">With reselections; null without.</param>
/// <param name="Notes">What the reader should know, as "3 symbols without a price on the first day were left out".</param>
public sealed record TrackResult(
    IReadOnlyList<string> Names, long[] Times, double PeriodsPerYear, SparseFit Fit, TrackingQuality InSample,
    TrackingQuality? OutOfSample, RollingReplication? Rolling, IReadOnlyList<string> Notes)
{
    /// <summary>The chosen names, in order of choice.</summary>
    public IEnumerable<string> Support => Fit.Support.Select(s => Names[s]);
}
