using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Granary.Reporting.Html;

/// <summary>
/// Writes HTML. The literal parts of an interpolated string are markup. Interpolated values are escaped as text, so no name, parameter
/// or batch file can inject markup.
/// </summary>
internal sealed class HtmlWriter(TextWriter output)
{
    private static readonly SearchValues<char> _special = SearchValues.Create(
        "<>&\"'\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000B\f"
        + "\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F");

    private static readonly Regex _unbroken = new(@"\d{4}-\d\d-\d\d( \d\d:\d\d)?|--[a-z]+(-[a-z]+)*",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    // Longer words may be broken.
    private const int LongWord = 24;

    private int _ids;

    /// <summary>Returns an id that is unique in the page.</summary>
    public string NextId(string prefix) => $"{prefix}-{++_ids}";

    /// <summary>Writes markup with escaped interpolated values.</summary>
    public void Write([InterpolatedStringHandlerArgument("")] Markup markup) => _ = markup;

    /// <summary>Writes markup without escaping; only for markup that this assembly created.</summary>
    public void Raw(ReadOnlySpan<char> markup) => output.Write(markup);

    /// <summary>Writes text, escaped for elements and quoted attributes.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(_special); at >= 0; at = text.IndexOfAny(_special))
        {
            output.Write(text[..at]);
            output.Write(text[at] switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => "\uFFFD", // control characters are not allowed in HTML
            });
            text = text[(at + 1)..];
        }
        output.Write(text);
    }

    /// <summary>Writes a sentence as text, without line breaks inside dates and options.</summary>
    public void Prose(string sentence)
    {
        var at = 0;
        foreach (var word in _unbroken.EnumerateMatches(sentence))
        {
            Text(sentence.AsSpan(at, word.Index - at));
            Raw("<span class=\"date\">");
            Text(sentence.AsSpan(word.Index, word.Length));
            Raw("</span>");
            at = word.Index + word.Length;
        }
        Text(sentence.AsSpan(at));
    }

    /// <summary>Writes a name as text. Long words may break after commas, underscores and slashes, and before brackets and at
    /// signs.</summary>
    public void Name(string name)
    {
        var (from, word) = (0, 0);
        for (var i = 1; i < name.Length; i++)
        {
            if (name[i - 1] == ' ') word = i;
            if (!(name[i - 1] is ',' or '_' or '/' || name[i] is '(' or '@') || WordEnd(name, i) - word <= LongWord) continue;
            Text(name.AsSpan(from, i - from));
            Raw("<wbr>");
            from = i;
        }
        Text(name.AsSpan(from));

        static int WordEnd(string name, int at) => name.IndexOf(' ', at) is >= 0 and var end ? end : name.Length;
    }

    [InterpolatedStringHandler]
    internal readonly ref struct Markup
    {
        private readonly HtmlWriter _html;

        public Markup(int literalLength, int formattedCount, HtmlWriter html)
        {
            _ = (literalLength, formattedCount);
            _html = html;
        }

        public void AppendLiteral(string markup) => _html.Raw(markup);

        public void AppendFormatted(string? text) => _html.Text(text);

        public void AppendFormatted(int value) => AppendFormatted((long)value);

        public void AppendFormatted(long value)
        {
            Span<char> buffer = stackalloc char[20];
            value.TryFormat(buffer, out var written);
            _html.Raw(buffer[..written]);
        }

        /// <summary>A coordinate with at most one decimal.</summary>
        public void AppendFormatted(double coordinate) => _html.Coordinate(coordinate);
    }

    /// <summary>Writes a coordinate with at most one decimal.</summary>
    public void Coordinate(double value)
    {
        Span<char> buffer = stackalloc char[32];
        value.TryFormat(buffer, out var written, "0.#");
        var text = buffer[..written];
        Raw(text is "-0" ? "0" : text);
    }
}
