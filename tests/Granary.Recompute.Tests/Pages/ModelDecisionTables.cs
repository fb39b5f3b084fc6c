using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What models decided, beside the section modelDecisions of results.json, whose numbers <see cref="ModelDecisionCheck"/> recomputes.
/// </summary>
internal static class ModelDecisionTables
{
    private const int MostDecisions = 50;

    public static void Check(PageCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("modelDecisions", out var section)) return;
        var strategies = section.GetProperty("strategies");
        var actions = section.GetProperty("actions").EnumerateArray().ToLookup(IsOfWatch);
        check.List("Entries that models changed", JsonRecord.Nested(strategies, "changes"));
        check.List("Versions in force over time", JsonRecord.List(section, "versions"));
        check.List("Trainings and expiries", [.. actions[false].Select(Training)]);
        check.List("Challengers beside the versions in force", JsonRecord.List(section, "challengers"));
        check.List("Alerts and what was done", [.. actions[true].Select(a => new JsonRecord(a))]);
        check.List("Changed entries by worth", [.. JsonRecord.List(section, "decisions").Take(MostDecisions)]);
        int Sum(string key) => strategies.EnumerateArray().Sum(s => s.GetProperty(key).GetInt32());
        if (Sum("watched") > 0) check.Sentences.Says("{} predictions were compared with the outcome of their trade; {} were wrong."
            + (actions[true].Any() ? "" : " No detector gave an alert."), Sum("watched"), Sum("wrong"));
    }

    // The version that was trained, where one was.
    private static JsonRecord Training(JsonElement action) => new JsonRecord(action).With("shown",
        action.TryGetProperty("training", out var training) && training.ValueKind == JsonValueKind.Object
            ? training.GetProperty("trained") : action.GetProperty("version"));

    private static bool IsOfWatch(JsonElement action) => action.GetProperty("action").GetString() is "alert" or "rolled-back" or "restored";
}
