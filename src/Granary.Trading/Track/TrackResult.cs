using Granary.Learning.Tracking;
using Granary.Reporting.Html.Pages;

namespace Granary.Trading.Track;

/// <summary>The result of an index replication.</summary>
/// <param name="Names">The panel's columns, which the support of the fit indexes.</param>
/// <param name="Times">The end of each period of the panel, UTC ticks.</param>
/// <param name="InSample">Tracking quality over the fitted periods.</param>
/// <param name="OutOfSample">Tracking quality over the other periods; null if all were fitted.</param>
/// <param name="Rolling">The rolling replication; null without one.</param>
/// <param name="Notes">Notes for the reader, such as "3 symbols without a price on the first day were left out".</param>
internal sealed record TrackResult(
    IReadOnlyList<string> Names, long[] Times, double PeriodsPerYear, SparseFit Fit, TrackingQuality InSample,
    TrackingQuality? OutOfSample, RollingReplication? Rolling, IReadOnlyList<string> Notes)
{
    /// <summary>The index's returns by period.</summary>
    public double[] Target { get; init; } = [];

    /// <summary>The replica's returns by period, without the intercept.</summary>
    public double[] Replica { get; init; } = [];

    /// <summary>The number of fitted periods.</summary>
    public int Fitted { get; init; }

    /// <summary>A note for the reader if all figures are in sample; otherwise null.</summary>
    public string? InSampleNote => OutOfSample is null && Rolling is null
        ? "Every figure is in sample, and so better than what a replica would show later. Use --split 0.7 or --window 252 for figures out "
            + "of sample."
        : null;

    /// <summary>Creates the report page.</summary>
    /// <param name="title">The title, such as the index's name.</param>
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

    /// <summary>The selected names, in the order of selection.</summary>
    public IEnumerable<string> Support => Fit.Support.Select(s => Names[s]);
}
