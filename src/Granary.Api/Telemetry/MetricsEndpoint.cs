using Granary.Api.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Granary.Api.Telemetry;

/// <summary><c>/metrics</c> in the Prometheus text format; it needs the role viewer if the server has keys.</summary>
internal static class MetricsEndpoint
{
    public static void Add(IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(static m =>
        m.AddMeter(ServerMeters.Names).AddPrometheusExporter(static o => o.ScrapeResponseCacheDurationMilliseconds = 0));

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(RolePolicies.Viewer);
}
