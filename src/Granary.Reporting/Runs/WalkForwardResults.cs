using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>What a walk-forward chose, window after window, and what came of it.</summary>
public sealed record WalkForwardResults() : ResultSection("walkForward")
{
    /// <summary>anchored or rolling.</summary>
    public string Mode { get; init; } = "";

    /// <summary>A metric's key; after a minus where the smallest was chosen.</summary>
    public string Objective { get; init; } = "";

    /// <summary>Length of the stretch in which is chosen, as 3y.</summary>
    public string InSample { get; init; } = "";

    /// <summary>Length of the stretch that is then traded, as 1y.</summary>
    public string OutOfSample { get; init; } = "";

    public double InSampleDays { get; init; }

    public double OutOfSampleDays { get; init; }

    public int Windows { get; init; }

    /// <summary>Yearly return out of sample over that in sample; NaN where the latter is not above zero.</summary>
    public double EfficiencyRatio { get; init; } = double.NaN;

    public IReadOnlyList<WalkForwardGroup> Groups { get; init; } = [];
}

/// <summary>The choices among some combinations, on one account.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Stability">Share of the windows that chose what the window before had chosen; NaN for a single window.</param>
public sealed record WalkForwardGroup(
    string Group, int Combinations, double OutOfSampleReturn, double Stability, IReadOnlyList<WalkForwardChoice> Choices);

/// <summary>What was chosen for one window, and what became of it.</summary>
public sealed record WalkForwardChoice
{
    /// <summary>UTC ticks: begin of the stretch in which was chosen.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long From { get; init; }

    /// <summary>UTC ticks: end of that stretch, and begin of the one that is traded.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long ChosenAt { get; init; }

    /// <summary>UTC ticks.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long To { get; init; }

    /// <summary>Its id; null where nothing could be chosen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Strategy { get; init; }

    /// <summary>Numbers (double) and texts, by name; null without a choice.</summary>
    [JsonConverter(typeof(ParameterValues))]
    public IReadOnlyDictionary<string, object>? Params { get; init; }

    /// <summary>In sample.</summary>
    public double Objective { get; init; } = double.NaN;

    public double InSampleReturn { get; init; } = double.NaN;

    public double OutOfSampleReturn { get; init; } = double.NaN;

    public double OutOfSampleObjective { get; init; } = double.NaN;

    /// <summary>Entered out of sample.</summary>
    public int Trades { get; init; }

    /// <summary>Metrics of the choice's account in sample, by key; null where nothing was chosen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, double>? InSample { get; init; }

    /// <summary>The same of the group's account out of sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, double>? OutOfSample { get; init; }
}

/// <summary>Parameters as numbers (double) and texts.</summary>
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
