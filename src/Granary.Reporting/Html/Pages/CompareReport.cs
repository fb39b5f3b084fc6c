using Granary.Reporting.Html.Sections;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>
/// Writes the comparison of two runs as one self-contained page: statistics, inputs, strategies, and trades that differ.
/// </summary>
internal static class CompareReport
{
    /// <summary>
    /// The first run is called A, the second B. Strategies are matched by id, trades by strategy, side and entry bar.
    /// </summary>
    /// <param name="output">The output, which is not closed; use UTF-8 for a file.</param>
    public static void Write(TextWriter output, RunModel first, IRunEvents firstEvents, RunModel second, IRunEvents secondEvents)
    {
        var view = new CompareView(first, firstEvents, second, secondEvents);
        ReportPage.Group<CompareView>[] groups =
        [
            new("Results", [new CompareStatistics(), new CompareDecisions()]),
            new("Causes", [new CompareInputs(), new CompareStrategies(), new CompareTrades()]),
        ];
        ReportPage.Write(new HtmlWriter(output), $"{first.Run} and {second.Run} · comparison", view, CompareTop.Write, groups,
            $"Granary comparison of {first.Run} (A) and {second.Run} (B).");
    }
}
