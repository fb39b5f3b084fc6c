using Granary.Api.Jobs;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Backtesting.Charts;
using Granary.Contracts.Runs;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Runs;

/// <summary>Endpoints for the strategies of a run: trades, factors at entries, profit by condition, and price charts.</summary>
internal static class RunRowEndpoints
{
    public static void Map(RouteGroupBuilder runs)
    {
        MapRows(runs, "trades", "listRunTrades", "The trades of the strategies of a run, each in its own account.");
        MapRows(runs, "factors", "listRunFactors", "The factors of the strategies of a run at their entries.");
        MapRows(runs, "conditions", "listRunConditions", "The profit of the strategies of a run by condition, such as volatility or weekday.");
        MapRows(runs, "model-decisions", "listRunModelDecisions", "Entries of a run that a model changed, with the effect of each change.",
            "model_decisions", NoModels);
        MapRows(runs, "model-log", "listRunModelLog", "Alerts of watched models of a run, and what followed.", "model_log", NoModels);
        MapFiles(runs);
        runs.MapGet("/{id}/chart", ChartAsync).WithName("getRunChart")
            .WithSummary("The bars of a market of a run, with factors, with at most 'points' points.")
            .WithDescription("'factors' are texts with semicolons between, such as sma(10);macd(12,26,9).signal. Bars are joined to longer "
                + "ones; 'from' and 'to' are times in ISO 8601; 'to' is left out. 'timeframe' is a multiple of the batch's. With "
                + "'strategy', an id of the run, the chart has the stops and targets of its trades: the strategy is run again for them. "
                + "'prices' of the bars says whether they are adjusted for splits and dividends.")
            .Produces<ChartBars>().ProducesProblem(400).ProducesProblem(404);
    }

    private const string NoModels = "this run has no decisions of models; give its batch a section 'learning', and \"signals\" among its "
        + "outputs";

    private static void MapFiles(RouteGroupBuilder runs) =>
        runs.MapGet("/{id}/files/{name}", (string id, string name, RunLibrary library) =>
            {
                if (library.Find(id) is null) return Unknown(id);
                var folder = library.PathOf(id);
                // Only names that the folder lists are opened, so that no name leads out of it.
                var names = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Where(f => f[0] != '.').ToList();
                return names.Contains(name, StringComparer.Ordinal) && RunFile.Open(folder, name) is { } file
                    ? JobAnswers.OfFile(name, file) : Problem.NotFound($"the run {id} has no file '{name}'");
            })
            .WithName("getRunFile").WithSummary("A file of a run, also of a run of the command line.")
            .Produces(200, null, "application/octet-stream").ProducesProblem(404);

    // Unless it has another name, the file has the name of the path.
    private static void MapRows(RouteGroupBuilder runs, string path, string name, string summary, string? file = null,
        string? absence = null) =>
        runs.MapGet($"/{{id}}/{path}", (string id, RunLibrary library, [AsParameters] Paging paging, [FromQuery] string? strategy,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
            {
                if (library.Find(id) is null) return Unknown(id);
                var page = new RowQuery(limit, strategy,
                    paging.Cursor).Of(Path.Combine(library.PathOf(id), (file ?? path) + ".csv"), absence);
                return paging.Answer(page, page.Next);
            })
            .WithName(name).WithSummary(summary).Produces<FileRows>().ProducesProblem(400).ProducesProblem(404);

    private sealed record ChartQuestion([FromQuery(Name = "symbol")] string Symbol, [FromQuery(Name = "timeframe")] string? Timeframe,
        [FromQuery(Name = "factors")] string? Factors, [FromQuery(Name = "strategy")] string? Strategy);

    private static async Task<IResult> ChartAsync(string id, RunLibrary library, RunCharts charts, [AsParameters] SeriesSpan span,
        [AsParameters] ChartQuestion question,
        [AllowedRange(4, SeriesSpan.MostPoints)] int points = SeriesSpan.UsualPoints)
    {
        if (library.Find(id) is null) return Unknown(id);
        var (symbol, timeframe, factors, strategy) = question;
        Timeframe? asked = null;
        if (timeframe is not null && !Timeframe.TryParse(timeframe, out asked))
            throw new InputException($"timeframe={timeframe}: write it as 1m, 1h or 1d");
        var query = new ChartQuery(symbol, asked, string.IsNullOrWhiteSpace(factors) ? [] : [.. FactorParser.Split(factors)],
            string.IsNullOrWhiteSpace(strategy) ? null : strategy);
        var chart = await charts.FindAsync(id, query).ConfigureAwait(false);
        return TypedResults.Ok(chart.Show(span.Read(points)));
    }

    private static IResult Unknown(string id) => Problem.NotFound($"there is no run {id} here");
}
