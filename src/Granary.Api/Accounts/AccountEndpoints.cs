using System.Security.Claims;
using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Accounts;

/// <summary>
/// Endpoints that show the records of live accounts: orders, positions, trades, signals.
/// </summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var accounts = api.MapGroup("").WithTags("Accounts").ProducesProblem(401).ProducesProblem(403);
        accounts.MapGet("/orders", (string? strategy, string? symbol, DateTimeOffset? from, DateTimeOffset? to, LiveAccounts known,
            CancellationToken stop) =>
            Answer(async () => await (await known.ReaderAsync(stop).ConfigureAwait(false)).OrdersAsync(strategy, symbol, from, to, stop)
                .ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listOrders").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "Orders of the live accounts, with their states at the venue.")
            .ProducesProblem(503);
        accounts.MapGet("/positions", (string? symbol, LiveAccounts known, CancellationToken stop) =>
            Answer(async () => await (await known.ReaderAsync(stop).ConfigureAwait(false)).LatestAsync(nameof(PositionChanged),
                f => (string)f["symbol"]!, null, symbol, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listPositions").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "Positions of the live accounts, by symbol.").ProducesProblem(503);
        accounts.MapGet("/trades", (string? strategy, string? symbol, LiveAccounts known, CancellationToken stop) =>
            Answer(async () => await (await known.ReaderAsync(stop).ConfigureAwait(false)).LatestAsync(nameof(TradeChanged),
                f => $"{f["strategy"]} {f["number"]}", strategy, symbol, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listTrades").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "Trades of the live accounts, open and closed.").ProducesProblem(503);
        accounts.MapGet("/signals", (string? strategy, string? symbol, DateTimeOffset? from, DateTimeOffset? to, LiveAccounts known,
            CancellationToken stop) =>
            Answer(async () => await (await known.ReaderAsync(stop).ConfigureAwait(false)).FactsAsync(nameof(SignalDecided), strategy,
                symbol, from,
                to, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listSignals").Produces<IReadOnlyList<JsonObject>>()
            .WithSummary("Entry signals with factors, the model's prediction and the portfolio's decision.").ProducesProblem(503);
        StrategyEndpoints.Map(accounts);
    }

    private static async Task<IResult> Answer(Func<Task<IReadOnlyList<JsonObject>>> ask) =>
        TypedResults.Ok(await ask().ConfigureAwait(false));
}
