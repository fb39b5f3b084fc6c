using System.ComponentModel;
using System.Text.Json;
using Granary.Api.Access;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Api.Runs;
using Granary.Backtesting.Charts;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Costs;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;
using Granary.Trading.Sessions;
using Granary.Trading.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Sessions;

/// <summary>Serves the configuration, equity, bars and log of a session, also after its end.</summary>
internal static class SessionHistoryEndpoints
{
    public static void Map(RouteGroupBuilder sessions)
    {
        var history = sessions.MapGroup("/{id}").ProducesProblem(404).ProducesProblem(503).RequireAuthorization(RolePolicies.Viewer);
        history.MapGet("/configuration", async (string id, [FromServices] SessionHistory known, CancellationToken stop) =>
                Answer(id, await known.ConfigurationAsync(id, stop).ConfigureAwait(false)))
            .WithName("getSessionConfiguration").WithSummary("The configuration that a session trades, with the weights in force.")
            .Produces<SessionConfiguration>();
        history.MapGet("/equity", async (string id, [FromServices] SessionHistory known, CancellationToken stop) =>
                Answer(id, await known.EquityAsync(id, stop).ConfigureAwait(false)))
            .WithName("getSessionEquity").WithSummary("Equity and drawdown of a session's account by bar, with the expected equity.")
            .WithDescription("The expected equity and its 95 % interval follow from the daily returns of the backtest of the deployment "
                + "that the account trades. An answer has at most 240 points, which keep lows and highs.")
            .Produces<SessionEquity>();
        history.MapGet("/costs", async (string id, [FromServices] SessionHistory known, CancellationToken stop) =>
                await known.CostsAsync(id, stop).ConfigureAwait(false) is { } costs
                    ? TypedResults.Text(CostFile.Write(costs), "application/json") : Problem.NotFound(Unknown(id)))
            .WithName("getSessionCosts")
            .WithSummary("What the fills of a session's account cost, with intervals: the content of costs.json.")
            .WithDescription("It is measured as 'granary costs fit' does; docs/costs.schema.json describes the answer.")
            .Produces<JsonElement>().ProducesProblem(400);
        WhyEndpoints.MapSessions(history);
        history.MapGet("/bars", BarsAsync).WithName("getSessionBars")
            .WithSummary("Bars that a session has processed, at most 'limit' of them.")
            .WithDescription("'timeframe' is a multiple of the session's, and its days are the market's trading days; without it the bars "
                + "are the session's. More bars than 'limit' are joined, and the answer's 'timeframe' says how many, as 5 x 1d. 'prices' "
                + "says whether the feed's prices are adjusted for splits and dividends. 'from' and 'to' are times in ISO 8601; 'to' is "
                + "left out.")
            .Produces<RunBars>().ProducesProblem(400);
        history.MapGet("/chart", ChartAsync).WithName("getSessionChart")
            .WithSummary("Bars that a session has processed, with factors, with at most 'points' points.")
            .WithDescription("'factors' are texts with semicolons between, such as sma(10);macd(12,26,9).signal. They are computed over "
                + "all bars that the session has processed, and equal those of a backtest over these bars. The rest is as in "
                + "/sessions/{id}/bars.")
            .Produces<ChartBars>().ProducesProblem(400);
        MapLists(history);
    }

    private static void MapLists(RouteGroupBuilder history)
    {
        TableAnswer.Declare<SessionLogPage>(history.MapGet("/log", LogAsync))
            .WithName("listSessionLog").WithSummary("Fills, signals, refusals, models, commands and states of a session, newest first.")
            .WithDescription(RowSelection.Description + " To read a log that grows without a gap, ask with sort=sequence, or for the entries "
                + "before the last one with filter=sequence<NUMBER." + TableAnswer.Description);
        TableAnswer.Declare<FileRows>(history.MapGet("/orders", async (string id, [FromServices] SessionHistory known,
                [AsParameters] RowSelection rows, [AsParameters] Paging paging, [AsParameters] TableAnswer answer, CancellationToken stop,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
                await known.RowsAsync(id, read => read.Orders(), stop).ConfigureAwait(false) is { } orders
                    ? RunRowSource.Answer(orders, rows.Query(limit, paging), paging, answer, KnownTables.Find(AccountTables.Orders)!)
                    : Problem.NotFound(Unknown(id))))
            .WithName("listSessionOrders").WithSummary("The orders of a session, open and ended, in the order in which they were made.")
            .WithDescription(RowSelection.Description + TableAnswer.Description);
    }

    private static async Task<IResult> LogAsync(string id, [AsParameters] LogSource source, [AsParameters] RowSelection rows,
        [AsParameters] Paging paging, [AsParameters] TableAnswer answer, CancellationToken stop,
        [AllowedRange(1, Paging.Most)] int limit = Paging.Usual)
    {
        var query = rows.Query(limit, paging);
        query = query with { Sort = query.Sort ?? "-sequence", Also = source.Conditions() };
        return await source.History.RowsAsync(id, read => read.Log(), stop).ConfigureAwait(false) is { } log
            ? RunRowSource.Answer(log, query, paging, answer, new CsvSchema(SessionTables.Log.Columns)) : Problem.NotFound(Unknown(id));
    }

    internal sealed record LogSource
    {
        [FromServices]
        public required SessionHistory History { get; init; }

        [FromQuery(Name = "kind")]
        public string? Kind { get; init; }

        [FromQuery(Name = "symbol")]
        public string? Symbol { get; init; }

        public IReadOnlyList<RowCondition> Conditions() =>
        [
            .. KindOf(Kind) is { } kind ? (RowCondition[])[new RowCondition("kind", "=", kind)] : [],
            .. string.IsNullOrEmpty(Symbol) ? [] : (RowCondition[])[new RowCondition("symbol", "=", Symbol)],
        ];
    }

    private static async Task<IResult> BarsAsync(string id, string symbol, string? timeframe, [AsParameters] SeriesSpan span,
        [FromServices] SessionHistory known, CancellationToken stop,
        [AllowedRange(4, SeriesSpan.MostPoints), Description("Maximum number of bars.")] int limit = SeriesSpan.UsualPoints) =>
        Answer(id, (await known.ChartAsync(id, ChartQuery.Read(symbol, timeframe), span.Read(limit), stop).ConfigureAwait(false))?.Bars);

    private static async Task<IResult> ChartAsync(string id, [AsParameters] FactorQuestion question, [AsParameters] SeriesSpan span,
        [FromServices] SessionHistory known, CancellationToken stop,
        [AllowedRange(4, SeriesSpan.MostPoints)] int points = SeriesSpan.UsualPoints) =>
        Answer(id, await known.ChartAsync(id, question.Query(), span.Read(points), stop).ConfigureAwait(false));

    private static string? KindOf(string? kind)
    {
        if (string.IsNullOrEmpty(kind)) return null;
        string[] all = [.. Enum.GetNames<SessionLogKind>().Select(n => n.ToLowerInvariant())];
        return all.Contains(kind, StringComparer.OrdinalIgnoreCase) ? kind.ToLowerInvariant()
            : throw new InputException($"kind={kind}: use one of {string.Join(' ', all)}");
    }

    private static IResult Answer<T>(string id, T? found) where T : class =>
        found is null ? Problem.NotFound(Unknown(id)) : TypedResults.Ok(found);

    private static string Unknown(string id) => $"the account {id} never had a session here";
}
