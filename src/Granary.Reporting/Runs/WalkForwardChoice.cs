using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Choice for one window, and its result.</summary>
internal sealed record WalkForwardChoice
{
    /// <summary>UTC ticks: start of the in-sample range.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long From { get; init; }

    /// <summary>UTC ticks: end of the in-sample range and start of the out-of-sample range.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long ChosenAt { get; init; }

    /// <summary>UTC ticks: end of the out-of-sample range.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long To { get; init; }

    /// <summary>The id of the selected strategy; null if no strategy could be selected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Strategy { get; init; }

    /// <summary>Parameters as numbers (double) and texts, by name; null without a selection.</summary>
    [JsonConverter(typeof(ParameterValues))]
    public IReadOnlyDictionary<string, object>? Params { get; init; }

    /// <summary>Number of combinations that were tried in the window.</summary>
    public int Tried { get; init; }

    /// <summary>Value of the objective in sample.</summary>
    public double Objective { get; init; } = double.NaN;

    public double InSampleReturn { get; init; } = double.NaN;

    public double OutOfSampleReturn { get; init; } = double.NaN;

    public double OutOfSampleObjective { get; init; } = double.NaN;

    /// <summary>The number of trades entered out of sample.</summary>
    public int Trades { get; init; }

    /// <summary>In-sample metrics of the selected strategy's account, by key; null if there is no selection.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, double>? InSample { get; init; }

    /// <summary>Out-of-sample metrics of the group's account.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, double>? OutOfSample { get; init; }
}
