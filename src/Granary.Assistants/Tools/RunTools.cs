using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Assistants.Content;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Tools;

/// <summary>Tools that read finished runs: list, results, verdict.</summary>
internal sealed class RunTools(AssistantCall call, RunLibrary runs, GranaryCatalogues catalogues)
{
    private const int MostConclusions = 12;

    [McpServerTool(Name = "list_runs", Title = "Runs", ReadOnly = true, OpenWorld = false)]
    [Description("Lists finished runs, the newest first. Returns and drawdowns are fractions, the Sharpe ratio is annual.")]
    public async Task<CallToolResult> ListAsync(
        [Description("A part of the name, the batch, the id, the digest or a symbol.")] string? search = null,
        [Description("Only runs of this kind."), AllowedValues("backtest", "walk-forward", "combined", "live", "reinforce", "training",
            "search")] string? kind = null,
        [Description("The order; runs without the figure come last."), AllowedValues("created", "name", "totalReturn", "sharpe",
            "maxDrawdown")] string sort = "created",
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null, CancellationToken cancellationToken = default)
    {
        var query = new RunQuery(limit, cursor) { Search = search, Kind = kind, Sort = sort, Order = sort == "name" ? "asc" : "desc" };
        var page = await call.ListRunsAsync(query, cancellationToken).ConfigureAwait(false);
        var columns = new[] { "id", "name", "kind", "created", "markets", "totalReturn", "sharpe", "maxDrawdown", "tradable" }
            .Select(k => catalogues.Metrics.Find(k) is { } metric ? AnswerColumn.Of(metric) : AnswerColumn.Of(k)).ToList();
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{page.Total} finished runs."))
            .Table("runs", columns, [.. page.Items.Select(r => new JsonObject
            {
                ["id"] = r.Id,
                ["name"] = r.Name,
                ["kind"] = r.Kind,
                ["created"] = r.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                ["markets"] = string.Join(", ", r.Markets),
                ["totalReturn"] = r.TotalReturn,
                ["sharpe"] = r.Sharpe,
                ["maxDrawdown"] = r.MaxDrawdown,
                ["tradable"] = r.Tradable,
            })]).Page(page.Items.Count, page.Total, page.Next).Done();
    }

    [McpServerTool(Name = "get_results", Title = "Results", ReadOnly = true, OpenWorld = false)]
    [Description("The portfolio of a run and a table of its strategies. Returns, drawdowns and shares are fractions; ratios are annual.")]
    public CallToolResult Results([Description("The id of the run.")] string run,
        [Description("A metric, id, class, symbol, timeframe or weight, with '-' in front for the largest first, such as -sharpe.")]
        string? sort = null,
        [Description("Conditions with commas between, such as trades>=30,symbol=BTCUSDT,id~SmaCross.")] string? filter = null,
        [Description("The metrics to show, such as sharpe,calmar; list_catalogue lists them.")] string? metrics = null,
        [Description("Maximum number of strategies."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null)
    {
        var found = call.Open(run);
        var results = runs.ResultsOf(run);
        var keys = metrics?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var shown = RunFigures.Metrics(keys ?? RunFigures.Usual, catalogues.Metrics);
        var page = new StrategyQuery(limit, sort, filter, cursor).Of(results);
        var stats = RunPart.Of(results, "portfolio")?["stats"] as JsonObject;
        var answer = Answer.Of($"Run {run} ({found.Kind}, batch {found.Batch}): portfolio "
            + (stats is null ? "has no figures" : RunFigures.Headline(stats, catalogues.Metrics)) + ".")
            .With("run", JsonValue.Create(run)).With("kind", JsonValue.Create(found.Kind)).With("digest", JsonValue.Create(found.Digest))
            .With("portfolio", AnswerNumber.Of(stats));
        answer.Table("strategies", [AnswerColumn.Of("id"), AnswerColumn.Of("weight"), .. shown.Select(AnswerColumn.Of), AnswerColumn.Of("error")],
            [.. page.Items.Select(s => Row(s, shown.Select(m => m.Key)))]);
        return answer.Page(page.Items.Count, page.Total, page.Next).Done();
    }

    [McpServerTool(Name = "get_verdict", Title = "Verdict", ReadOnly = true, OpenWorld = false)]
    [Description("Whether the validation checks of a run allow to trade it: each check with its finding, and what the report concludes. A run "
        + "that fails must not be traded, however good its return is.")]
    public CallToolResult Verdict([Description("The id of the run.")] string run)
    {
        call.Open(run);
        var results = runs.ResultsOf(run);
        var answer = Answer.Of($"Validation checks of run {run}.").With("run", JsonValue.Create(run));
        var checks = RunPart.Of(results, Reporting.Runs.ValidationChecks.Key) ?? [];
        answer.Table("checks", [AnswerColumn.Of("check"), AnswerColumn.Of("state"),
                new("sentence", "finding") { Longest = AnswerColumn.LongestSentence }],
            [.. checks.Where(c => c.Value is JsonObject).Select(c => new JsonObject
            {
                ["check"] = c.Key,
                ["state"] = c.Value!["state"]?.DeepClone(),
                ["sentence"] = c.Value["sentence"]?.DeepClone(),
            })]);
        var conclusions = RunFigures.Conclusions(results).Take(MostConclusions).ToList();
        foreach (var sentence in conclusions) answer.Line("- " + sentence);
        return answer.With("conclusions", new JsonArray([.. conclusions.Select(c => (JsonNode)c)])).Done();
    }

    private static JsonObject Row(JsonObject strategy, IEnumerable<string> metrics)
    {
        var row = new JsonObject
        {
            ["id"] = strategy["id"]?.DeepClone(),
            ["weight"] = strategy["weight"]?.DeepClone(),
            ["error"] = strategy["error"]?.DeepClone(),
        };
        foreach (var metric in metrics) row[metric] = strategy["stats"]?[metric]?.DeepClone();
        return row;
    }
}
