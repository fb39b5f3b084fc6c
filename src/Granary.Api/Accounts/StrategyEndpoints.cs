using System.Globalization;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Contracts.Accounts;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Simulation.Json;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Accounts;

/// <summary>Strategies and symbols of live accounts: whether they may enter, who changed it, and why.</summary>
internal static class StrategyEndpoints
{
    public static void Map(IEndpointRouteBuilder accounts)
    {
        var strategies = accounts.MapGroup("/strategies").ProducesProblem(503);
        strategies.MapGet("", ListAsync).RequireAuthorization(RolePolicies.Viewer).WithName("listStrategies")
            .WithSummary("The strategies of the live accounts, by account and id.").Produces<StrategyPage>().ProducesProblem(400);
        strategies.MapGet("/{id}", async (string id, LiveAccounts known, [FromQuery] string? account, CancellationToken stop) =>
                (await FindAsync(known, s => s.Id == id && (account is null || s.Account == account), stop).ConfigureAwait(false))
                    .LastOrDefault() is { } found ? TypedResults.Ok(found) : NoStrategy(id))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getStrategy")
            .WithSummary("A live strategy: weight, enabled or not, signals, trades.").Produces<AccountStrategy>().ProducesProblem(404);
        strategies.MapPatch("/{id}", async (string id, Change change, ClaimsPrincipal user, LiveAccounts known, CancellationToken stop) =>
                await ChangeAsync(known, change, CommandOf(change, user) with { Strategy = id }, s => s.Id == id, stop)
                    .ConfigureAwait(false)
                    ?? NoStrategy(id))
            .RequireAuthorization(RolePolicies.Admin).WithName("changeStrategy")
            .WithSummary("Switch a strategy's entries on or off, from the next bar on.").ProducesChange();
        strategies.MapGet("/{id}/history", async (string id, LiveAccounts known, CancellationToken stop) =>
                await HistoryAsync(known, c => AccountStrategies.IsAbout(c, id), s => s.Id == id, stop).ConfigureAwait(false)
                    ?? NoStrategy(id))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listStrategyChanges")
            .WithSummary("The changes that switched a strategy or its symbol on and off, with author, time and reason; oldest first.")
            .Produces<IReadOnlyList<StrategyChange>>().ProducesProblem(404);
        MapSymbols(accounts.MapGroup("/symbols").ProducesProblem(503));
    }

    private static void MapSymbols(RouteGroupBuilder symbols)
    {
        symbols.MapPatch("/{symbol}", async (string symbol, Change change, ClaimsPrincipal user, LiveAccounts known,
                CancellationToken stop) => await ChangeAsync(known, change, CommandOf(change, user) with { Symbol = symbol },
                    s => AccountStrategies.SymbolsOf(s.Id).Contains(symbol), stop).ConfigureAwait(false) ?? NoSymbol(symbol))
            .RequireAuthorization(RolePolicies.Admin).WithName("changeSymbol")
            .WithSummary("Switch the entries of all strategies of a symbol on or off, from the next bar on.").ProducesChange();
        symbols.MapGet("/{symbol}/history", async (string symbol, LiveAccounts known, CancellationToken stop) =>
                await HistoryAsync(known, c => c.Symbol == symbol || AccountStrategies.SymbolsOf(c.Strategy).Contains(symbol),
                    s => AccountStrategies.SymbolsOf(s.Id).Contains(symbol), stop).ConfigureAwait(false) ?? NoSymbol(symbol))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listSymbolChanges")
            .WithSummary("The changes that switched a symbol or its strategies on and off, with author, time and reason; oldest first.")
            .Produces<IReadOnlyList<StrategyChange>>().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync([AsParameters] Paging paging, LiveAccounts known, [FromQuery] string? account,
        [FromQuery] string? symbol, CancellationToken stop, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual)
    {
        var from = 0;
        if (paging.Cursor is { } cursor && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(cursor);
        var all = await FindAsync(known, s => (account is null || s.Account == account)
            && (symbol is null || AccountStrategies.SymbolsOf(s.Id).Contains(symbol)), stop).ConfigureAwait(false);
        var page = all.Skip(from).Take(limit).ToList();
        var next = from + page.Count < all.Count ? (from + page.Count).ToString(CultureInfo.InvariantCulture) : null;
        return paging.Answer(new StrategyPage(page, next), next);
    }

    private static async Task<IReadOnlyList<AccountStrategy>> FindAsync(LiveAccounts known, Func<AccountStrategy, bool> wanted,
        CancellationToken stop) =>
        [.. (await (await known.StrategiesAsync(stop).ConfigureAwait(false)).ListAsync(null, stop).ConfigureAwait(false)).Where(wanted)];

    private static IssuedCommand CommandOf(Change change, ClaimsPrincipal user) => change.Enabled is { } enabled
        ? new IssuedCommand(enabled ? SessionCommand.Enable : SessionCommand.Disable, RolePolicies.NameOf(user), change.Why ?? "")
        : throw new InputException("'enabled' is missing: send { \"enabled\": false, \"why\": \"…\" }");

    /// <returns>null if no account has such a strategy.</returns>
    private static async Task<IResult?> ChangeAsync(LiveAccounts known, Change change, IssuedCommand command,
        Func<AccountStrategy, bool> wanted, CancellationToken stop)
    {
        bool IsWanted(AccountStrategy s) => wanted(s) && (change.Account is null || s.Account == change.Account);
        var found = await FindAsync(known, IsWanted, stop).ConfigureAwait(false);
        if (found.Count == 0) return null;
        var accounts = found.Select(s => s.Account).ToHashSet(StringComparer.Ordinal);
        return await known.CommandAsync(command, accounts, stop).ConfigureAwait(false) == 0
            ? Problem.Of(409, "No session runs", $"no session of {string.Join(", ", accounts)} runs that could take the change; start one")
            : TypedResults.Accepted((string?)null, await FindAsync(known, IsWanted, stop).ConfigureAwait(false));
    }

    /// <returns>null if no account has such a strategy.</returns>
    private static async Task<IResult?> HistoryAsync(LiveAccounts known, Func<StrategyChange, bool> wanted,
        Func<AccountStrategy, bool> exists, CancellationToken stop) =>
        (await FindAsync(known, exists, stop).ConfigureAwait(false)).Count == 0 ? null : TypedResults.Ok(
            await (await known.StrategiesAsync(stop).ConfigureAwait(false)).HistoryAsync(wanted, stop).ConfigureAwait(false));

    private static RouteHandlerBuilder ProducesChange(this RouteHandlerBuilder endpoint) => endpoint
        .WithDescription("The answer comes when the change is in the journal of each session of the server; sessions of other processes take "
            + "it at their next bar. The answer has the current state of the strategies.")
        .Produces<IReadOnlyList<AccountStrategy>>(202).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    private static IResult NoStrategy(string id) => Problem.NotFound($"no live account has the strategy {id}");

    private static IResult NoSymbol(string symbol) => Problem.NotFound($"no live account has a strategy of {symbol}");
}
