namespace Granary.Engine.Market;

/// <summary>The names of further columns: the form in which a text asks for one, and the message for a missing one.</summary>
internal static class FurtherNames
{
    /// <summary>A sentence about a column that is not there, with the one that is meant or all that there are.</summary>
    /// <param name="owner">File, source or bars that would have it.</param>
    /// <param name="name">The missing column.</param>
    /// <param name="known">Columns that it has.</param>
    public static string Unknown(string owner, string name, IReadOnlyList<string> known)
    {
        var near = Spelling.Nearest(name, known);
        return $"{owner} has no column '{name}'; " + (near is not null ? $"did you mean '{near}'?"
            : known.Count == 0 ? "it has no further columns of numbers"
            : $"it has {string.Join(", ", known.Take(20))}{(known.Count > 20 ? ", …" : "")}");
    }

    /// <summary>A sentence about a column that the bars of a market were not read with; its files may have it.</summary>
    /// <param name="read">Columns that were read.</param>
    public static string Unread(string symbol, string name, IReadOnlyList<string> read)
    {
        var near = Spelling.Nearest(name, read);
        return $"the bars of {symbol} were read without a column '{name}'; " + (near is not null ? $"did you mean '{near}'?"
            : $"if the files have it, name it in the batch: \"data\": {{ \"furtherColumns\": [\"{name}\"] }}");
    }

    /// <summary>The columns that factors in a text name, each as <c>column(name)</c>, in the order of the text.</summary>
    public static IEnumerable<string> In(string text)
    {
        for (var at = 0; (at = text.IndexOf("column", at, StringComparison.OrdinalIgnoreCase)) >= 0; at += 6)
        {
            if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '-' or '_')) continue;
            var open = at + 6;
            while (open < text.Length && text[open] == ' ') open++;
            if (open == text.Length || text[open] != '(') continue;
            if (FurtherName(text, open + 1) is { Length: > 0 } name) yield return name;
        }
    }

    private static string? FurtherName(string text, int at)
    {
        var inner = text[at..].TrimStart();
        if (inner.Length > 0 && inner[0] is '"' or '\'')
            return inner.IndexOf(inner[0], 1) is > 0 and var end ? inner[1..end] : null;
        return inner.IndexOf(')') is > 0 and var close ? inner[..close].Trim() : null;
    }
}
