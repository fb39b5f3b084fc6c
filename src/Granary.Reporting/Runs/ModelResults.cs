using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The change of an entry by a model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EntryChange>))]
internal enum EntryChange
{
    /// <summary>The model predicted against the entry.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The rule or a reduced weight left only part of the size.</summary>
    [JsonStringEnumMemberName("reduced")]
    Reduced,

    /// <summary>The input was unlike the training data, so the model made no prediction.</summary>
    [JsonStringEnumMemberName("abstained")]
    Abstained,

    /// <summary>The version in force had expired.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}

/// <summary>An action of drift monitoring for a strategy's model, or of its retraining.</summary>
/// <param name="Time">UTC. For an alert or restoration, the exit time of the trade that revealed it. For a roll-back, the first signal that
/// the earlier version judged. For a training, the end of its data. For an expiry, the expiry itself.</param>
/// <param name="Action"><c>alert</c>, <c>rolled-back</c> or <c>restored</c>; of a training <c>promoted</c>, <c>rejected</c> or
/// <c>failed</c>; <c>expired</c>.</param>
/// <param name="Version">The version in force from then on, from 1; 0 if it did not change. For an expiry, the expired version.</param>
/// <param name="Weight">The fraction of the strategy's size from then on, 0 to 1; null if it did not change.</param>
/// <param name="Before">For an alert, the share of wrong predictions before it. For a training, the mean squared error of the version in
/// force. Null if there is none.</param>
/// <param name="After">For an alert, the share of wrong predictions since the change; for a restoration, that of the reviewed trades. For a
/// training, the mean squared error of the compared version on the same outcomes.</param>
/// <param name="Trades">The number of trades, or of outcomes without overlap, behind <paramref name="After"/>.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record WatchRecord(DateTime Time, string Strategy, string Action, int Version, double? Weight, double? Before,
    double? After, int Trades, string Reason)
{
    /// <summary>For a training, the versions that were trained and compared; null for other actions.</summary>
    public TrainingFacts? Training { get; init; }
}

/// <summary>A version that a retraining compared with the version in force.</summary>
/// <param name="Trained">The version's number; 1 for the strategy's first training.</param>
/// <param name="Ready">When the decision takes effect, UTC: the end of the training data plus the lateness.</param>
/// <param name="TrainFrom">When the features of the first training sample were known, UTC; null if training was not possible.</param>
/// <param name="TrainTo">When the last training label was known, UTC.</param>
/// <param name="Samples">The number of training samples.</param>
/// <param name="Incumbent">The version in force at the comparison; 0 for none.</param>
/// <param name="PValue">One-sided p-value of a paired t-test on the squared errors; null without a test.</param>
internal sealed record TrainingFacts(int Trained, DateTime Ready, DateTime? TrainFrom, DateTime? TrainTo, int Samples, int Incumbent,
    double? PValue);

/// <summary>The period in which a version was in force according to its trainings, without the roll-backs of drift monitoring.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">When the next version replaced it, UTC; null for the last one.</param>
/// <param name="Expired">When it expired and stopped admitting entries, UTC; null if it was replaced before.</param>
/// <param name="TrainFrom">When the features of the first training sample were known, UTC.</param>
/// <param name="TrainTo">When the last training label was known, UTC.</param>
/// <param name="Samples">The number of training samples.</param>
/// <param name="Signals">The number of signals that it judged, including those after a roll-back to it.</param>
/// <param name="Refused">The number of these signals that were refused because it had expired.</param>
internal sealed record VersionInForce(string Strategy, int Version, DateTime From, DateTime? To, DateTime? Expired, DateTime TrainFrom,
    DateTime TrainTo, int Samples, int Signals, int Refused);

/// <summary>Comparison of the challengers of a strategy's model with the versions in force, over signals with a closed trade.</summary>
/// <param name="Trades">The number of closed trades that a challenger also predicted.</param>
/// <param name="Compared">The number of these trades without overlapping outcomes.</param>
/// <param name="Error">Mean squared error of the versions in force; null without trades.</param>
/// <param name="ChallengerError">Mean squared error of the challengers.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the first error minus the second; null with fewer than two.</param>
/// <param name="High">Upper end of that interval.</param>
/// <param name="PValue">One-sided p-value: the probability of a mean difference this large if the challengers' errors are not
/// smaller.</param>
internal sealed record ChallengerFigures(string Strategy, int Trades, int Compared, double? Error, double? ChallengerError, double? Low,
    double? High, double? PValue);

/// <summary>Prediction of a challenger for a signal whose trade was closed.</summary>
/// <param name="Number">The number of the signal within the strategy, from 1.</param>
/// <param name="Time">Time of the signal's bar, UTC.</param>
/// <param name="Version">The version in force by the trainings.</param>
/// <param name="Challenger">The version that did not act.</param>
/// <param name="Outcome">The label that came.</param>
/// <param name="Known">When it was known, UTC.</param>
internal sealed record ChallengedSignal(string Strategy, int Number, DateTime Time, int Version, double Prediction, int Challenger,
    double ChallengerPrediction, double Outcome, DateTime Known);

/// <summary>Value to a strategy of a model's changes of one kind.</summary>
/// <param name="Entries">Number of signals.</param>
/// <param name="Trades">Those whose trade was closed in the strategy's own account, where every signal is played whole.</param>
/// <param name="Return">Profit of these trades there, as a sum of returns on notional.</param>
/// <param name="Profit">The same in account currency, net.</param>
/// <param name="Worth">Profit added by the changes, as a sum of returns on notional: (remaining part − 1) · return.</param>
internal sealed record ChangeWorth(EntryChange Change, int Entries, int Trades, double Return, double Profit, double Worth);

/// <summary>Effect of a model on a strategy's entries.</summary>
/// <param name="Judged">Signals that it gave a prediction or abstained from.</param>
/// <param name="Watched">Closed trades whose prediction was compared with the outcome; 0 where it is not watched.</param>
/// <param name="Wrong">Those that were predicted wrong.</param>
/// <param name="Changes">Counts of changes by kind.</param>
internal sealed record ModelEffect(string Strategy, string Model, int Judged, int Watched, int Wrong, IReadOnlyList<ChangeWorth> Changes);

/// <summary>An entry with a closed trade that a model changed.</summary>
/// <param name="Number">The signal's number within the strategy, from 1.</param>
/// <param name="Time">The time of the signal's bar, UTC.</param>
/// <param name="Version">The version that judged the signal.</param>
/// <param name="Prediction">The prediction; null if the model abstained.</param>
/// <param name="Dissimilarity">The dissimilarity index of the input; null if it is not measured.</param>
/// <param name="Size">The remaining fraction of the entry, 0 to 1.</param>
/// <param name="Return">Return on notional of the trade in the strategy's own account.</param>
/// <param name="Worth">(<paramref name="Size"/> − 1) × <paramref name="Return"/>.</param>
internal sealed record ChangedEntry(string Strategy, int Number, DateTime Time, string Side, int Version, EntryChange Change,
    double? Prediction, double? Dissimilarity, double Size, double Return, double Worth);

/// <summary>Effects of a run's models on entries, and actions of the watch of their predictions.</summary>
/// <param name="Decisions">The 100 that were worth most, for or against; model_decisions.csv has all.</param>
internal sealed record ModelResults(IReadOnlyList<ModelEffect> Strategies, IReadOnlyList<WatchRecord> Actions,
    IReadOnlyList<ChangedEntry> Decisions) : ResultSection(ModelResults.Key)
{
    /// <summary>The section's key in results.json.</summary>
    public const string Key = "modelDecisions";

    /// <summary>The versions in force over time of retrained models, by strategy and time.</summary>
    public IReadOnlyList<VersionInForce> Versions { get; init; } = [];

    /// <summary>Results of challengers, by strategy.</summary>
    public IReadOnlyList<ChallengerFigures> Challengers { get; init; } = [];
}
