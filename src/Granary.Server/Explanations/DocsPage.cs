using System.Text.RegularExpressions;

namespace Granary.Server.Explanations;

/// <summary>A page of docs/ that is embedded in the program, so a term has one definition.</summary>
internal sealed partial class DocsPage
{
    private readonly string[] _lines;

    /// <param name="name">The file's name.</param>
    public DocsPage(string name)
    {
        using var reader = new StreamReader(typeof(DocsPage).Assembly.GetManifestResourceStream(name)!);
        _lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
    }

    /// <summary>The items <c>- **term, term**: text</c>.</summary>
    public IEnumerable<(string Term, string Text)> Items()
    {
        foreach (var line in _lines)
            if (Item().Match(line) is { Success: true } item)
                foreach (var term in item.Groups["terms"].Value.Split(", "))
                    yield return (term, Plain(item.Groups["text"].Value));
    }

    /// <summary>The rows of the table whose first header cell begins with a text; each cell has its column's name before it.</summary>
    public IEnumerable<(IReadOnlyList<string> Terms, string Text)> Rows(string header)
    {
        var at = Array.FindIndex(_lines, l => l.StartsWith("| " + header, StringComparison.Ordinal));
        if (at < 0) yield break;
        var columns = Cells(_lines[at]);
        foreach (var line in _lines.Skip(at + 2).TakeWhile(l => l.StartsWith('|')))
        {
            var cells = Cells(line);
            var terms = Code().Matches(cells[0]).Select(m => m.Groups["code"].Value).ToList();
            var text = cells.Skip(1).Select((c, i) => $"{char.ToUpperInvariant(columns[i + 1][0])}{columns[i + 1][1..]}: {Plain(c)}");
            yield return (terms, string.Join(". ", text) + ".");
        }
    }

    private static string[] Cells(string line) => line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries);

    // Removes links and markup.
    private static string Plain(string markdown) =>
        Link().Replace(markdown, "${text}").Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^- \*\*(?<terms>.+?)\*\*: (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Item();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\([^)]+\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
