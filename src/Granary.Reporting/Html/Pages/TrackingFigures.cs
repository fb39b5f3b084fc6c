using Granary.Reporting.Html.Charts;

namespace Granary.Reporting.Html.Pages;

/// <summary>Accuracy with which a replica follows its target over some periods.</summary>
/// <param name="Over">As "fitted periods".</param>
internal sealed record TrackingFigures(string Over, long Periods, double TrackingError, double InformationRatio, double Correlation,
    double ResidualNorm);
