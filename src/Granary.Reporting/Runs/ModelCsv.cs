using System.Globalization;
using CsvHelper;

namespace Granary.Reporting.Runs;

/// <summary>CSV files about the models of a run.</summary>
public static class ModelCsv
{
    /// <summary>File of drift monitoring actions and retrainings.</summary>
    public const string Log = "model_log.csv";

    /// <summary>File of the entries that models changed.</summary>
    public const string Decisions = "model_decisions.csv";

    /// <summary>File with the predictions of challengers.</summary>
    public const string Challengers = "model_challengers.csv";

    /// <summary>Writes model_log.csv.</summary>
    public static void WriteLog(TextWriter writer, IEnumerable<WatchRecord> actions)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "strategy", "time", "action", "version", "weight", "before", "after", "trades", "reason", "trained", "ready",
            "train_from", "train_to", "samples", "incumbent", "p_value");
        foreach (var a in actions)
            Row(csv, a.Strategy, RunText.Time(a.Time.Ticks), a.Action, a.Version == 0 ? "" : Whole(a.Version), Number(a.Weight),
                Number(a.Before), Number(a.After), Whole(a.Trades), a.Reason, a.Training is { } t ? Whole(t.Trained) : "",
                Time(a.Training?.Ready), Time(a.Training?.TrainFrom), Time(a.Training?.TrainTo),
                a.Training is { TrainFrom: not null } of ? Whole(of.Samples) : "",
                a.Training is { Incumbent: > 0 } with ? Whole(with.Incumbent) : "", Number(a.Training?.PValue));
    }

    /// <summary>Writes model_challengers.csv.</summary>
    public static void WriteChallengers(TextWriter writer, IEnumerable<ChallengedSignal> signals)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "strategy", "number", "time", "version", "prediction", "challenger", "challenger_prediction", "outcome", "outcome_time");
        foreach (var s in signals)
            Row(csv, s.Strategy, Whole(s.Number), RunText.Time(s.Time.Ticks), Whole(s.Version), RunText.Number(s.Prediction),
                Whole(s.Challenger), RunText.Number(s.ChallengerPrediction), RunText.Number(s.Outcome), RunText.Time(s.Known.Ticks));
    }

    /// <summary>Writes model_decisions.csv.</summary>
    public static void WriteDecisions(TextWriter writer, IEnumerable<ChangedEntry> decisions)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "strategy", "number", "time", "side", "version", "change", "prediction", "dissimilarity", "size", "return", "worth");
        foreach (var d in decisions)
            Row(csv, d.Strategy, Whole(d.Number), RunText.Time(d.Time.Ticks), d.Side, Whole(d.Version), Word(d.Change),
                Number(d.Prediction), Number(d.Dissimilarity), RunText.Number(d.Size), RunText.Number(d.Return), RunText.Number(d.Worth));
    }

    /// <summary>Returns the name of a change in files and pages.</summary>
    public static string Word(EntryChange change) => change switch
    {
        EntryChange.Refused => "refused",
        EntryChange.Reduced => "reduced",
        EntryChange.Expired => "expired",
        EntryChange.Abstained => "abstained",
    };

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTime? time) => time is { } known ? RunText.Time(known.Ticks) : "";

    private static string Number(double? number) => number is { } known && double.IsFinite(known) ? RunText.Number(known) : "";

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
