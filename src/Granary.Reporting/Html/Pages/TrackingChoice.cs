using Granary.Reporting.Html.Charts;

namespace Granary.Reporting.Html.Pages;

/// <summary>The names and weights that a replica holds from a time on.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Names">Names with weights, in the order of selection.</param>
internal sealed record TrackingChoice(long Time, IReadOnlyList<(string Name, double Weight)> Names, double Turnover, double InSampleError);
