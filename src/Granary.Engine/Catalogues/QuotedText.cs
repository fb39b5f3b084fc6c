namespace Granary.Engine.Catalogues;

/// <summary>Texts with parts in double or single quotes, in which no other sign has a meaning.</summary>
internal static class QuotedText
{
    private const string Signs = ",;()\"'@";

    /// <summary>The place of a sign outside of quotes; -1 if it is not there.</summary>
    public static int IndexOf(string text, char sign, int start = 0)
    {
        var quote = '\0';
        for (var i = start; i < text.Length; i++)
        {
            if (quote != '\0') quote = text[i] == quote ? '\0' : quote;
            else if (text[i] == sign) return i;
            else if (text[i] is '"' or '\'') quote = text[i];
        }
        return -1;
    }

    /// <summary>The parts between a sign that is outside of quotes.</summary>
    public static IEnumerable<string> Split(string text, char sign)
    {
        var start = 0;
        for (int end; (end = IndexOf(text, sign, start)) >= 0; start = end + 1) yield return text[start..end];
        yield return text[start..];
    }

    /// <summary>The text without quotes around it.</summary>
    public static string Unquoted(string text) =>
        text.Length >= 2 && (text[0] is '"' or '\'') && text[^1] == text[0] ? text[1..^1] : text;

    /// <summary>The text in quotes if it would be read otherwise without them.</summary>
    public static string Quoted(string text) => text.Length > 0 && text.AsSpan().IndexOfAny(Signs) < 0 && text.Trim() == text ? text
        : text.Contains('"', StringComparison.Ordinal) ? $"'{text}'" : $"\"{text}\"";
}
