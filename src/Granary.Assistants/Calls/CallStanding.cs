using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Contracts.Jobs;
using Granary.Server.Budgets;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Calls;

/// <summary>Adds the caller's trials, the luck bar and the verdict of the run to each answer.</summary>
internal sealed class CallStanding(RunLibrary runs, BudgetedJobs research)
{
    public void AddTo(CallToolResult result, AssistantCall call)
    {
        if (result.IsError == true) return;
        var data = result.StructuredContent is { } had ? JsonNode.Parse(had.GetRawText())!.AsObject() : [];
        var lines = new List<string>();
        var years = 1.0;
        if (call.Run is { } run)
        {
            var results = runs.ResultsOf(run.Id);
            years = YearsOf(results) ?? years;
            var (verdict, sentence) = VerdictOf(run.Id, results);
            data["verdict"] = verdict;
            lines.Add(sentence);
        }
        if (call.Caller.Limits is not null)
        {
            var standing = research.Standing(call.Caller, years);
            data["standing"] = AnswerNumber.Of(JsonSerializer.SerializeToNode(standing, JobJson.Options));
            lines.Add(char.ToUpperInvariant(standing.Sentence[0]) + standing.Sentence[1..].TrimEnd('.') + "."
                + (standing.Holdout is { } end ? string.Create(CultureInfo.InvariantCulture, $" Bars after {end.UtcDateTime:yyyy-MM-dd} are held out.")
                    : ""));
        }
        if (lines.Count == 0) return;
        // In the text of the answer, since some clients show only the first.
        if (result.Content is [TextContentBlock text, ..]) text.Text += "\n" + string.Join('\n', lines);
        result.StructuredContent = JsonSerializer.SerializeToElement(data);
    }

    // The trials of everybody on the run's bars, as its report counts them.
    private static (JsonObject Verdict, string Sentence) VerdictOf(string run, RunResults results)
    {
        var (verdict, overfitting) = (results.Verdict, RunPart.Of(results, "guards"));
        var sentence = VerdictText.Of(run, verdict);
        if (overfitting?["trials"] is { } trials && overfitting["luckBar"] is { } bar)
            sentence += string.Create(CultureInfo.InvariantCulture, $" {trials} trials were run on its bars; the best of so many ")
                + string.Create(CultureInfo.InvariantCulture, $"worthless ones would show an annual Sharpe ratio of {bar.GetValue<double>():0.00}.");
        var data = JsonSerializer.SerializeToNode(verdict, JobJson.Options)!.AsObject();
        data["trialsOnTheseBars"] = overfitting?["trials"]?.DeepClone();
        data["luckBar"] = AnswerNumber.Of(overfitting?["luckBar"]);
        return (data, sentence);
    }

    private static double? YearsOf(RunResults results) => RunPart.Of(results, "portfolio")?["stats"] is JsonObject stats
        && Number(stats["periods"]) is { } periods && Number(stats["periodsPerYear"]) is { } perYear && periods > 0 && perYear > 0
            ? periods / perYear : null;

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;
}
