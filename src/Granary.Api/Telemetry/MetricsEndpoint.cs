using Granary.Api.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Telemetry;

/// <summary><c>/metrics</c> in the Prometheus text format; the role viewer is needed where keys exist.</summary>
internal static class MetricsEndpoint
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/metrics", (MetricsCollector collector) => TypedResults.Text(collector.Write(), ContentType))
            .RequireAuthorization(RolePolicies.Viewer).ExcludeFromDescription();
}
