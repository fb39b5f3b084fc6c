using Granary.Architecture.Tests.CodeBases;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Granary.Architecture.Tests.Rules;

/// <summary>Links of the Markdown documents lead to files and headings that exist, and no mark of emphasis stays without its partner.
/// </summary>
/// <param name="exists">Whether the repository has a file or folder, by its path from the root.</param>
public sealed class DocumentLinkRule(Func<string, bool> exists) : IRule
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UsePipeTables().UsePreciseSourceLocation().Build();

    public string Remedy => "Correct the link, or close the emphasis.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        var pages = code.Documents.Where(d => d.Path.EndsWith(".md", StringComparison.Ordinal))
            .ToDictionary(d => d.Path, d => Markdown.Parse(string.Join('\n', d.Lines), s_pipeline), StringComparer.Ordinal);
        var headings = pages.ToDictionary(p => p.Key, p => p.Value.Descendants<HeadingBlock>()
            .Select(h => h.TryGetAttributes()?.Id ?? "").ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (path, page) in pages)
        {
            foreach (var literal in page.Descendants<LiteralInline>().Where(IsOpenMark))
                yield return new Violation(path, literal.Line + 1, "a mark of emphasis has no partner");
            foreach (var link in page.Descendants<LinkInline>())
                if (FaultOf(path, link.Url ?? "", headings) is { } fault)
                    yield return new Violation(path, link.Line + 1, fault);
        }
    }

    private string? FaultOf(string path, string url, Dictionary<string, HashSet<string>> headings)
    {
        if (url.Contains("://", StringComparison.Ordinal) || url.StartsWith("mailto:", StringComparison.Ordinal)) return null;
        var (file, anchor) = url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? (url[..at], url[(at + 1)..]) : (url, "");
        var target = file.Length == 0 ? path : Resolved(path, file);
        if (!exists(target)) return $"there is no {target}, to which '{url}' leads";
        return anchor.Length == 0 || !headings.TryGetValue(target, out var known) || known.Contains(anchor) ? null
            : $"{target} has no heading '{anchor}', to which '{url}' leads";
    }

    private static string Resolved(string from, string url)
    {
        var parts = from.Split('/')[..^1].ToList();
        foreach (var part in url.TrimEnd('/').Split('/'))
            if (part == ".." && parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else if (part != ".") parts.Add(part);
        return string.Join('/', parts);
    }

    // Two stars, or one beside emphasis; one after a letter belongs to a name such as SR*.
    private static bool IsOpenMark(LiteralInline literal) => literal.Content.ToString() is var text
        && (text.Contains("**", StringComparison.Ordinal)
            || text == "*" && (literal.PreviousSibling is EmphasisInline || literal.NextSibling is EmphasisInline));
}
