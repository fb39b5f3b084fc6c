using System.Security.Claims;
using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Application.Live;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Accounts;

/// <summary>
/// What live sessions have kept: orders, positions, trades, signals; and their strategies, which can be switched off and on.
/// </summary>
internal static class AccountEndpoints
{
    /// <param name="Enabled">Whether it may enter.</param>
    /// <param name="Why">Kept in the journal beside the key's name.</param>
    public sealed record Change(bool? Enabled, string? Why);

    public static void Map(IEndpointRouteBuilder api, IServiceProvider services)
    {
        var settings = services.GetRequiredService<ApiSettings>();
        var (clock, sessions, store) = (services.GetRequiredService<TimeProvider>(), services.GetService<ISessionService>(),
            services.GetService<IAccountStore>());
        // The accounts that were named at the start, and those that the server itself trades.
        async Task<AccountReader> Reader(CancellationToken stop) =>
            new([.. settings.Accounts, .. sessions is null ? []
                : (await sessions.ListAsync(stop).ConfigureAwait(false)).Select(s => AccountReader.Own + s.Id)], clock, store);
        var accounts = api.MapGroup("").WithTags("Accounts").ProducesProblem(401).ProducesProblem(403);
        accounts.MapGet("/orders", (string? strategy, string? symbol, DateTimeOffset? from, DateTimeOffset? to, CancellationToken stop) =>
            Answer(async () => await (await Reader(stop).ConfigureAwait(false)).OrdersAsync(strategy, symbol, from, to, stop)
                .ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listOrders").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "Orders of the live accounts, with how they stand at the venue.")
            .ProducesProblem(503);
        accounts.MapGet("/positions", (string? symbol, CancellationToken stop) =>
            Answer(async () => await (await Reader(stop).ConfigureAwait(false)).LatestAsync(nameof(PositionChanged),
                f => (string)f["symbol"]!, null, symbol, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listPositions").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "What the live accounts hold, by symbol.").ProducesProblem(503);
        accounts.MapGet("/trades", (string? strategy, string? symbol, CancellationToken stop) =>
            Answer(async () => await (await Reader(stop).ConfigureAwait(false)).LatestAsync(nameof(TradeChanged),
                f => $"{f["strategy"]} {f["number"]}", strategy, symbol, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listTrades").Produces<IReadOnlyList<JsonObject>>().WithSummary(
                "Trades of the live accounts, active and closed.").ProducesProblem(503);
        accounts.MapGet("/signals", (string? strategy, string? symbol, DateTimeOffset? from, DateTimeOffset? to, CancellationToken stop) =>
            Answer(async () => await (await Reader(stop).ConfigureAwait(false)).FactsAsync(nameof(SignalDecided), strategy, symbol, from,
                to, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listSignals").Produces<IReadOnlyList<JsonObject>>()
            .WithSummary("Entry signals with factors, the model's opinion and the portfolio's answer.").ProducesProblem(503);
        accounts.MapGet("/strategies/{id}",
            async (string id, CancellationToken stop) => await (await Reader(stop).ConfigureAwait(false)).StrategyAsync(id, stop)
                .ConfigureAwait(false) is { } found
                ? TypedResults.Ok(found) : Problem.NotFound($"no live account knows the strategy {id}"))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getStrategy").Produces<JsonObject>().WithSummary(
                "A live strategy: weight, enabled or not, signals, trades.")
            .ProducesProblem(404);
        accounts.MapPatch("/strategies/{id}", async (string id, Change change, ClaimsPrincipal user, CancellationToken stop) =>
            {
                if (change.Enabled is not { } enabled)
                    return Problem.Of(400, "The input is wrong", "'enabled' is missing: send { \"enabled\": false, \"why\": \"…\" }");
                var reader = await Reader(stop).ConfigureAwait(false);
                if (await reader.StrategyAsync(id, stop).ConfigureAwait(false) is null)
                    return Problem.NotFound($"no live account knows the strategy {id}");
                var order = new SessionOrder(enabled ? SessionCommand.Enable : SessionCommand.Disable, RolePolicies.NameOf(user), change.Why
                    ?? "", id);
                reader.Send(order);
                foreach (var session in sessions is null ? [] : await sessions.ListAsync(stop).ConfigureAwait(false))
                    if (session.Phase == SessionPhase.Running)
                        await sessions!.CommandAsync(session.Id, order, stop).ConfigureAwait(false);
                return TypedResults.Accepted((string?)null);
            })
            .RequireAuthorization(RolePolicies.Admin).WithName("changeStrategy").WithSummary(
                "Switch a strategy's entries on or off, from the next bar on.")
            .Produces(202).ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> Answer(Func<Task<IReadOnlyList<JsonObject>>> ask) =>
        TypedResults.Ok(await ask().ConfigureAwait(false));
}
