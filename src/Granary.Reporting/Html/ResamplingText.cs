using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html;

/// <summary>The words of <see cref="ResamplingResults"/> on pages and in the terminal.</summary>
internal static class ResamplingText
{
    /// <summary>5 %, 25 %, median, …</summary>
    public static string Quantile(double share) => share == 0.5 ? "Median"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    public static string Figure(string figure) => figure switch
    {
        "finalEquity" => "Final equity",
        "maxDrawdown" => "Largest drawdown",
        "underwaterDays" => "Longest under water, days",
        _ => figure,
    };

    public static string Value(string figure, double value) => figure switch
    {
        "finalEquity" => NumberText.Money(value),
        "maxDrawdown" => NumberText.Percent(value),
        _ => NumberText.Count((long)Math.Round(value)),
    };

    /// <summary>The event of a probability in words.</summary>
    public static string Event(ResampledEvent e, ResamplingResults results) => e.Event switch
    {
        "ruin" => $"Ruin: equity down to {NumberText.Percent(1 - results.Ruin, 1)} of the start at any time",
        "goal" => $"Goal: a profit of {NumberText.Percent(results.Goal, 1)} at any time",
        _ => $"Loss after {Counted.Of(e.Months ?? 0, "month")}",
    };

    /// <summary>Whether the risk is one of the few that are listed; a chart shows all.</summary>
    public static bool IsShown(SizeOfRisk size) => size.Risk is 0.01 or 0.05 or 0.1 or 0.5;

    /// <summary>
    /// The size at a risk of ruin. A method without blocks keeps the trades but not the losses that came together, so it says nothing of
    /// other sizes; beyond ten times, margin and the size of orders decide, which no path has.
    /// </summary>
    public static string Size(ResampledMethod method, SizeOfRisk size) => method.MeanBlock is null ? NumberText.Undefined
        : double.IsNaN(size.Size) || size.Size > MostSize ? "more than 10 times"
        : size.IsLeast ? "below 1/1,024 of the actual one"
        : $"{NumberText.Compact(double.Parse(size.Size.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))} times "
            + "the actual one";

    /// <summary>The largest multiple of the actual size of which the record says something.</summary>
    public const double MostSize = 10;
}
