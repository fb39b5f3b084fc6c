using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Simulation.RunFolders;

namespace Granary.Assistants.Content;

/// <summary>The figures of a run that its results.json has beside the strategies.</summary>
internal static class RunFigures
{
    /// <summary>The metrics that a list of strategies shows if the caller names none.</summary>
    public static readonly IReadOnlyList<string> Usual = ["trades", "totalReturn", "sharpe", "maxDrawdown", "profitFactor", "exposure"];

    /// <summary>The portfolio's statistics in one line, those first that reports show first.</summary>
    public static string Headline(JsonObject stats, MetricCatalogue metrics) => string.Join(", ", metrics.All.Where(m => m.Headline > 0)
        .OrderBy(m => m.Headline).Where(m => stats[m.Key] is not null)
        .Select(m => $"{m.Name.ToLowerInvariant()} {AnswerColumn.Of(m).TextOf(stats[m.Key])}"));

    /// <summary>Returns the metrics with these keys.</summary>
    /// <exception cref="InputException">There is no such metric.</exception>
    public static IReadOnlyList<Metric> Metrics(IReadOnlyList<string> keys, MetricCatalogue metrics) => [.. keys.Select(k => metrics.Find(k)
        ?? throw new InputException($"metrics: there is no metric '{k}'; "
            + (Spelling.Nearest(k, metrics.All.Select(m => m.Key)) is { } near ? $"did you mean '{near}'?"
                : "list_catalogue lists them")))];

    /// <summary>The sentences that a report concludes with.</summary>
    public static IReadOnlyList<string> Conclusions(RunResults results) =>
        [.. (RunPart.Of(results, "guards")?["conclusions"] as JsonArray ?? []).Select(c => c!.GetValue<string>())];

    /// <summary>A report of a run in Markdown: its portfolio, its verdict, its conclusions, its notes.</summary>
    public static string Report(string id, RunResults results, MetricCatalogue metrics)
    {
        var stats = RunPart.Of(results, "portfolio")?["stats"] as JsonObject;
        List<string> lines = [$"# Run {id}", "", string.Create(CultureInfo.InvariantCulture, $"{results.Count} strategies."), ""];
        if (stats is not null) lines.AddRange([$"Portfolio: {Headline(stats, metrics)}.", ""]);
        lines.AddRange(["## Verdict", "", VerdictText.Of(id, results.Verdict), ""]);
        lines.AddRange(results.Verdict.Reasons.Select(r => "- " + r));
        if (Conclusions(results) is { Count: > 0 } conclusions)
            lines.AddRange(["", "## Conclusions", "", .. conclusions.Select(c => "- " + c)]);
        if (RunPart.Any(results, "notes") is JsonArray { Count: > 0 } notes)
            lines.AddRange(["", "## Notes", "", .. notes.Select(n => "- " + n!["sentence"]!.GetValue<string>())]);
        return string.Join('\n', lines) + "\n";
    }
}
