using Granary.Learning.Tracking;
using Granary.Reporting.Html.Pages;

namespace Granary.Trading.Track;

/// <summary>How an index is to be replicated.</summary>
public sealed record TrackRequest
{
    public required PursuitOptions Options { get; init; }

    /// <summary>Null infers it from the dates.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>The share of the periods that is fitted; the rest is judged out-of-sample. 1 fits all.</summary>
    public double Split { get; init; } = 1;

    /// <summary>
    /// With a value, names are chosen again every <see cref="Step"/> periods from the last so many, and followed out-of-sample.
    /// </summary>
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
    /// <summary>The index's returns, period by period.</summary>
    public double[] Target { get; init; } = [];

    /// <summary>Those of the replica, without the intercept.</summary>
    public double[] Replica { get; init; } = [];

    /// <summary>How many periods were fitted.</summary>
    public int Fitted { get; init; }

    /// <summary>What the reader should know of figures that are all in sample; null where some are not.</summary>
    public string? InSampleNote => OutOfSample is null && Rolling is null
        ? "Every figure is in sample, and so better than what a replica would show later. Use --split 0.7 or --window 252 for figures out "
            + "of sample."
        : null;

    /// <summary>The page that shows it.</summary>
    /// <param name="title">As the index's name.</param>
    public TrackingReport Report(string title)
    {
        IReadOnlyList<(string, double)> Named(SparseFit fit) => [.. fit.Support.Select((s, k) => (Names[s], fit.Weights[k]))];
        static TrackingFigures Figures(string over, long periods, TrackingQuality q) =>
            new(over, periods, q.TrackingError, q.InformationRatio, q.Correlation, q.ResidualNorm);
        var figures = new List<TrackingFigures> { Figures("fitted periods", Fitted, InSample) };
        if (OutOfSample is { } outside) figures.Add(Figures("later periods", Times.Length - Fitted, outside));
        if (Rolling is { } r) figures.Add(Figures("rolling choice, out of sample", r.Replica.Length, r.OutOfSample));
        return new TrackingReport(title, Named(Fit), Fit.Intercept,
            [.. Fit.Path.Select(p => (p.Names, p.Deviation * Math.Sqrt(PeriodsPerYear)))], figures, Times, Target, Replica, Fitted,
            Rolling is { } rolling ? (rolling.FirstPeriod, rolling.Replica) : null,
            Rolling is null ? [] : [.. Rolling.History.Select(h => new TrackingChoice(Times[h.Period], Named(h.Fit), h.Turnover,
                h.InSample.TrackingError))], InSampleNote is { } note ? [.. Notes, note] : Notes);
    }

    /// <summary>The chosen names, in order of choice.</summary>
    public IEnumerable<string> Support => Fit.Support.Select(s => Names[s]);
}
