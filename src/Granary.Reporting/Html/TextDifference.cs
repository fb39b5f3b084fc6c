namespace Granary.Reporting.Html;

/// <summary>Lines that two texts do not share, by their longest common subsequence.</summary>
internal static class TextDifference
{
    /// <returns>All lines in order: ' ' in both texts, '-' only in the first, '+' only in the second.</returns>
    public static IReadOnlyList<(char Kind, string Line)> Of(string[] first, string[] second)
    {
        int from = 0, end = 0;
        while (from < first.Length && from < second.Length && first[from] == second[from]) from++;
        while (end < first.Length - from && end < second.Length - from && first[^(end + 1)] == second[^(end + 1)]) end++;
        var n = first.Length - from - end;
        var m = second.Length - from - end;
        // longest[i, j]: length for the lines from i and from j on.
        var longest = new int[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
            for (var j = m - 1; j >= 0; j--)
                longest[i, j] = first[from + i] == second[from + j] ? longest[i + 1, j + 1] + 1
                    : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        var lines = new List<(char, string)>();
        for (var i = 0; i < from; i++) lines.Add((' ', first[i]));
        for (int i = 0, j = 0; i < n || j < m;)
        {
            if (i < n && j < m && first[from + i] == second[from + j])
            {
                lines.Add((' ', first[from + i]));
                i++;
                j++;
            }
            else if (j == m || (i < n && longest[i + 1, j] >= longest[i, j + 1]))
            {
                lines.Add(('-', first[from + i++]));
            }
            else
            {
                lines.Add(('+', second[from + j++]));
            }
        }
        for (var i = first.Length - end; i < first.Length; i++) lines.Add((' ', first[i]));
        return lines;
    }
}
