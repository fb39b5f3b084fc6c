using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The tables about the models of a run.</summary>
internal static class ModelTables
{
    /// <summary>Table of drift monitoring actions and retrainings.</summary>
    public const string Log = "model_log";

    /// <summary>Table of the entries that models changed.</summary>
    public const string Decisions = "model_decisions";

    /// <summary>Table with the predictions of challengers.</summary>
    public const string Challengers = "model_challengers";

    /// <summary>model_log.</summary>
    public static readonly TableDefinition<WatchRecord> Action = new TableDefinition<WatchRecord>()
        .Word("strategy", a => a.Strategy).Time("time", a => a.Time.Ticks).Word("action", a => a.Action)
        .Whole("version", a => a.Version == 0 ? null : a.Version).Number("weight", a => a.Weight ?? double.NaN)
        .Number("before", a => a.Before ?? double.NaN).Number("after", a => a.After ?? double.NaN).Whole("trades", a => a.Trades)
        .Text("reason", a => a.Reason).Whole("trained", a => a.Training?.Trained).Time("ready", a => a.Training?.Ready.Ticks)
        .Time("train_from", a => a.Training?.TrainFrom?.Ticks).Time("train_to", a => a.Training?.TrainTo?.Ticks)
        .Whole("samples", a => a.Training is { TrainFrom: not null } of ? of.Samples : null)
        .Whole("incumbent", a => a.Training is { Incumbent: > 0 } with ? with.Incumbent : null)
        .Number("p_value", a => a.Training?.PValue ?? double.NaN);

    /// <summary>model_challengers.</summary>
    public static readonly TableDefinition<ChallengedSignal> Challenger = new TableDefinition<ChallengedSignal>()
        .Word("strategy", s => s.Strategy).Whole("number", s => s.Number).Time("time", s => s.Time.Ticks)
        .Whole("version", s => s.Version).Number("prediction", s => s.Prediction).Whole("challenger", s => s.Challenger)
        .Number("challenger_prediction", s => s.ChallengerPrediction).Number("outcome", s => s.Outcome)
        .Time("outcome_time", s => s.Known.Ticks);

    /// <summary>model_decisions.</summary>
    public static readonly TableDefinition<ChangedEntry> Decision = new TableDefinition<ChangedEntry>()
        .Word("strategy", d => d.Strategy).Whole("number", d => d.Number).Time("time", d => d.Time.Ticks).Word("side", d => d.Side)
        .Whole("version", d => d.Version).Word("change", d => Word(d.Change)).Number("prediction", d => d.Prediction ?? double.NaN)
        .Number("dissimilarity", d => d.Dissimilarity ?? double.NaN).Number("size", d => d.Size).Number("return", d => d.Return)
        .Number("worth", d => d.Worth);

    /// <summary>Returns the name of a change in files and pages.</summary>
    public static string Word(EntryChange change) => change switch
    {
        EntryChange.Refused => "refused",
        EntryChange.Reduced => "reduced",
        EntryChange.Expired => "expired",
        EntryChange.Abstained => "abstained",
    };
}
