using System.ComponentModel;
using System.Text.Json;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Api.Runs;
using Granary.Backtesting.Charts;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Costs;
using Granary.Simulation.Json;
using Granary.Trading.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Sessions;

/// <summary>Serves the configuration, equity, bars and log of a session, also after its end.</summary>
internal static class SessionHistoryEndpoints
{
    private const int MostEntries = 1000, UsualEntries = 200;

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
        history.MapGet("/log", async (string id, [FromServices] SessionHistory known, [AsParameters] LogSelection entries,
                CancellationToken stop, [AllowedRange(1, MostEntries)] int limit = UsualEntries) =>
                Answer(id, await known.LogAsync(id, entries.Query(limit), stop).ConfigureAwait(false)))
            .WithName("listSessionLog").WithSummary("Fills, signals, refusals, models, commands and states of a session, newest first.")
            .WithDescription("'before' is the 'sequence' of an entry: the page has the entries before it. 'until' is a time in ISO 8601: "
                + "the page begins with the newest entry before it. 'strategy' and 'text' are parts of the strategy's id and of the "
                + "sentence.")
            .Produces<IReadOnlyList<SessionLogEntry>>().ProducesProblem(400);
    }

    internal sealed record LogSelection
    {
        [FromQuery(Name = "kind")]
        public string? Kind { get; init; }

        [FromQuery(Name = "symbol")]
        public string? Symbol { get; init; }

        [FromQuery(Name = "strategy"), Description("A part of the id of the strategy.")]
        public string? Strategy { get; init; }

        [FromQuery(Name = "text"), Description("A part of the sentence.")]
        public string? Text { get; init; }

        [FromQuery(Name = "before"), Description("The sequence of the entry before which the page begins.")]
        public long? Before { get; init; }

        [FromQuery(Name = "until"), Description("The time before which the page begins, in ISO 8601.")]
        public string? Until { get; init; }

        public SessionLogQuery Query(int limit) => new(limit)
        {
            Kind = KindOf(Kind),
            Symbol = Given(Symbol),
            Strategy = Given(Strategy),
            Text = Given(Text),
            Before = Before,
            Until = Given(Until) is { } text ? new DateTime(UtcTicks.Read("until", text), DateTimeKind.Utc) : null,
        };

        private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private static async Task<IResult> BarsAsync(string id, string symbol, string? timeframe, [AsParameters] SeriesSpan span,
        [FromServices] SessionHistory known, CancellationToken stop,
        [AllowedRange(4, SeriesSpan.MostPoints), Description("Maximum number of bars.")] int limit = SeriesSpan.UsualPoints) =>
        Answer(id, (await known.ChartAsync(id, ChartQuery.Read(symbol, timeframe), span.Read(limit), stop).ConfigureAwait(false))?.Bars);

    private static async Task<IResult> ChartAsync(string id, string symbol, string? timeframe, string? factors,
        [AsParameters] SeriesSpan span, [FromServices] SessionHistory known, CancellationToken stop,
        [AllowedRange(4, SeriesSpan.MostPoints)] int points = SeriesSpan.UsualPoints) =>
        Answer(id, await known.ChartAsync(id, ChartQuery.Read(symbol, timeframe, factors), span.Read(points), stop).ConfigureAwait(false));

    private static SessionLogKind? KindOf(string? kind) => string.IsNullOrEmpty(kind) ? null
        : Enum.TryParse<SessionLogKind>(kind, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
        : throw new InputException($"kind={kind}: use one of {string.Join(' ', Enum.GetNames<SessionLogKind>()).ToLowerInvariant()}");

    private static IResult Answer<T>(string id, T? found) where T : class =>
        found is null ? Problem.NotFound(Unknown(id)) : TypedResults.Ok(found);

    private static string Unknown(string id) => $"the account {id} never had a session here";
}
