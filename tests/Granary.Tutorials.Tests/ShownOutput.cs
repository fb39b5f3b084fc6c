using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Tutorials.Tests;

/// <summary>
/// Compares what commands printed with what a page shows. A line of … alone stands for any lines, … within a line for any text; the width
/// of blanks is not compared, since columns are as wide as their values. Lines of progress are left out, since their number depends on the
/// machine.
/// </summary>
internal static partial class ShownOutput
{
    public static bool Matches(string shown, string printed)
    {
        var pattern = new StringBuilder("^");
        foreach (var line in Lines(shown))
            pattern.Append(line == "…" ? "(?:.*\n)*?" : string.Join(".*?", line.Split('…').Select(Regex.Escape)) + "\n");
        var lines = string.Concat(Lines(printed).Where(l => !Progress().IsMatch(l)).Select(l => l + "\n"));
        return Regex.IsMatch(lines, pattern.Append('$').ToString(), RegexOptions.CultureInvariant);
    }

    private static IEnumerable<string> Lines(string text) => text.TrimEnd().Split('\n').Select(l => Blanks().Replace(l, " ").Trim());

    [GeneratedRegex("[ \t\r]+")]
    private static partial Regex Blanks();

    [GeneratedRegex("^(?:[0-9]+ %: |[0-9,]+ windows? (?:done|trained))")]
    private static partial Regex Progress();
}
