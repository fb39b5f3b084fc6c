using System.Text.RegularExpressions;
using Granary.Architecture.Tests.CodeBases;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Markdown means what it looks like, for GitHub and for the site: blocks of code are closed, tables have their cells, headings their
/// order, and no mark or tag is lost in a text.
/// </summary>
public sealed partial class DocumentFormRule : IRule
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UsePreciseSourceLocation().Build();

    public string Remedy => "Correct the Markdown; put code, such as List<T>, between backticks.";

    public IEnumerable<Violation> Find(CodeBase code) => code.Documents.Where(d => d.Path.EndsWith(".md", StringComparison.Ordinal))
        .AsParallel().AsOrdered().SelectMany(d => FaultsOf(d).OrderBy(f => f.Line).Select(f => new Violation(d.Path, f.Line, f.Fault)));

    private static IEnumerable<(int Line, string Fault)> FaultsOf(Document document)
    {
        var page = Markdown.Parse(string.Join('\n', document.Lines), s_pipeline);
        return page.Descendants<FencedCodeBlock>().Where(b => b.ClosingFencedCharCount == 0)
            .Select(b => (b.Line + 1, "this block of code has no end"))
            .Concat(OfHeadings(page)).Concat(OfTables(page, document.Lines)).Concat(OfInlines(page))
            .Concat(page.Descendants<HtmlBlock>().Where(b => b.Type != HtmlBlockType.Comment)
                .Select(b => (b.Line + 1, $"'{b.Lines.ToString().Split('\n')[0]}' is a tag of HTML, which the site shows as text")));
    }

    private static IEnumerable<(int, string)> OfHeadings(MarkdownDocument page)
    {
        var before = 0;
        var path = new string[7];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var heading in page.Descendants<HeadingBlock>())
        {
            if (heading.Level > before + 1)
                yield return (heading.Line + 1, $"a heading of level {heading.Level} follows one of level {before}");
            before = heading.Level;
            path[before] = string.Concat(heading.Inline?.Descendants<LiteralInline>().Select(l => l.Content.ToString()) ?? [])
                + string.Concat(heading.Inline?.Descendants<CodeInline>().Select(c => c.Content) ?? []);
            if (before == 1 && seen.Count > 0) yield return (heading.Line + 1, "the page has a second title");
            if (!seen.Add(string.Join('/', path[1..(before + 1)])))
                yield return (heading.Line + 1, $"the heading '{path[before]}' stands twice in its section");
        }
    }

    // A bar between cells, which a backslash before it makes a part of a cell, also in code.
    private static IEnumerable<(int, string)> OfTables(MarkdownDocument page, IReadOnlyList<string> lines)
    {
        foreach (var table in page.Descendants<Table>())
        {
            var columns = CellsOf(lines[table.Line]);
            foreach (var row in table.Descendants<TableRow>().Skip(1))
                if (CellsOf(lines[row.Line]) is var cells && cells != columns)
                    yield return (row.Line + 1, $"the row has {cells} cells, its table {columns} columns");
        }
    }

    private static int CellsOf(string row)
    {
        var inner = row.Trim();
        if (inner.StartsWith('|')) inner = inner[1..];
        if (inner.EndsWith('|') && !inner.EndsWith(@"\|", StringComparison.Ordinal)) inner = inner[..^1];
        return Bar().Count(inner) + 1;
    }

    private static IEnumerable<(int, string)> OfInlines(MarkdownDocument page)
    {
        foreach (var inline in page.Descendants<Inline>())
            if (inline is HtmlInline { Tag: var tag } && !tag.StartsWith("<!--", StringComparison.Ordinal))
                yield return (inline.Line + 1, $"'{tag}' is a tag of HTML, which the site shows as text");
            else if (inline is LineBreakInline { IsHard: true, IsBackslash: true } || inline is LiteralInline { NextSibling: null } last
                && last.Parent?.ParentBlock is ParagraphBlock && last.Content.ToString().EndsWith('\\'))
                yield return (inline.Line + 1, "the line ends with a backslash");
            else if (inline is LiteralInline literal && OpenMarkIn(literal) is { } mark)
                yield return (inline.Line + 1, $"'{mark}' has no partner");
    }

    // A star after a letter belongs to a name such as SR*, and one between spaces is a multiplication.
    private static string? OpenMarkIn(LiteralInline literal)
    {
        var text = literal.Content.ToString();
        var isBesideEmphasis = literal.PreviousSibling is EmphasisInline || literal.NextSibling is EmphasisInline;
        return OpenMark().Match(text) is { Success: true } mark ? mark.Value
            : isBesideEmphasis && text is "*" or "_" or "~" ? text
            : text == "*" && IsBeforeWord(literal) ? text : null;
    }

    private static bool IsBeforeWord(LiteralInline star) =>
        star.NextSibling is LiteralInline after && char.IsLetter(after.Content.CurrentChar)
        && (star.PreviousSibling is not LiteralInline before || !char.IsLetterOrDigit(before.Content.ToString()[^1]));

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\*\*|__|~~|`|\]\(|\[[^\]]*$(?<=\[[A-Za-z].*)")]
    private static partial Regex OpenMark();
}
