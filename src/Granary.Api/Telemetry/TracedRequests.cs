using Microsoft.AspNetCore.Http;

namespace Granary.Api.Telemetry;

/// <summary>Selects the requests that get spans: all except probes and the scrapes of Prometheus, which repeat all the time.</summary>
internal static class TracedRequests
{
    private static readonly PathString[] s_repeated = ["/health", "/api/v1/health", "/metrics"];

    public static bool IsTraced(HttpContext context) =>
        !Array.Exists(s_repeated, p => context.Request.Path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));
}
