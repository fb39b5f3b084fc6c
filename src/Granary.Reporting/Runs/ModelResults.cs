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

    /// <summary>The version in force was too old.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}

/// <summary>An act of the watch of a strategy's model, or of its retraining.</summary>
/// <param name="Time">UTC: of an alert and a restoration the exit time of the trade that showed it, of a roll-back the time of the first
/// signal that the earlier version judged, of a training the time whose data it is of, of an expiry when it comes.</param>
/// <param name="Action"><c>alert</c>, <c>rolled-back</c> or <c>restored</c>; of a training <c>promoted</c>, <c>rejected</c> or
/// <c>failed</c>; <c>expired</c>.</param>
/// <param name="Version">The version in force from then on, 1 for the first; 0 where it did not change; of an expiry the one that
/// expired.</param>
/// <param name="Weight">The part of the strategy's size that is left from then on, 0 to 1; null where it did not change.</param>
/// <param name="Before">Share of wrong predictions before the alert; of a training the mean squared error of the version in force; null
/// where there is none.</param>
/// <param name="After">Of an alert: the share since the change. Of a restoration: that of the reviewed trades. Of a training: the mean
/// squared error of the version that it compared, on the same outcomes.</param>
/// <param name="Trades">Number of trades, or of outcomes that do not overlap, that <paramref name="After"/> is of.</param>
/// <param name="Reason">One sentence.</param>
public sealed record WatchRecord(DateTime Time, string Strategy, string Action, int Version, double? Weight, double? Before, double? After,
    int Trades, string Reason)
{
    /// <summary>Of a training: what was trained and compared; null for other acts.</summary>
    public TrainingFacts? Training { get; init; }
}

/// <summary>A version that a retraining compared with the one in force.</summary>
/// <param name="Trained">Its number: 1 for the strategy's first training.</param>
/// <param name="Ready">When the decision takes effect, UTC: the time of the training and its lateness.</param>
/// <param name="TrainFrom">Features of its first training sample known, UTC; null where it could not be trained.</param>
/// <param name="TrainTo">Its last training label known, UTC.</param>
/// <param name="Samples">That it learned from.</param>
/// <param name="Incumbent">The version in force that it was compared with; 0 for none.</param>
/// <param name="PValue">One-sided, of a paired t-test of the squared errors; null without a test.</param>
public sealed record TrainingFacts(int Trained, DateTime Ready, DateTime? TrainFrom, DateTime? TrainTo, int Samples, int Incumbent,
    double? PValue);

/// <summary>A version that was in force for a time, by its trainings alone: roll-backs of a watch are not among them.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">When the next one replaced it, UTC; null for the last one.</param>
/// <param name="Expired">From when it admitted no entries, UTC; null where it was replaced before.</param>
/// <param name="TrainFrom">Features of its first training sample known, UTC.</param>
/// <param name="TrainTo">Its last training label known, UTC.</param>
/// <param name="Samples">That it learned from.</param>
/// <param name="Signals">Signals that it judged, also those that it was put in force for by a roll-back.</param>
/// <param name="Refused">Those of them that were refused because it had expired.</param>
public sealed record VersionInForce(string Strategy, int Version, DateTime From, DateTime? To, DateTime? Expired, DateTime TrainFrom,
    DateTime TrainTo, int Samples, int Signals, int Refused);

/// <summary>The challengers of a strategy's model beside the versions in force, over signals whose trade was closed.</summary>
/// <param name="Trades">Closed trades that a challenger predicted too.</param>
/// <param name="Compared">Those whose outcomes do not overlap.</param>
/// <param name="Error">Mean squared error of the versions in force on these; null without one.</param>
/// <param name="ChallengerError">That of the challengers.</param>
/// <param name="Low">Lower end of the 95 % interval of the first less the second; null with fewer than two.</param>
/// <param name="High">Its upper end.</param>
/// <param name="PValue">One-sided: the probability of so large a mean difference where the challengers err no less.</param>
public sealed record ChallengerFigures(string Strategy, int Trades, int Compared, double? Error, double? ChallengerError, double? Low,
    double? High, double? PValue);

/// <summary>What a challenger predicted of a signal whose trade was closed.</summary>
/// <param name="Number">Of the signal within the strategy, from 1.</param>
/// <param name="Time">Of the signal's bar, UTC.</param>
/// <param name="Version">The version in force by the trainings.</param>
/// <param name="Challenger">The version that did not act.</param>
/// <param name="Outcome">The label that came.</param>
/// <param name="Known">When it was known, UTC.</param>
public sealed record ChallengedSignal(string Strategy, int Number, DateTime Time, int Version, double Prediction, int Challenger,
    double ChallengerPrediction, double Outcome, DateTime Known);

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

    /// <summary>Versions in force over time, of models that are trained again; by strategy, then time.</summary>
    public IReadOnlyList<VersionInForce> Versions { get; init; } = [];

    /// <summary>Of models with a challenger, by strategy.</summary>
    public IReadOnlyList<ChallengerFigures> Challengers { get; init; } = [];
}
