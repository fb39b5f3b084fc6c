using Granary.Cli.Tables;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary>Resampled paths as tables of <c>granary analyze</c>.</summary>
internal static class ResamplingView
{
    public static void Write(ResamplingResults results)
    {
        foreach (var method in results.Methods)
            if (method.Absence is { } absence) Console.WriteLine($"{method.Title}: {absence}");
            else Show(results, method);
    }

    private static void Show(ResamplingResults results, ResampledMethod method)
    {
        TableWriter.Write($"{method.Title}: {Counted.Of(method.Paths, "path")} of {Counted.Of(method.Returns, method.Unit)}",
            [Column.Text("What could have happened"), Column.Number("Record"),
                .. results.Quantiles.Select(q => Column.Number(ResamplingText.Quantile(q)))],
            method.Figures.Select(f => (string[])[ResamplingText.Figure(f.Figure), ResamplingText.Value(f.Figure, f.Own),
                .. f.Quantiles.Select(v => ResamplingText.Value(f.Figure, v))]));
        TableWriter.Write(method.Title, [Column.Text("Event"), Column.Number("Probability", "%")],
            method.Events.Select(e => new[] { ResamplingText.Event(e, results), Cell.Percent(e.Probability) }));
        TableWriter.Write(method.Title, [Column.Text("Risk of ruin"), Column.Number("Position size")],
            method.Sizes.Where(ResamplingText.IsShown)
                .Select(s => new[] { NumberText.Percent(s.Risk, 0), ResamplingText.Size(method, s) }));
        foreach (var caution in method.Cautions) Output.Marked("Note", caution);
    }
}
