using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What models decided, compared with the section modelDecisions of results.json, whose numbers <see cref="ModelDecisionCheck"/>
/// recomputes.
/// </summary>
internal static class ModelDecisionTables
{
    private const int MostDecisions = 50;

    public static void Check(PageCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("modelDecisions", out var section)) return;
        var strategies = section.GetProperty("strategies").EnumerateArray().ToList();
        check.Table("Entries that models changed", [.. strategies.SelectMany(s => s.GetProperty("changes").EnumerateArray()
            .Select(v => new Cells
            {
                ["Strategy"] = Text(s, "strategy"),
                ["Judged"] = Value(s, "judged"),
                ["Change"] = Text(v, "change"),
                ["Entries"] = Value(v, "entries"),
                ["Closed trades"] = Value(v, "trades"),
                ["Would have earned"] = Value(v, "return"),
                ["Net profit"] = Value(v, "profit"),
                ["Worth"] = Value(v, "worth"),
            }))]);
        var watched = strategies.Sum(s => Value(s, "watched"));
        var all = section.GetProperty("actions").EnumerateArray().ToList();
        var actions = all.Where(a => Text(a, "action") is "alert" or "rolled-back" or "restored").ToList();
        Trainings(check, section, [.. all.Except(actions)]);
        if (watched > 0) check.Sentences.Says("{} predictions were compared with the outcome of their trade; {} were wrong."
            + (actions.Count == 0 ? " No detector gave an alert." : ""), watched, strategies.Sum(s => Value(s, "wrong")));
        check.Table("Alerts and what was done", [.. actions.Select(a => new Cells
        {
            ["Time"] = Cell.Time(a.GetProperty("time").GetDateTime().ToUniversalTime()),
            ["Strategy"] = Text(a, "strategy"),
            ["Action"] = Text(a, "action"),
            ["Version"] = Value(a, "version") == 0 ? double.NaN : Value(a, "version"),
            ["Weight"] = Value(a, "weight"),
            ["Reason"] = Text(a, "reason"),
        })]);
        check.Table("Changed entries by worth", [.. section.GetProperty("decisions").EnumerateArray().Take(MostDecisions)
            .Select(d => new Cells
            {
                ["Strategy"] = Text(d, "strategy"),
                ["Time"] = Cell.Time(d.GetProperty("time").GetDateTime().ToUniversalTime()),
                ["Side"] = Text(d, "side"),
                ["Version"] = Value(d, "version"),
                ["Change"] = Text(d, "change"),
                ["Prediction"] = Value(d, "prediction"),
                ["Dissimilarity"] = Value(d, "dissimilarity"),
                ["Size left"] = Value(d, "size"),
                ["Return"] = Value(d, "return"),
                ["Worth"] = Value(d, "worth"),
            })]);
    }

    private static void Trainings(PageCheck check, JsonElement section, List<JsonElement> trainings)
    {
        check.Table("Versions in force over time", [.. section.GetProperty("versions").EnumerateArray().Select(v => new Cells
        {
            ["Strategy"] = Text(v, "strategy"),
            ["Version"] = Value(v, "version"),
            ["From"] = Time(v, "from"),
            ["To"] = Time(v, "to"),
            ["Expired"] = Time(v, "expired"),
            ["Learned from"] = Time(v, "trainFrom"),
            ["Learned to"] = Time(v, "trainTo"),
            ["Samples"] = Value(v, "samples"),
            ["Signals"] = Value(v, "signals"),
            ["Refused as expired"] = Value(v, "refused"),
        })]);
        check.Table("Trainings and expiries", [.. trainings.Select(a => new Cells
        {
            ["Time"] = Time(a, "time"),
            ["Strategy"] = Text(a, "strategy"),
            ["Action"] = Text(a, "action"),
            ["Version"] = a.TryGetProperty("training", out var t) && t.ValueKind == JsonValueKind.Object ? Value(t, "trained")
                : Value(a, "version"),
            ["Error in force"] = Value(a, "before"),
            ["Error"] = Value(a, "after"),
            ["Outcomes"] = Value(a, "trades"),
            ["p"] = t.ValueKind == JsonValueKind.Object ? Value(t, "pValue") : double.NaN,
            ["Reason"] = Text(a, "reason"),
        })]);
        check.Table("Challengers beside the versions in force", [.. section.GetProperty("challengers").EnumerateArray()
            .Select(c => new Cells
        {
            ["Strategy"] = Text(c, "strategy"),
            ["Closed trades"] = Value(c, "trades"),
            ["Compared"] = Value(c, "compared"),
            ["Error in force"] = Value(c, "error"),
            ["Error of challengers"] = Value(c, "challengerError"),
            ["Low"] = Value(c, "low"),
            ["High"] = Value(c, "high"),
            ["p"] = Value(c, "pValue"),
        })]);
    }

    private static Cell Time(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var time) && time.ValueKind == JsonValueKind.String
            ? Cell.Time(time.GetDateTime().ToUniversalTime()) : double.NaN;

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;

    private static double Value(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
