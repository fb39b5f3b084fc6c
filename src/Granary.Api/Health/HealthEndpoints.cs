using Granary.Api.Access;
using Granary.Contracts.Operations;
using Granary.Simulation.Catalogues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Granary.Api.Health;

/// <summary>Endpoints for probes: whether the process is alive, and whether it is ready for requests.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder api)
    {
        var health = api.MapGroup("/health").WithTags("Health").AllowAnonymous().AllowLimitedCallers();
        health.MapGet("/live", () => TypedResults.Ok(new HealthAnswer("live"))).WithName("isLive").WithSummary("Whether the process answers.");
        health.MapGet("/ready", ReadyAsync).WithName("isReady").WithSummary("Whether everything that requests need works; 503 with the reasons if not.")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The same at the root, where probes look for it; these are not in the OpenAPI document.</summary>
    public static void MapAtRoot(IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").AllowAnonymous().AllowLimitedCallers().ExcludeFromDescription();
        health.MapGet("/live", () => TypedResults.Ok(new HealthAnswer("live")));
        health.MapGet("/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime,
        GranaryCatalogues catalogues, CancellationToken cancellationToken)
    {
        var reasons = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (lifetime.ApplicationStopping.IsCancellationRequested) reasons["server"] = "it is being stopped";
        var asked = checks.Select(c => (c.Name, Answer: AskAsync(c, cancellationToken))).ToArray();
        foreach (var (name, answer) in asked)
            if (await answer.ConfigureAwait(false) is { } reason) reasons[name] = catalogues.Shown(reason);
        return reasons.Count == 0
            ? TypedResults.Ok(new HealthAnswer("ready"))
            : TypedResults.Json(new HealthAnswer("not ready", reasons), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<string?> AskAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.CheckAsync(cancellationToken).AsTask().WaitAsync(LongestCheck, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"no answer within {LongestCheck.TotalSeconds:0} s";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.Message;
        }
    }
}
