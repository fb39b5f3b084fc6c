using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Data.Quality;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Simulation.MarketData;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace Granary.Assistants.Tools;

/// <summary>Tools that tell which bars there are, and how good they are.</summary>
internal sealed class DataTools(AssistantCall call, BudgetedJobs research, CallerFiles files, RunLibrary runs)
{
    [McpServerTool(Name = "list_data", Title = "Market data", ReadOnly = true, OpenWorld = false)]
    [Description("Lists the sources of bars that a batch can name in data.source, with their timeframe and symbols: "
        + "also the caller's own uploads, and no others.")]
    public async Task<CallToolResult> ListAsync([Description("A part of the source or of a symbol.")] string? search = null,
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null, CancellationToken cancellationToken = default)
    {
        var all = await research.Markets(call.Caller).SourcesAsync([CallerFiles.UploadsOf(call.Caller.Name)],
            [runs.Folder, files.Uploads], cancellationToken).ConfigureAwait(false);
        var found = all.Where(s => search is null || s.Source.Contains(search, StringComparison.OrdinalIgnoreCase)
            || s.Symbols.Any(y => y.Contains(search, StringComparison.OrdinalIgnoreCase))).ToList();
        var (page, next) = Answer.PageOf(found, limit, cursor);
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{found.Count} sources of bars."))
            .Table("sources", AnswerColumn.All("source", "timeframe", "count", "symbols"),
                [.. page.Select(s => new JsonObject
                {
                    ["source"] = s.Source,
                    ["timeframe"] = s.Timeframe,
                    ["count"] = s.Symbols.Count,
                    ["symbols"] = new JsonArray([.. s.Symbols.Take(Answer.UsualRows).Select(y => (JsonNode)y)]),
                })]).Page(page.Count, found.Count, next).Done();
    }

    [McpServerTool(Name = "check_data", Title = "Quality of bars", ReadOnly = true, OpenWorld = false)]
    [Description("Checks the bars of one market: first and last bar, number of bars, gaps, duplicates, wrong prices, outliers.")]
    public async Task<CallToolResult> CheckAsync(
        [Description("A source as list_data shows it, such as store:bars or csv:daily.")] string source,
        [Description("The symbol.")] string symbol, [Description("The timeframe, such as 1m, 1h or 1d.")] string timeframe,
        CancellationToken cancellationToken = default)
    {
        var (markets, query) = (research.Markets(call.Caller), new BarQuery(symbol, TimeframeOf(timeframe)));
        var (bars, first, last) = await markets.SpanAsync(source, query, cancellationToken).ConfigureAwait(false);
        await using var series = await markets.OpenAsync(source, query, cancellationToken).ConfigureAwait(false);
        var report = await DataCheck.SeriesAsync(series, cancellationToken).ConfigureAwait(false);
        var findings = MarketAnswers.FindingsOf([report]);
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{symbol} {timeframe} of {source}: {bars} bars, {findings.Count} findings."))
            .Line(bars == 0 ? "There are no bars." : $"First bar {RunText.Time(first)}, last bar {RunText.Time(last)} (their opens, UTC).")
            .With("bars", JsonValue.Create(bars)).With("first", bars == 0 ? null : JsonValue.Create(RunText.Time(first)))
            .With("last", bars == 0 ? null : JsonValue.Create(RunText.Time(last)))
            .Table("findings", AnswerColumn.All("severity", "check", "place", "sentence", "remedy"),
                [.. findings.Take(Answer.MostRows).Select(f => new JsonObject
                {
                    ["severity"] = f.Severity,
                    ["check"] = f.Check,
                    ["place"] = f.Place,
                    ["sentence"] = f.Sentence,
                    ["remedy"] = f.Remedy,
                })]).Page(Math.Min(findings.Count, Answer.MostRows), findings.Count, null).Done();
    }

    private static Timeframe TimeframeOf(string text) => Timeframe.TryParse(text, out var read) ? read.Value
        : throw new InputException($"timeframe={text}: use one of {string.Join(' ', Timeframe.All)}");
}
