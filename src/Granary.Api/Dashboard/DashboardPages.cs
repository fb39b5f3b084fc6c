using Microsoft.AspNetCore.Http;

namespace Granary.Api.Dashboard;

/// <summary>
/// Sends the dashboard's page to a browser that opens an address of a view, such as <c>/runs/ID</c>. Addresses with an endpoint, and
/// clients that do not request a page, are not affected.
/// </summary>
internal sealed class DashboardPages(RequestDelegate next)
{
    private static readonly string[] s_others = ["/api", "/openapi", "/assets", "/health", "/errors", "/orleans"];

    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint() is null && DashboardEndpoints.IsBuilt && IsView(context.Request)
            ? DashboardEndpoints.Page(context).ExecuteAsync(context) : next(context);

    private static bool IsView(HttpRequest request) => HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && !Array.Exists(s_others, o => request.Path.StartsWithSegments(o, StringComparison.Ordinal));
}
