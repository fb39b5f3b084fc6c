using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Analyze;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Cli.Commands;

/// <summary>Output of <c>granary analyze TRADES.csv</c>.</summary>
internal static class TradesView
{
    public static void Write(TradeAnalysis analysis, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(Values(analysis), Output.Json));
        else Show(analysis);
    }

    private static Dictionary<string, object?> Values(TradeAnalysis analysis)
    {
        static Dictionary<string, object?> Of(MetricSet set) =>
            set.Listed().ToDictionary(m => m.Metric.Key, m => (object?)JsonNumber.Finite(m.Value));
        var values = Of(analysis.All);
        values["program"] = analysis.File.Program;
        values["open"] = analysis.File.Trades.Count(t => t.IsOpen);
        values["meanReturn"] = JsonNumber.Finite(analysis.Return.Mean);
        values["meanReturnInterval"] = new[] { JsonNumber.Finite(analysis.Return.Low), JsonNumber.Finite(analysis.Return.High) };
        values["pValue"] = JsonNumber.Finite(analysis.Return.PValue);
        values["trials"] = analysis.Trials;
        values["correctedPValue"] = JsonNumber.Finite(analysis.CorrectedPValue);
        values["longs"] = Of(analysis.Longs);
        values["shorts"] = Of(analysis.Shorts);
        values["notes"] = (string[])[.. analysis.Notes, .. analysis.Undefined is { } undefined ? new[] { undefined } : []];
        return values;
    }

    private static void Show(TradeAnalysis analysis)
    {
        foreach (var note in analysis.Notes) Output.Marked("Note", note);
        var (name, open) = (Path.GetFileName(analysis.File.Path), analysis.File.Trades.Count(t => t.IsOpen));
        TableWriter.Write($"{name}: {Counted.Of(analysis.All.Trades, "closed trade")}, {open} open; written by "
            + (analysis.File.Program == "columns" ? "a program whose columns were named" : analysis.File.Program),
            [Column.Text("Statistic"), Column.Number("All"), Column.Number("Long"), Column.Number("Short"), Column.Text("Name in --json")],
            analysis.All.Listed().Select(v => new[]
            {
                v.Metric.Name, MetricText.Value(v.Metric, v.Value), MetricText.Value(v.Metric, analysis.Longs[v.Metric]),
                MetricText.Value(v.Metric, analysis.Shorts[v.Metric]), v.Metric.Key,
            }));
        var r = analysis.Return;
        if (analysis.Undefined is { } undefined)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"A trade earns {100 * r.Mean:0.###} % of its notional on average. {undefined}"));
            return;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"A trade earns {100 * r.Mean:0.###} % of its notional on average; 95 % interval {100 * r.Low:0.###} % to ")
            + string.Create(CultureInfo.InvariantCulture, $"{100 * r.High:0.###} % (Student's t, trades taken as independent)."));
        Console.WriteLine(analysis.Trials is { } trials
            ? string.Create(CultureInfo.InvariantCulture,
                $"Luck alone gives the best of {Counted.Of(trials, "system")} such a mean with a probability of "
                    + $"{analysis.CorrectedPValue:0.000}.")
            : string.Create(CultureInfo.InvariantCulture,
                $"Luck alone gives one system such a mean with a probability of {r.PValue:0.000}. How many were tried before it was chosen "
                    + $"is not known; give the number with --trials."));
    }
}
