using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Problems;

/// <summary>Serves the pages to which the types of problems link: the sections of docs/errors.md.</summary>
internal static class ErrorPages
{
    private const string Path = "/errors/";

    private static readonly FrozenDictionary<string, string> s_sections = Sections();

    /// <summary>The type of a problem, by its title.</summary>
    public static string TypeOf(string title) => Path + Slug(title);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path + "{name}", (string name) =>
        s_sections.TryGetValue(name, out var text)
            ? TypedResults.Text(text, "text/markdown", Encoding.UTF8) : Problem.NotFound($"there is no error named {name}"))
        .AllowAnonymous().ExcludeFromDescription();

    private static FrozenDictionary<string, string> Sections()
    {
        using var reader = new StreamReader(typeof(ErrorPages).Assembly.GetManifestResourceStream("errors.md")!);
        return reader.ReadToEnd().Split("\n## ").Skip(1)
            .ToFrozenDictionary(s => Slug(s[..s.IndexOf('\n', StringComparison.Ordinal)]), s => "# " + s, StringComparer.Ordinal);
    }

    private static string Slug(string title) => title.Trim().ToLowerInvariant().Replace(' ', '-');
}
