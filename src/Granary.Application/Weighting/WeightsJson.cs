using System.Text.Json;
using Granary.Application.Batches;
using Granary.Reporting.Runs;

namespace Granary.Application.Weighting;

/// <summary>The section of results.json on weights over time: what was chosen when.</summary>
internal static class WeightsJson
{
    // Of each choice: a list of a thousand winners is of no use.
    private const int MostNamed = 30, MostSteps = 200;

    public static string Write(BatchPlan plan, WeightChoice choice)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var spec = plan.Spec.Portfolio.Rebalance ?? RebalanceSpec.Default;
            json.WriteStartObject();
            json.WriteString("rule", plan.Spec.Portfolio.Rule);
            json.WriteNumber("everyDays", spec.Every.NominalDays);
            if (spec.Window is { } window) json.WriteNumber("windowDays", window.NominalDays);
            json.WriteNumber("choices", choice.History.Count);
            json.WriteStartArray("history");
            foreach (var step in choice.History.Take(MostSteps))
            {
                json.WriteStartObject();
                json.WriteString("from", RunText.Time(step.Time));
                json.WriteNumber("strategies", step.Chosen.Count);
                json.WriteStartArray("chosen");
                foreach (var (strategy, weight) in step.Chosen.Take(MostNamed))
                {
                    json.WriteStartObject();
                    json.WriteString("strategy", plan.Instances[strategy].Id);
                    json.WriteNumber("weight", weight);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (choice.ByState is { } byState)
            {
                var states = (plan.Spec.Regimes ?? Granary.Learning.Regimes.RegimePlan.ShortAndLong()).States;
                json.WriteStartArray("byState");
                foreach (var instance in plan.Instances.Where(i => choice.Last[i.Index] != 0).Take(MostSteps))
                {
                    json.WriteStartObject();
                    json.WriteString("strategy", instance.Id);
                    for (var s = 0; s < states.Count; s++) json.WriteNumber(states[s], byState[instance.Index]![s]);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
