using System.Collections.Frozen;
using Granary.Api.EmbeddedFiles;
using Granary.Api.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Dashboard;

/// <summary>Serves the dashboard: its page at <c>/</c>, and the files that it loads. They contain no data, so they need no key.</summary>
internal static class DashboardEndpoints
{
    /// <summary>The answer at <c>/</c> if the dashboard was not built.</summary>
    public const string NotBuilt = "This build of Granary has no dashboard: install Node.js 20.19 or newer with npm, delete "
        + "src/Granary.Api/bin, and build again with 'dotnet build src/Granary.Cli -c Release'. The API is at /api/v1.\n";

    private const string Index = "index.html";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Lazy<FrozenDictionary<string, EmbeddedFile>> s_files = new(() => EmbeddedFile.Below("web/"));

    /// <summary>Whether the dashboard was built.</summary>
    public static bool IsBuilt => s_files.Value.ContainsKey(Index);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], Page).AllowAnonymous().ExcludeFromDescription();
        app.MapMethods("/assets/{name}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string name) =>
            s_files.Value.GetValueOrDefault("assets/" + name) is { } file
                ? file.Send(context, Policy, "public, max-age=31536000, immutable")
                : Problem.NotFound($"the dashboard has no file {name}")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The dashboard's page; the script in it reads the address.</summary>
    public static IResult Page(HttpContext context) => s_files.Value.GetValueOrDefault(Index) is { } index
        ? index.Send(context, Policy, "no-cache") : TypedResults.Text(NotBuilt, "text/plain");
}
