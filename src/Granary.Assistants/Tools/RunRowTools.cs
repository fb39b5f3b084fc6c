using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Backtesting.Verification;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Tools;

/// <summary>Tools that read the trades and signals of finished runs, and compare two runs.</summary>
internal sealed class RunRowTools(AssistantCall call, RunLibrary runs, GranaryCatalogues catalogues)
{
    [McpServerTool(Name = "list_trades", Title = "Trades", ReadOnly = true, OpenWorld = false)]
    [Description("Closed trades of a run: of its strategies, each in its own account, or of its portfolio. Times are UTC, amounts in the "
        + "currency of the account, returns fractions.")]
    public CallToolResult Trades([Description("The id of the run.")] string run,
        [Description("The id of one strategy of the run.")] string? strategy = null,
        [Description("Whose trades."), AllowedValues("strategies", "portfolio")] string of = "strategies",
        [Description("A column, with '-' in front for the largest first, such as pnlNet for the worst first.")] string? sort = null,
        [Description("Only trades closed in this span, as FROM..TO in ISO 8601; each end may be left out.")] string? span = null,
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null)
    {
        call.Open(run);
        var (from, to) = TimeSpanText.Read("span", span);
        var query = new RowQuery(limit, strategy, cursor)
        {
            Sort = string.IsNullOrEmpty(sort) ? null : sort,
            From = from,
            To = to,
        };
        var page = query.Of(PathOf(run, of == "portfolio" ? "portfolio_trades" : "trades"), null, runs.Rows);
        var columns = new[] { "strategy", "symbol", "side", "quantity", "entryTime", "entryPrice", "exitTime", "exitPrice", "pnlNet",
            "return", "bars", "exitReason" };
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{page.Total} trades of the {of} of run {run}."))
            .With("run", JsonValue.Create(run)).Table("trades", [.. columns.Select(AnswerColumn.Of)], page.Items)
            .Page(page.Items.Count, page.Total, page.Next).Done();
    }

    [McpServerTool(Name = "list_signals", Title = "Signals", ReadOnly = true, OpenWorld = false)]
    [Description("Entry signals of a run: what the portfolio decided and why, and what the signal earned in the strategy's own account also "
        + "where it was refused. The totals by decision are over all that match.")]
    public CallToolResult Signals([Description("The id of the run.")] string run,
        [Description("The id of one strategy of the run.")] string? strategy = null, [Description("One symbol.")] string? symbol = null,
        [Description("A decision such as max-positions, or 'refused' for all except accepted.")] string? decision = null,
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null)
    {
        call.Open(run);
        var page = new SignalQuery(new RowQuery(limit, strategy, cursor), symbol, decision).Of(PathOf(run, "signals"), runs.Rows);
        var columns = new[] { "strategy", "symbol", "number", "time", "side", "price", "decision", "outcome", "exitReason", "pnlNet" };
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{page.Total} signals of run {run}."))
            .With("run", JsonValue.Create(run))
            .Table("decisions", AnswerColumn.All("decision", "signals", "trades", "wins", "profit"),
                [.. page.Decisions.Select(d => new JsonObject
                {
                    ["decision"] = d.Decision,
                    ["signals"] = d.Signals,
                    ["trades"] = d.Trades,
                    ["wins"] = d.Wins,
                    ["profit"] = d.Profit,
                })])
            .Table("signals", [.. columns.Select(AnswerColumn.Of)], page.Items).Page(page.Items.Count, page.Total, page.Next).Done();
    }

    [McpServerTool(Name = "compare_runs", Title = "Compare two runs", ReadOnly = true, OpenWorld = false)]
    [Description("The differences of two runs: statistics of the portfolio and the strategies, and how many trades differ.")]
    public CallToolResult Compare([Description("The id of the first run.")] string a, [Description("The id of the second run.")] string b,
        [Description("Maximum number of statistics."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null)
    {
        call.Find(a);
        call.Open(b);
        var (folderA, folderB) = (runs.PathOf(a), runs.PathOf(b));
        var (first, second) = (SavedRun.Read(folderA, catalogues.Metrics), SavedRun.Read(folderB, catalogues.Metrics));
        var found = RunDifference.Of(folderA, first, folderB, second);
        List<StatisticDifference> ordered = [.. found.Statistics.OrderBy(d => d.Strategy != "portfolio")];
        var (page, next) = Answer.PageOf(ordered, limit, cursor);
        var answer = Answer.Of(found.SameDigest ? $"Runs {a} and {b} have the same digest: their trades, signals and equity are equal."
            : string.Create(CultureInfo.InvariantCulture, $"Runs {a} and {b} differ: {found.Statistics.Count} statistics, ")
                + string.Create(CultureInfo.InvariantCulture, $"{found.TradesOnlyInA.Count()} trades only in A, {found.TradesOnlyInB.Count()} ")
                + string.Create(CultureInfo.InvariantCulture, $"only in B, {found.TradesChanged.Count()} changed."));
        answer.Line(VerdictText.Of(a, first.Model.Verdict));
        if (TrialDifference.Of(first.Model, second.Model) is { } ledger) answer.Line(ledger.Sentence);
        return answer.With("a", JsonValue.Create(a)).With("b", JsonValue.Create(b)).With("sameDigest", JsonValue.Create(found.SameDigest))
            .With("onlyInA", Ids(found.OnlyInA)).With("onlyInB", Ids(found.OnlyInB))
            .Table("statistics", [AnswerColumn.Of("strategy"), AnswerColumn.Of("statistic"), AnswerColumn.Of("a"), AnswerColumn.Of("b"),
                new("difference", "B − A")], [.. page.Select(Row)])
            .Page(page.Count, ordered.Count, next).Done();
    }

    private static JsonObject Row(StatisticDifference d) => new()
    {
        ["strategy"] = d.Strategy,
        ["statistic"] = d.Statistic,
        ["a"] = d.A,
        ["b"] = d.B,
        ["difference"] = MetricText.Difference(d.Statistic, d.A ?? double.NaN, d.B ?? double.NaN),
    };

    private static JsonArray Ids(IReadOnlyList<string> ids) => new([.. ids.Take(Answer.MostRows).Select(i => (JsonNode)i)]);

    private string PathOf(string run, string table) => Path.Combine(runs.PathOf(run), table + ".csv");
}
