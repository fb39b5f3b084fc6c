using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Limits;
using Granary.Assistants;
using Granary.Assistants.Calls;
using Granary.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;

namespace Granary.Api.Hosting;

/// <summary>The MCP server of an HTTP server, at <c>/mcp</c>.</summary>
internal static class AssistantHosting
{
    /// <summary>The path of the MCP server.</summary>
    public const string Path = "/mcp";

    public static void Add(IServiceCollection services)
    {
        services.AddLogging(l => l.AddFilter(AssistantSetup.LibraryLog, LogLevel.None));
        // Without sessions: each request stands alone, so that a restart of the server, or another server, does not break a client.
        services.AddAssistants(new AssistantCallers(CallerOf)).WithHttpTransport(o => o.SessionMode = HttpServerSessionMode.Stateless);
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapMcp(Path).RequireAuthorization(RolePolicies.Viewer)
        .RequireRateLimiting(CallerLimits.Streams).AllowLimitedCallers().WithMetadata(new ExcludeFromDescriptionAttribute());

    private static Caller CallerOf(ClaimsPrincipal? user) =>
        user is null ? throw new NotAllowedException("the request has no user") : RolePolicies.CallerOf(user);
}
