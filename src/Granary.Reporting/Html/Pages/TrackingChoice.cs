using Granary.Reporting.Html.Charts;

namespace Granary.Reporting.Html.Pages;

/// <summary>A choice of names that is held from a time on.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Names">In the order of choice.</param>
public sealed record TrackingChoice(long Time, IReadOnlyList<(string Name, double Weight)> Names, double Turnover, double InSampleError);
