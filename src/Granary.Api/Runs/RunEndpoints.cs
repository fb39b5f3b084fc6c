using System.Text.Json;
using Granary.Api.Access;
using Granary.Api.Jobs;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Backtesting.Charts;
using Granary.Contracts.Jobs;
using Granary.Contracts.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Runs;

/// <summary>Finished runs: their list, their figures, their strategies, and their curves with as many points as a chart needs.</summary>
internal static class RunEndpoints
{
    private const string Price = "price:";

    public static void Map(IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs").ProducesProblem(401).ProducesProblem(403).RequireAuthorization(
            RolePolicies.Viewer);
        runs.MapGet("", (RunLibrary library, [AsParameters] Paging paging, [AsParameters] RunFilter filter,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
            {
                var page = library.List(filter.Query(limit, paging.Cursor));
                return paging.Answer(page, page.Next);
            })
            .WithName("listRuns").WithSummary("Finished runs of the server's folder, sorted and filtered; the newest first without 'sort'.")
            .WithDescription("'sort' is created, name, kind, markets, tradable, totalReturn, sharpe, maxDrawdown, seconds or "
                + "elapsedSeconds, and 'order' asc or desc; runs without the figure come last. 'kind' is backtest, walk-forward, combined, live, reinforce or "
                + "training. 'market' is a symbol, in capitals or not. 'tradable' is true or false: whether all validation checks passed. "
                + "'search' is a part of the name, the batch, the id, the digest or a symbol.")
            .Produces<RunPage>().ProducesProblem(400);
        runs.MapGet("/{id}", (string id, RunLibrary library) => library.Find(id) is { } run
                ? TypedResults.Stream(stream => WriteAsync(stream, run, library), "application/json") : Unknown(id))
            .WithName("getRun").WithSummary("A run: its origin, and the content of its results.json without the strategies and the trials "
                + "of searches.")
            .Produces<RunSummary>().ProducesProblem(404);
        TableAnswer.Declare<StrategyRows>(runs.MapGet("/{id}/strategies", (string id, RunLibrary library, [AsParameters] Paging paging,
                [AsParameters] StrategySelection strategies, [AsParameters] TableAnswer answer,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
            {
                if (library.Find(id) is null) return Unknown(id);
                var query = new StrategyQuery(limit, strategies.Sort, strategies.Filter, paging.Cursor);
                return answer.Named("id", "strategy").Of(() =>
                {
                    var page = query.Of(library.ResultsOf(id));
                    return paging.Answer(page, page.Next);
                }, () => query.TableOf(library.ResultsOf(id)));
            }))
            .WithName("listRunStrategies").WithSummary("The strategies of a run, sorted and filtered.")
            .WithDescription("'sort' is id, class, symbol, timeframe, weight or a metric, with '-' in front for the largest first. "
                + "'filter' has conditions with commas between, such as trades>=30,symbol=BTCUSDT,id~SmaCross." + TableAnswer.Description);
        TableAnswer.Declare<SignalRows>(runs.MapGet("/{id}/signals", (string id, [AsParameters] RunRowSource source,
                [AsParameters] Paging paging, [AsParameters] SignalSelection signals, [AsParameters] RowSelection rows,
                [AsParameters] TableAnswer answer, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
                source.Answer(id, new SignalQuery(rows.Query(limit, paging), signals.Symbol, signals.Decision), paging, answer)))
            .WithName("listRunSignals").WithSummary("The signals of a run: the portfolio's decision, and what each earned in the "
                + "strategy's own account.")
            .WithDescription("'decision' is one of the portfolio's decisions, such as max-positions, or 'refused' for all except accepted. "
                + RowSelection.Description + TableAnswer.Description);
        runs.MapGet("/{id}/series/{name}", SeriesAsync)
            .WithName("getRunSeries").WithSummary("A curve of a run with at most 'points' points: equity, cash, exposure, drawdown, "
                + "months (the return of each), buy-and-hold, or price:SYMBOL for bars.")
            .WithDescription("With 'strategy', an id of the run, the curves equity, drawdown and buy-and-hold are those of the strategy's "
                + "own account: the strategy is run again for them. Buying and holding is of the run's markets, or of "
                + "the strategy's, in equal "
                + "parts. Of a curve the first, last, smallest and largest value of each stretch are kept; bars are joined to longer "
                + "ones. 'from' and 'to' are times in ISO 8601; 'to' is left out.")
            .Produces<RunCurve>().ProducesProblem(400).ProducesProblem(404);
        RunRowEndpoints.Map(runs);
        WhyEndpoints.MapRuns(runs);
        RunChangeEndpoints.Map(api);
    }

    internal sealed record StrategySelection
    {
        [FromQuery(Name = "sort")]
        public string? Sort { get; init; }

        [FromQuery(Name = "filter")]
        public string? Filter { get; init; }
    }

    internal sealed record SignalSelection
    {
        [FromQuery(Name = "symbol")]
        public string? Symbol { get; init; }

        [FromQuery(Name = "decision")]
        public string? Decision { get; init; }
    }

    internal sealed record RunFilter
    {
        [FromQuery(Name = "sort")]
        public string? Sort { get; init; }

        [FromQuery(Name = "order")]
        public string? Order { get; init; }

        [FromQuery(Name = "kind")]
        public string? Kind { get; init; }

        [FromQuery(Name = "market")]
        public string? Market { get; init; }

        [FromQuery(Name = "tradable")]
        public string? Tradable { get; init; }

        [FromQuery(Name = "search")]
        public string? Search { get; init; }

        public RunQuery Query(int limit, string? cursor) => new(limit, cursor)
        {
            Sort = Sort,
            Order = Order,
            Kind = Kind,
            Market = Market,
            Tradable = Tradable,
            Search = Search,
        };
    }

    internal sealed record SeriesSource
    {
        [FromServices]
        public required RunCurves Curves { get; init; }

        [FromServices]
        public required GranaryCatalogues Catalogues { get; init; }

        [FromQuery(Name = "strategy")]
        public string? Strategy { get; init; }
    }

    private static async Task<IResult> SeriesAsync(string id, string name, [AsParameters] SeriesSpan span, RunLibrary library,
        [AsParameters] SeriesSource source, CancellationToken cancellationToken,
        [AllowedRange(4, SeriesSpan.MostPoints)] int points = SeriesSpan.UsualPoints)
    {
        if (library.Find(id) is null) return Unknown(id);
        var (curves, catalogues, strategy) = (source.Curves, source.Catalogues, source.Strategy);
        var series = span.Read(points);
        if (!string.IsNullOrEmpty(strategy))
            return TypedResults.Ok(await curves.StrategyAsync(id, strategy, name, series).ConfigureAwait(false));
        if (name.StartsWith(Price, StringComparison.Ordinal))
            return TypedResults.Ok(await series.BarsAsync(library.PathOf(id), name[Price.Length..], catalogues, cancellationToken)
                .ConfigureAwait(false));
        var equity = Path.Combine(library.PathOf(id), "equity.csv");
        return name switch
        {
            "months" => TypedResults.Ok(series.Months(equity)),
            RunCurves.Hold => TypedResults.Ok(await curves.HoldAsync(id, series).ConfigureAwait(false)),
            "equity" or "cash" or "exposure" or "drawdown" => TypedResults.Ok(series.Curve(equity, name)),
            _ => Problem.NotFound($"a run has no series '{name}'; it has equity, cash, exposure, drawdown, months, {RunCurves.Hold} and "
                + "price:SYMBOL"),
        };
    }

    // The strategies and the trials of searches, most of results.json, are left out; its other parts are copied as they are written.
    private static async Task WriteAsync(Stream stream, RunSummary run, RunLibrary library)
    {
        var results = library.ResultsOf(run.Id);
        var writer = new Utf8JsonWriter(stream);
        await using var _ = writer.ConfigureAwait(false);
        writer.WriteStartObject();
        foreach (var own in JsonSerializer.SerializeToElement(run, JobJson.Options).EnumerateObject()) own.WriteTo(writer);
        foreach (var (name, json) in results.Parts)
        {
            if (name is "batch" or "run" or "digest") continue;
            // As large as the strategies; whether there is one is all that a view needs to ask for it.
            if (name == ParameterSearchResults.Key)
            {
                writer.WriteBoolean("searched", true);
                continue;
            }
            writer.WritePropertyName(name);
            writer.WriteRawValue(json.Span, skipInputValidation: true);
        }
        writer.WriteNumber("strategies", results.Count);
        writer.WritePropertyName("verdict");
        // Not Serialize, which flushes: a response refuses that.
        JsonSerializer.SerializeToElement(results.Verdict, JobJson.Options).WriteTo(writer);
        writer.WriteStartObject("zones");
        foreach (var (symbol, zone) in RunManifest.Read(library.PathOf(run.Id)).Zones.OrderBy(z => z.Key, StringComparer.Ordinal))
            writer.WriteString(symbol, zone);
        writer.WriteEndObject();
        writer.WriteStartArray("files");
        foreach (var file in Directory.EnumerateFiles(library.PathOf(run.Id)).Select(f => Path.GetFileName(f)!).Where(f => f[0] != '.')
            .Order(StringComparer.Ordinal)) writer.WriteStringValue(file);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static IResult Unknown(string id) => Problem.NotFound($"there is no run {id} here");
}
