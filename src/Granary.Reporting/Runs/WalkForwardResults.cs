using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Choices of a walk-forward, window after window, and their results.</summary>
internal sealed record WalkForwardResults() : ResultSection(Key)
{
    /// <summary>The key in results.json.</summary>
    public const string Key = "walkForward";

    /// <summary>anchored or rolling.</summary>
    public string Mode { get; init; } = "";

    /// <summary>
    /// The key of the objective metric, with a leading minus if it is minimized, or an expression of metrics.
    /// </summary>
    public string Objective { get; init; } = "";

    /// <summary>Length of the in-sample range, such as 3y or 500bars.</summary>
    public string InSample { get; init; } = "";

    /// <summary>Length of the out-of-sample range, such as 1y or 100bars.</summary>
    public string OutOfSample { get; init; } = "";

    /// <summary>Length between the two; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gap { get; init; }

    public double InSampleDays { get; init; }

    public double OutOfSampleDays { get; init; }

    public int Windows { get; init; }

    /// <summary>Annual return out of sample divided by that in sample; NaN if the latter is not positive.</summary>
    public double EfficiencyRatio { get; init; } = double.NaN;

    public IReadOnlyList<WalkForwardGroup> Groups { get; init; } = [];

    /// <summary>Number of combinations that were tried, over all choices.</summary>
    public int Tried => Groups.Sum(g => g.Choices.Sum(c => c.Tried));

    /// <summary>Number of choices with a return in sample and out of sample, which the next three figures count.</summary>
    public int Chosen => Measured.Count();

    /// <summary>Mean return of a choice in its window in sample; NaN without choices.</summary>
    public double MeanInSampleReturn => Measured.Select(c => c.InSampleReturn).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Mean return of a choice in the time that it traded; NaN without choices.</summary>
    public double MeanOutOfSampleReturn => Measured.Select(c => c.OutOfSampleReturn).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Number of choices with a gain in the time that they traded.</summary>
    public int Gained => Measured.Count(c => c.OutOfSampleReturn > 0);

    private IEnumerable<WalkForwardChoice> Measured => Groups.SelectMany(g => g.Choices)
        .Where(c => c.Strategy is not null && double.IsFinite(c.InSampleReturn) && double.IsFinite(c.OutOfSampleReturn));
}

/// <summary>The selections from a group of combinations, traded on one account.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Stability">Share of the windows with the same selection as the previous window; NaN for a single window.</param>
internal sealed record WalkForwardGroup(
    string Group, int Combinations, double OutOfSampleReturn, double Stability, IReadOnlyList<WalkForwardChoice> Choices);

/// <summary>Converts parameters, which are numbers (double) or texts.</summary>
internal sealed class ParameterValues : JsonConverter<IReadOnlyDictionary<string, object>>
{
    public override IReadOnlyDictionary<string, object> Read(ref Utf8JsonReader reader, Type typeToConvert,
        JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.EnumerateObject().ToDictionary(p => p.Name,
            p => p.Value.ValueKind == JsonValueKind.Number ? (object)p.Value.GetDouble() : p.Value.ToString(), StringComparer.Ordinal);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, parameter) in value) ResultsJson.Value(writer, name, parameter);
        writer.WriteEndObject();
    }
}
