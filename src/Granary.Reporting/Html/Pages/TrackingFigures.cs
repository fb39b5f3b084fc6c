using Granary.Reporting.Html.Charts;

namespace Granary.Reporting.Html.Pages;

/// <summary>How closely a replica follows, over some periods.</summary>
/// <param name="Over">As "fitted periods".</param>
public sealed record TrackingFigures(string Over, long Periods, double TrackingError, double InformationRatio, double Correlation,
    double ResidualNorm);
