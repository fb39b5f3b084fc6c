using System.Collections.Frozen;
using Granary.Api.EmbeddedFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Documentation;

/// <summary>Serves the documentation site at <c>/docs</c>. Like the dashboard it contains no data, so it needs no key.</summary>
internal static class DocumentationEndpoints
{
    /// <summary>The answer if the site was not built.</summary>
    public const string NotBuilt = "This build of Granary has no documentation site: install Node.js 20.19 or newer with npm, run "
        + "infra/site.sh, and build again with 'dotnet build src/Granary.Cli -c Release'. Its pages are in the folder docs.\n";

    private const string Root = "/docs";
    private const string Assets = "assets/";

    // The hashes of the scripts within the pages, as a policy names them.
    private const string Scripts = "scripts.txt";

    private static readonly Lazy<FrozenDictionary<string, EmbeddedFile>> s_files = new(() => EmbeddedFile.Below("docs/"));

    // Colours of code are styles of their elements. Scripts within pages are known by their hash.
    private static readonly Lazy<string> s_policy = new(() => $"default-src 'none'; script-src 'self' {s_files.Value[Scripts].ReadText()}; "
        + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'");

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods(Root + "/{**path}", [HttpMethods.Get, HttpMethods.Head], Answer).AllowAnonymous().ExcludeFromDescription();

    private static IResult Answer(HttpContext context, string? path)
    {
        if (Find("index.html") is null)
            return TypedResults.Text(NotBuilt, "text/plain", statusCode: StatusCodes.Status404NotFound);
        // Links within pages are relative to their folder.
        if (context.Request.Path == Root) return TypedResults.LocalRedirect(Root + "/");
        var name = path is null or "" || path.EndsWith('/') ? path + "index.html" : path;
        if (Find(name) is { } file) return Send(context, file);
        if (Find(name + "/index.html") is not null) return TypedResults.LocalRedirect($"{Root}/{name}/");
        if (Find(name + ".html") is { } page) return Send(context, page);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Send(context, Find("404.html")!);
    }

    private static EmbeddedFile? Find(string path) => path == Scripts ? null : s_files.Value.GetValueOrDefault(path);

    private static IResult Send(HttpContext context, EmbeddedFile file)
    {
        // The names of assets have a hash of their content.
        var caching = file.Path.StartsWith(Assets, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            context.Response.Headers.ETag = EmbeddedFile.Version;
            if (context.Request.Headers.IfNoneMatch.ToString().Contains(EmbeddedFile.Version, StringComparison.Ordinal))
                return EmbeddedFile.SendUnchanged(context, s_policy.Value, caching);
        }
        return file.Send(context, s_policy.Value, caching);
    }
}
