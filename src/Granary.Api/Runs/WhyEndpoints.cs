using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Backtesting.Why;
using Granary.Contracts.Why;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Trading.Why;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Runs;

/// <summary>Endpoints that answer why a strategy of a run or session acted, or did not act.</summary>
internal static class WhyEndpoints
{
    private const string Question = "Name the strategy, and one of 'at' (a time within the bar), 'trade' and 'signal' (numbers from 1), "
        + "or a span by 'from' and 'to'; times are in ISO 8601, and 'to' is left out. 'step' goes on by a number of bars, back if it is "
        + "negative. ";

    public static void MapRuns(RouteGroupBuilder runs) => runs.MapGet("/{id}/why", async (string id, [AsParameters] WhyPart part,
            RunLibrary library, RunWhy why) => library.Find(id) is null ? Problem.NotFound($"there is no run {id} here")
                : TypedResults.Ok(await why.AnswerAsync(id, part.Read()).ConfigureAwait(false)))
        .WithName("getRunWhy").WithSummary("Everything that decided about a strategy of a run at one bar: factors, conditions, orders, "
            + "model, rules and cash of the portfolio; or why it did not trade in a span.")
        .WithDescription(Question + "The strategy and its portfolio are run again at the first question; further bars of the same strategy "
            + "are answered from the recorded replay.")
        .Produces<WhyAnswer>().ProducesProblem(400).ProducesProblem(404);

    public static void MapSessions(RouteGroupBuilder history) => history.MapGet("/why", async (string id,
            [AsParameters] WhyPart part, [FromServices] SessionWhy why, HttpRequest request, CancellationToken stop) =>
            await why.AnswerAsync(id, part.Read(), stop, $"granary why {id} --host {request.Scheme}://{request.Host}").ConfigureAwait(false)
                is { } answer ? TypedResults.Ok(answer)
                : Problem.NotFound($"the account {id} never had a session here"))
        .RequireAuthorization(RolePolicies.Viewer)
        .WithName("getSessionWhy").WithSummary("Everything that decided about a strategy of a session at one bar, from its journal.")
        .WithDescription(Question + "The journal is read without stopping the session; 'signal' names a trade too, since a trade has the "
            + "number of its signal. 'venue' of the answer has what was sent and what came back.")
        .Produces<WhyAnswer>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);

    /// <summary>The question in the query of a request.</summary>
    internal sealed record WhyPart
    {
        [FromQuery(Name = "strategy")]
        public required string Strategy { get; init; }

        [FromQuery(Name = "symbol")]
        public string? Symbol { get; init; }

        [FromQuery(Name = "at")]
        public string? At { get; init; }

        [FromQuery(Name = "trade")]
        public int? Trade { get; init; }

        [FromQuery(Name = "signal")]
        public int? Signal { get; init; }

        [FromQuery(Name = "from")]
        public string? From { get; init; }

        [FromQuery(Name = "to")]
        public string? To { get; init; }

        [FromQuery(Name = "step")]
        public int? Step { get; init; }

        /// <exception cref="Engine.InputException">A time is wrong.</exception>
        public WhyQuery Read() => new(Strategy, string.IsNullOrEmpty(Symbol) ? null : Symbol, TimeOf("at", At), Trade, Signal,
            TimeOf("from", From), TimeOf("to", To), Step ?? 0);

        private static DateTime? TimeOf(string name, string? text) =>
            string.IsNullOrEmpty(text) ? null : new DateTime(UtcTicks.Read(name, text), DateTimeKind.Utc);
    }
}
