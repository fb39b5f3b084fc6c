using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>What a model did about an entry.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelVerdict>))]
public enum ModelVerdict
{
    /// <summary>Its prediction was against it.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The rule, or a cut weight, left a part of it.</summary>
    [JsonStringEnumMemberName("reduced")]
    Reduced,

    /// <summary>The input was unlike the training data, so there was no prediction.</summary>
    [JsonStringEnumMemberName("abstained")]
    Abstained,
}

/// <summary>An act of the watch of a strategy's model.</summary>
/// <param name="Time">UTC: of an alert and a restoration the exit time of the trade that showed it, of a roll-back the time of the first
/// signal that the earlier version judged.</param>
/// <param name="Action"><c>alert</c>, <c>rolled-back</c> or <c>restored</c>.</param>
/// <param name="Version">The version in force from then on, 1 for the first; 0 where it did not change.</param>
/// <param name="Weight">The part of the strategy's size that is left from then on, 0 to 1.</param>
/// <param name="Before">Share of wrong predictions before the alert; null for a roll-back.</param>
/// <param name="After">Of an alert: the share since the change. Of a restoration: that of the reviewed trades.</param>
/// <param name="Trades">Number of trades that <paramref name="After"/> is of.</param>
/// <param name="Reason">One sentence.</param>
public sealed record WatchRecord(DateTime Time, string Strategy, string Action, int Version, double Weight, double? Before, double? After,
    int Trades, string Reason);

/// <summary>What a model's verdicts of one kind were worth to a strategy.</summary>
/// <param name="Entries">Number of signals.</param>
/// <param name="Trades">Those whose trade was closed in the strategy's own account, where every signal is played whole.</param>
/// <param name="Return">What these trades earned there, as a sum of returns on notional.</param>
/// <param name="Profit">The same in account currency, net.</param>
/// <param name="Worth">What the verdicts added, as a sum of returns on notional: the part that was left less one, times the return.</param>
public sealed record VerdictWorth(ModelVerdict Verdict, int Entries, int Trades, double Return, double Profit, double Worth);

/// <summary>What a model did for a strategy's entries.</summary>
/// <param name="Judged">Signals that it gave a prediction or abstained from.</param>
/// <param name="Watched">Closed trades whose prediction was compared with the outcome; 0 where it is not watched.</param>
/// <param name="Wrong">Those that were predicted wrong.</param>
/// <param name="Verdicts">Of each kind that it used.</param>
public sealed record ModelEffect(string Strategy, string Model, int Judged, int Watched, int Wrong, IReadOnlyList<VerdictWorth> Verdicts);

/// <summary>An entry that a model changed, whose trade was closed.</summary>
/// <param name="Number">Of the signal within the strategy, from 1.</param>
/// <param name="Time">Of the signal's bar, UTC.</param>
/// <param name="Version">The version that judged it.</param>
/// <param name="Prediction">Null where it abstained.</param>
/// <param name="Dissimilarity">The dissimilarity index of its input; null where it is not measured.</param>
/// <param name="Size">The part of the entry that was left, 0 to 1.</param>
/// <param name="Return">Of the trade in the strategy's own account, on notional.</param>
/// <param name="Worth">(<paramref name="Size"/> − 1) × <paramref name="Return"/>.</param>
public sealed record ChangedEntry(string Strategy, int Number, DateTime Time, string Side, int Version, ModelVerdict Verdict,
    double? Prediction, double? Dissimilarity, double Size, double Return, double Worth);

/// <summary>What the models of a run did to entries, and what the watch of their predictions did.</summary>
/// <param name="Decisions">The 100 that were worth most, for or against; model_decisions.csv has all.</param>
public sealed record ModelResults(IReadOnlyList<ModelEffect> Strategies, IReadOnlyList<WatchRecord> Actions,
    IReadOnlyList<ChangedEntry> Decisions) : ResultSection(ModelResults.Key)
{
    /// <summary>The section's key in results.json.</summary>
    public const string Key = "modelDecisions";
}
