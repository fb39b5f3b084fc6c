using System.Net;
using System.Text.RegularExpressions;

namespace Granary.Recompute.Tests.Running;

/// <summary>A table of a report page: its caption and the texts of its cells, the header row included where there is one.</summary>
internal sealed record PageTable(string Caption, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What a reader sees of an HTML report: headline figures and tables, read from the markup.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string html)
    {
        html = HiddenParts().Replace(html, "");
        Tables = [.. Table().Matches(html).Select(m => Parse(m.Value))];
        Headlines = Headline().Matches(html).ToDictionary(m => Text(m.Groups[1].Value), m => Text(m.Groups[2].Value), StringComparer.Ordinal);
    }

    public IReadOnlyList<PageTable> Tables { get; }

    /// <summary>The figures at the head of the page, by their names.</summary>
    public IReadOnlyDictionary<string, string> Headlines { get; }

    public static ReportPage Read(string path) => new(File.ReadAllText(path));

    /// <summary>The first table whose caption begins so.</summary>
    public PageTable TableOf(string caption) =>
        Tables.FirstOrDefault(t => t.Caption.StartsWith(caption, StringComparison.Ordinal))
        ?? throw new ShouldAssertException($"the page has no table '{caption}'; it has {string.Join("; ", Tables.Select(t => t.Caption))}");

    private static PageTable Parse(string table)
    {
        var caption = Caption().Match(table) is { Success: true } found ? Text(found.Groups[1].Value) : "";
        return new PageTable(caption, [.. Row().Matches(table).Select(r => (IReadOnlyList<string>)[.. Cell().Matches(r.Value).Select(c => Text(c.Groups[1].Value))])]);
    }

    private static string Text(string markup) => Spaces().Replace(WebUtility.HtmlDecode(Tag().Replace(markup, " ")), " ").Trim();

    [GeneratedRegex("<(script|style|svg).*?</\\1>", RegexOptions.Singleline, 10_000)]
    private static partial Regex HiddenParts();

    [GeneratedRegex("<table.*?</table>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Table();

    [GeneratedRegex("<caption[^>]*>(.*?)</caption>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Caption();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd][^>]*>(.*?)</t[hd]>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Cell();

    [GeneratedRegex("<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Headline();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, 10_000)]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+", RegexOptions.None, 10_000)]
    private static partial Regex Spaces();
}
