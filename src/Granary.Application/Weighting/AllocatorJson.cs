using System.Text.Json;
using Granary.Application.Allocation;
using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Learning.Reinforcement.Evaluation;
using Granary.Learning.Reinforcement.Training;
using Granary.Reporting.Runs;

namespace Granary.Application.Weighting;

/// <summary>The section of results.json on weights that a policy has learned.</summary>
internal static class AllocatorJson
{
    public const string Section = "allocator";

    public static string Write(BatchPlan plan, AllocatorOutcome outcome)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var result = outcome.Result;
            json.WriteStartObject();
            json.WriteString("rule", plan.Spec.Portfolio.Rule);
            json.WriteBoolean("promoted", result.IsPromoted);
            json.WriteStartArray("growth");
            foreach (var (method, growth) in result.Growth)
            {
                json.WriteStartObject();
                json.WriteString("method", method);
                Interval(json, growth.Value, growth.Low, growth.High);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Improvements(json, "improvement", result.Improvements);
            Improvements(json, "improvementStressed", result.StressedImprovements);
            json.WriteStartArray("windows");
            foreach (var window in result.Windows) Window(json, plan, window);
            json.WriteEndArray();
            Curve(json, result.Windows[^1].Seeds[result.Windows[^1].Chosen].Curve);
            Weights(json, outcome.Weights);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Interval(Utf8JsonWriter json, double value, double low, double high)
    {
        ResultsJson.Number(json, "value", value);
        ResultsJson.Number(json, "low", low);
        ResultsJson.Number(json, "high", high);
    }

    private static void Improvements(Utf8JsonWriter json, string name,
        IReadOnlyList<(string Baseline, ImprovementProbability Probability)> improvements)
    {
        json.WriteStartArray(name);
        foreach (var (baseline, p) in improvements)
        {
            json.WriteStartObject();
            json.WriteString("baseline", baseline);
            Interval(json, p.Value, p.Low, p.High);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Window(Utf8JsonWriter json, BatchPlan plan, AllocatorWindow window)
    {
        json.WriteStartObject();
        json.WriteString("trainedFrom", RunText.Time(window.From));
        json.WriteString("from", RunText.Time(window.At));
        json.WriteStartArray("strategies");
        foreach (var strategy in window.Strategies) json.WriteStringValue(plan.Instances[strategy].Id);
        json.WriteEndArray();
        json.WriteNumber("chosenSeed", window.Seeds[window.Chosen].Seed);
        json.WriteStartArray("seeds");
        for (var s = 0; s < window.Seeds.Count; s++)
        {
            json.WriteStartObject();
            json.WriteNumber("seed", window.Seeds[s].Seed);
            json.WriteString("digest", window.Seeds[s].Digest);
            ResultsJson.Number(json, "validation", window.Seeds[s].Validation);
            ResultsJson.Number(json, "test", window.Tests[s]);
            ResultsJson.Number(json, "stressed", window.Stressed[s]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("baselines");
        foreach (var (name, growth, stressed) in window.Baselines)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            ResultsJson.Number(json, "test", growth);
            ResultsJson.Number(json, "stressed", stressed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Of the last window's chosen seed.
    private static void Curve(Utf8JsonWriter json, IReadOnlyList<TrainingCurvePoint> curve)
    {
        json.WriteStartArray("curve");
        foreach (var point in curve)
        {
            json.WriteStartObject();
            json.WriteNumber("steps", point.Steps);
            ResultsJson.Number(json, "reward", point.Reward);
            ResultsJson.Number(json, "entropy", point.Entropy);
            ResultsJson.Number(json, "kl", point.ApproxKl);
            ResultsJson.Number(json, "clipFraction", point.ClipFraction);
            ResultsJson.Number(json, "explainedVariance", point.ExplainedVariance);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Weights(Utf8JsonWriter json, WeightTable table)
    {
        json.WriteStartObject("weights");
        json.WriteStartArray("time");
        foreach (var time in table.Times) json.WriteNumberValue(time);
        json.WriteEndArray();
        json.WriteStartArray("strategies");
        foreach (var strategy in table.Strategies) json.WriteStringValue(strategy);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var row in table.Values)
        {
            json.WriteStartArray();
            foreach (var weight in row) json.WriteNumberValue(Math.Round(weight, 5));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
