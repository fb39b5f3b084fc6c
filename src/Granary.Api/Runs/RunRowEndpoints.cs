using Granary.Api.Jobs;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Backtesting.Charts;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
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
        MapRows(runs, "portfolio-trades", "listRunPortfolioTrades", "The trades of the portfolio of a run, as its account made them.",
            "portfolio_trades");
        MapRows(runs, "factors", "listRunFactors", "The factors of the strategies of a run at their entries.");
        MapRows(runs, "conditions", "listRunConditions",
            "The profit of the strategies of a run by condition, such as volatility or weekday.");
        MapRows(runs, "model-decisions", "listRunModelDecisions", "Entries of a run that a model changed, with the effect of each change.",
            "model_decisions", NoModels);
        MapRows(runs, "model-log", "listRunModelLog", "Alerts of watched models of a run, and what followed.", "model_log", NoModels);
        MapEquity(runs);
        MapFiles(runs);
        runs.MapGet("/{id}/analysis", (string id, RunLibrary library) => library.Find(id) is null ? Unknown(id)
                : RunFile.Open(library.PathOf(id), RunReport.AnalysisFile) is { } file ? JobAnswers.OfFile(file.Name, file)
                : Problem.NotFound($"the run {id} has no {RunReport.AnalysisFile}; run its batch with \"report\" among its outputs"))
            .WithName("getRunAnalysis").WithSummary("The figures of the charts of a run's report: benchmark, rolling figures, distribution "
                + "of returns, excursions of trades, correlation of strategies.")
            .Produces<RunAnalysis>().ProducesProblem(404);
        runs.MapGet("/{id}/search", Search)
            .WithName("getRunSearch").WithSummary("The parameter searches of a run: every trial with its values and objectives, the best "
                + "beside what luck alone would give, the importance of the parameters.")
            .Produces<RunSearches>().ProducesProblem(404);
        runs.MapGet("/{id}/figures", FiguresAsync)
            .WithName("getRunFigures").WithSummary("The figures of a part of a run, of the portfolio or of a strategy in its own account.")
            .WithDescription("The definitions are those of results.json. The first return is taken on the equity before 'from'; a trade "
                + "counts where it was closed at 'from' or later and before 'to'. Times are in ISO 8601.")
            .Produces<SpanFigures>().ProducesProblem(400).ProducesProblem(404);
        runs.MapGet("/{id}/chart", ChartAsync).WithName("getRunChart")
            .WithSummary("The bars of a market of a run, with factors, with at most 'points' points.")
            .WithDescription("'factors' are texts with semicolons between, such as sma(10);macd(12,26,9).signal. Bars are joined to longer "
                + "ones; 'from' and 'to' are times in ISO 8601; 'to' is left out. 'timeframe' is a multiple of the batch's. With "
                + "'strategy', an id of the run, the chart has the stops and targets of its trades: the strategy is run again for them. "
                + "'prices' of the bars says whether they are adjusted for splits and dividends.")
            .Produces<ChartBars>().ProducesProblem(400).ProducesProblem(404);
    }

    private static IResult Search(string id, RunLibrary library)
    {
        if (library.Find(id) is null) return Unknown(id);
        foreach (var (name, json) in library.ResultsOf(id).Parts)
            if (name == ParameterSearchResults.Key) return TypedResults.Bytes(json, "application/json");
        return Problem.NotFound($"the run {id} has no parameter search; give a strategy of its batch a \"search\"");
    }

    private static async Task<IResult> FiguresAsync(string id, [AsParameters] SeriesSpan span, [FromQuery] string? strategy,
        RunLibrary library, RunSpans spans) =>
        library.Find(id) is null ? Unknown(id)
            : TypedResults.Ok(string.IsNullOrEmpty(strategy) ? spans.Portfolio(id, span.First, span.End)
                : await spans.StrategyAsync(id, strategy, span.First, span.End).ConfigureAwait(false));

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
        TableAnswer.Declare<FileRows>(runs.MapGet($"/{{id}}/{path}", (string id, [AsParameters] RunRowSource source,
                [AsParameters] Paging paging, [AsParameters] SeriesSpan span, [AsParameters] RowSelection rows,
                [AsParameters] TableAnswer answer, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
                source.Answer(id, file ?? path, rows.Query(limit, paging) with { From = span.First, To = span.End }, paging, answer,
                    absence)))
            .WithName(name).WithSummary(summary)
            .WithDescription(RowSelection.Description + " 'from' and 'to' are times in ISO 8601, of trades: those closed at 'from' or later "
                + "and before 'to'." + TableAnswer.Description);

    private static void MapEquity(RouteGroupBuilder runs) =>
        TableAnswer.Declare<FileRows>(runs.MapGet("/{id}/equity", (string id, RunLibrary library, [AsParameters] Paging paging,
                [AsParameters] SeriesSpan span, [AsParameters] TableAnswer answer,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) => new RunRowSource { Library = library }.Answer(id, "equity",
                    new RowQuery(limit, null, paging.Cursor) { From = span.First, To = span.End }, paging, answer)))
            .WithName("listRunEquity").WithSummary("The equity of the portfolio of a run, a row for each bar.")
            .WithDescription("'from' and 'to' are times in ISO 8601; 'to' is left out. getRunSeries reduces the curve to the points of a chart."
                + TableAnswer.Description);

    private static async Task<IResult> ChartAsync(string id, RunLibrary library, RunCharts charts, [AsParameters] SeriesSpan span,
        [AsParameters] FactorQuestion question, [FromQuery] string? strategy,
        [AllowedRange(4, SeriesSpan.MostPoints)] int points = SeriesSpan.UsualPoints)
    {
        if (library.Find(id) is null) return Unknown(id);
        var chart = await charts.FindAsync(id, question.Query(strategy)).ConfigureAwait(false);
        return TypedResults.Ok(chart.Show(span.Read(points)));
    }

    private static IResult Unknown(string id) => Problem.NotFound($"there is no run {id} here");
}
