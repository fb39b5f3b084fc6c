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

    public static string Size(SizeOfRisk size) => double.IsNaN(size.Size) || double.IsInfinity(size.Size) ? "no size up to 1,024 times"
        : size.IsLeast ? "below 1/1,024 of the actual one"
        : $"{NumberText.Compact(double.Parse(size.Size.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))} times "
            + "the actual one";
}
