using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;

namespace Granary.Application.WalkForward;

/// <summary>What a walk-forward optimisation leaves beside the usual files: its section of results.json, and windows.csv.</summary>
internal static class WalkForwardJson
{
    public const string Section = "walkForward";

    public static string Write(BatchPlan plan, WalkForwardOutcome outcome)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var spec = outcome.Spec;
            json.WriteStartObject();
            json.WriteString("mode", spec.Anchored ? "anchored" : "rolling");
            json.WriteString("objective", (spec.Minimise ? "-" : "") + spec.Objective);
            json.WriteString("inSample", spec.InSample.ToString());
            json.WriteString("outOfSample", spec.OutOfSample.ToString());
            json.WriteNumber("inSampleDays", spec.InSample.NominalDays);
            json.WriteNumber("outOfSampleDays", spec.OutOfSample.NominalDays);
            json.WriteNumber("windows", outcome.Windows.Count);
            ResultsJson.Number(json, "efficiencyRatio", outcome.Efficiency);
            json.WriteStartArray("groups");
            foreach (var group in outcome.Groups)
            {
                json.WriteStartObject();
                json.WriteString("group", group.Name);
                json.WriteNumber("combinations", group.Members.Count);
                ResultsJson.Number(json, "outOfSampleReturn", group.Statistics.TotalReturn);
                ResultsJson.Number(json, "stability", group.Stability);
                json.WriteStartArray("choices");
                foreach (var choice in group.Choices)
                {
                    json.WriteStartObject();
                    json.WriteString("from", RunText.Time(choice.Window.From));
                    json.WriteString("chosenAt", RunText.Time(choice.Window.At));
                    json.WriteString("to", RunText.Time(choice.Window.To));
                    if (choice.Strategy < 0)
                    {
                        json.WriteNull("strategy");
                    }
                    else
                    {
                        json.WriteString("strategy", plan.Instances[choice.Strategy].Id);
                        json.WriteStartObject("params");
                        foreach (var (name, value) in plan.Instances[choice.Strategy].Params)
                        {
                            if (value is int or double) json.WriteNumber(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                            else json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                        }
                        json.WriteEndObject();
                    }
                    ResultsJson.Number(json, "objective", choice.Objective);
                    ResultsJson.Number(json, "inSampleReturn", choice.InSampleReturn);
                    ResultsJson.Number(json, "outOfSampleReturn", choice.OutOfSampleReturn);
                    ResultsJson.Number(json, "outOfSampleObjective", choice.OutOfSample is { } o ? o[spec.Objective] : double.NaN);
                    json.WriteNumber("trades", choice.Trades.Count);
                    Account(json, "inSample", choice.InSample);
                    Account(json, "outOfSample", choice.OutOfSample);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static readonly ImmutableArray<Metric> _ofChoices =
    [
        TradeMetrics.Trades, TradeMetrics.WinRate, ReturnMetrics.TotalReturn, ReturnMetrics.Cagr, RiskMetrics.Volatility,
        RatioMetrics.Sharpe, RiskMetrics.MaxDrawdown, TradeMetrics.Exposure,
    ];

    // The same figures on both sides of a choice, so that they can be compared.
    private static void Account(Utf8JsonWriter json, string name, MetricSet? statistics)
    {
        if (statistics is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        foreach (var metric in _ofChoices) ResultsJson.Number(json, metric.Key, statistics[metric]);
        json.WriteEndObject();
    }

    /// <summary>windows.csv: a row for each choice.</summary>
    public static void Csv(TextWriter writer, BatchPlan plan, WalkForwardOutcome outcome)
    {
        using var csv = new CsvHelper.CsvWriter(writer,
            new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        foreach (var name in new[] { "group", "from", "chosen_at", "to", "strategy", "objective", "in_sample_return",
            "out_of_sample_return", "trades", "out_of_sample_objective" }) csv.WriteField(name);
        csv.NextRecord();
        foreach (var group in outcome.Groups)
            foreach (var c in group.Choices)
            {
                csv.WriteField(group.Name);
                csv.WriteField(RunText.Time(c.Window.From));
                csv.WriteField(RunText.Time(c.Window.At));
                csv.WriteField(RunText.Time(c.Window.To));
                csv.WriteField(c.Strategy < 0 ? "" : plan.Instances[c.Strategy].Id);
                csv.WriteField(RunText.Number(c.Objective));
                csv.WriteField(RunText.Number(c.InSampleReturn));
                csv.WriteField(RunText.Number(c.OutOfSampleReturn));
                csv.WriteField(c.Trades.Count.ToString(CultureInfo.InvariantCulture));
                csv.WriteField(RunText.Number(c.OutOfSample is { } o ? o[outcome.Spec.Objective] : double.NaN));
                csv.NextRecord();
            }
    }
}
