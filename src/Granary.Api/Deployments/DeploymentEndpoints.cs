using System.Globalization;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Trading.Deployments;
using Granary.Trading.Handover;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Deployments;

/// <summary>Production configurations by number, as <c>granary deployments</c> keeps them.</summary>
internal static class DeploymentEndpoints
{
    internal sealed record Services
    {
        [FromServices]
        public required DeploymentBook Book { get; init; }

        /// <summary>The live accounts; null if the server trades none.</summary>
        [FromServices]
        public IAccountStore? Accounts { get; init; }

        [FromServices]
        public required GranaryCatalogues Known { get; init; }

        [FromServices]
        public required TimeProvider Clock { get; init; }
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        var all = api.MapGroup("/deployments").WithTags("Deployments").ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);
        all.MapGet("", (DeploymentBook book, [AsParameters] Paging paging, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
                List(book, paging, limit))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listDeployments")
            .WithSummary("Production configurations by number, the newest first.").Produces<DeploymentPage>().ProducesProblem(400);
        all.MapPost("", (NewDeployment body, ClaimsPrincipal user, DeploymentBook book, [FromServices] DeploymentSource source) =>
                source.Read(body) is var (production, text, folder, backtest) && book.Find(production.Hash) is { } same
                    ? Problem.Of(409, "Already there", $"deployment {same.Number} is this configuration; nothing was added")
                    : Created(book, book.Add(production, text, folder, backtest, RolePolicies.NameOf(user), body.Why ?? "")))
            .RequireAuthorization(RolePolicies.Admin).WithName("addDeployment").WithSummary("Add a configuration as the next number.")
            .WithDescription("Send 'run', the id of the run whose prod.json is added, or 'configuration', the text of a prod.json. "
                + "The run with its digest justifies it, and must be a run of this server.")
            .Produces<DeploymentDetails>(201).ProducesProblem(400).ProducesProblem(409);
        MapOne(all);
        MapParity(all);
        MapSwitch(all);
    }

    private static void MapOne(RouteGroupBuilder all)
    {
        all.MapGet("/{number:int}", (int number, DeploymentBook book) => book.Find(number) is { } found
                ? TypedResults.Ok(DeploymentAnswers.DetailsOf(book, found)) : Unknown(number))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getDeployment")
            .WithSummary("A deployment: its strategies, the backtest that justified it, its history.").Produces<DeploymentDetails>()
            .ProducesProblem(404);
        all.MapGet("/{number:int}/configuration", (int number, DeploymentBook book) => book.Find(number) is { } found
                ? TypedResults.Bytes(found.Text(), "application/json") : Unknown(number))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getDeploymentConfiguration")
            .WithSummary("The prod.json of a deployment, byte for byte.").Produces<object>().ProducesProblem(404);
        all.MapPatch("/{number:int}", (int number, EntriesChange change, ClaimsPrincipal user, DeploymentBook book) =>
                book.Find(number) is { } found ? Change(book, found, change, user) : Unknown(number))
            .RequireAuthorization(RolePolicies.Admin).WithName("changeDeployment")
            .WithSummary("Allow or stop entries of a strategy or a pair.")
            .WithDescription("Running sessions apply the change within a second; exits, stops and targets remain active.")
            .Produces<DeploymentDetails>().ProducesProblem(400).ProducesProblem(404);
        all.MapGet("/{number:int}/report", (int number, DeploymentBook book) => book.Find(number) is null ? Unknown(number)
                : TypedResults.Ok<IReadOnlyList<DeploymentComparison>>(
                    [.. DeploymentReport.Ended(book, number).Select(DeploymentAnswers.ComparisonOf)]))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getDeploymentReport")
            .WithSummary("The live result compared with the backtest, by day, for each account whose session of the deployment has ended.")
            .Produces<IReadOnlyList<DeploymentComparison>>().ProducesProblem(404);
    }

    private static void MapParity(RouteGroupBuilder all) =>
        all.MapGet("/{number:int}/parity", (int number, DeploymentBook book) => book.Find(number) is null ? Unknown(number)
                : TypedResults.Ok(book.Parity(number: number)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getDeploymentParity")
            .WithSummary("Each compared day of the accounts that trade the deployment, against a backtest of the final bars.")
            .WithDescription("A job of the kind 'parity' compares a day and keeps its record. A kept record never changes.")
            .Produces<IReadOnlyList<ParityRecord>>().ProducesProblem(404);

    private static void MapSwitch(RouteGroupBuilder all) =>
        all.MapPost("/{number:int}/switch", async (int number, SwitchRequest order, ClaimsPrincipal user, [AsParameters] Services with,
                CancellationToken stop) =>
            {
                if (with.Book.Find(number) is not { } found) return Unknown(number);
                if (with.Accounts is null) throw new InputException("this server trades no accounts, so none can be switched");
                var account = order.Account ?? found.Name;
                var hand = new AccountSwitch(with.Book, with.Accounts, account, with.Known, with.Clock);
                var policy = PolicyWords.Parse(order.Policy ?? "keep");
                var plan = order.DryRun ? await hand.PlanAsync(number, policy, stop).ConfigureAwait(false)
                    : await hand.SwitchAsync(number, policy, RolePolicies.NameOf(user), order.Why ?? "", stop).ConfigureAwait(false);
                return TypedResults.Ok(DeploymentAnswers.OutcomeOf(account, plan, order.DryRun));
            })
            .RequireAuthorization(RolePolicies.Admin).WithName("switchAccount").WithSummary("Hand an account over to a deployment.")
            .WithDescription("Its session must be stopped. With 'dryRun' nothing changes, and a session may run.")
            .Produces<SwitchOutcome>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    private static IResult List(DeploymentBook book, Paging paging, int limit)
    {
        var before = paging.Cursor is null ? int.MaxValue
            : int.TryParse(paging.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw ListCursor.Unknown(paging.Cursor);
        var found = book.Numbers().Where(n => n < before).OrderDescending().Take(limit + 1).ToList();
        var history = book.History().ToLookup(e => e.Number);
        var page = found.Take(limit).Select(n =>
            DeploymentAnswers.EntryOf(book.Get(n), book.Disabled(n).Count, history[n])).ToList();
        var next = found.Count > limit ? page[^1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return paging.Answer(new DeploymentPage(page, next), next);
    }

    private static IResult Change(DeploymentBook book, Deployment deployment, EntriesChange change, ClaimsPrincipal user)
    {
        var (strategy, symbol) = (change.Strategy ?? "", change.Symbol ?? "");
        if (change.Enabled is not { } enabled || strategy.Length > 0 == symbol.Length > 0)
            throw new InputException("send { \"enabled\": false, \"strategy\": \"<id>\", \"why\": \"…\" }, or 'symbol' in place of "
                + "'strategy'");
        book.SetEnabled(deployment.Number, enabled, strategy, symbol, RolePolicies.NameOf(user), change.Why ?? "");
        return TypedResults.Ok(DeploymentAnswers.DetailsOf(book, deployment));
    }

    private static IResult Created(DeploymentBook book, Deployment deployment) =>
        TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSettings.Prefix}/deployments/{deployment.Number}"),
            DeploymentAnswers.DetailsOf(book, deployment));

    private static IResult Unknown(int number) =>
        Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"there is no deployment {number} here"));
}
