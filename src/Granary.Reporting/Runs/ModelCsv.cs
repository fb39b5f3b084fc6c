using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Granary.Reporting.Runs;

/// <summary>The files of what models did in a run.</summary>
public static class ModelCsv
{
    /// <summary>Acts of the watch of models.</summary>
    public const string Log = "model_log.csv";

    /// <summary>Entries that models changed.</summary>
    public const string Decisions = "model_decisions.csv";

    private static CsvWriter Open(TextWriter writer) =>
        new(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);

    /// <summary>Writes model_log.csv.</summary>
    public static void WriteLog(TextWriter writer, IEnumerable<WatchRecord> actions)
    {
        using var csv = Open(writer);
        Row(csv, "strategy", "time", "action", "version", "weight", "before", "after", "trades", "reason");
        foreach (var a in actions)
            Row(csv, a.Strategy, RunText.Time(a.Time.Ticks), a.Action, a.Version == 0 ? "" : Whole(a.Version), RunText.Number(a.Weight),
                Number(a.Before), Number(a.After), Whole(a.Trades), a.Reason);
    }

    /// <summary>Writes model_decisions.csv.</summary>
    public static void WriteDecisions(TextWriter writer, IEnumerable<ChangedEntry> decisions)
    {
        using var csv = Open(writer);
        Row(csv, "strategy", "number", "time", "side", "version", "verdict", "prediction", "dissimilarity", "size", "return", "worth");
        foreach (var d in decisions)
            Row(csv, d.Strategy, Whole(d.Number), RunText.Time(d.Time.Ticks), d.Side, Whole(d.Version), Word(d.Verdict),
                Number(d.Prediction), Number(d.Dissimilarity), RunText.Number(d.Size), RunText.Number(d.Return), RunText.Number(d.Worth));
    }

    /// <summary>As files and pages name a verdict.</summary>
    public static string Word(ModelVerdict verdict) => verdict switch
    {
        ModelVerdict.Refused => "refused",
        ModelVerdict.Reduced => "reduced",
        _ => "abstained",
    };

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? number) => number is { } known && double.IsFinite(known) ? RunText.Number(known) : "";

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
