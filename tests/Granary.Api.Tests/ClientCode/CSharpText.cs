using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Api.Tests.ClientCode;

/// <summary>Writes C#: names, documentation comments, and lines of at most 140 characters.</summary>
internal sealed partial class CSharpText
{
    private const int LongestLine = 140;

    private readonly StringBuilder _text = new();

    /// <summary>A name of the document in PascalCase: num_strategies is NumStrategies.</summary>
    public static string Pascal(string name) =>
        string.Concat(Words().Matches(name).Select(w => char.ToUpperInvariant(w.Value[0]) + w.Value[1..]));

    /// <summary>The same as a parameter: If-Match is ifMatch.</summary>
    public static string Camel(string name) => Pascal(name) is var p ? char.ToLowerInvariant(p[0]) + p[1..] : "";

    public CSharpText Line(string line = "")
    {
        _text.Append(line).Append('\n');
        return this;
    }

    /// <summary>A documentation comment; nothing where there is no text.</summary>
    /// <param name="tag">As <c>summary</c>, or <c>param name="id"</c>.</param>
    public CSharpText Comment(string indent, string tag, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return this;
        var escaped = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        var words = string.Join(' ', escaped.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        var end = tag.Split(' ')[0];
        if ($"{indent}/// <{tag}>{words}</{end}>" is { Length: <= LongestLine } one) return Line(one);
        Line($"{indent}/// <{tag}>");
        Wrap($"{indent}/// ", $"{indent}/// ", words.Split(' '), " ");
        return Line($"{indent}/// </{end}>");
    }

    /// <summary>The parts with separators between, in as many lines as they need.</summary>
    public CSharpText Wrap(string first, string next, IReadOnlyList<string> parts, string separator)
    {
        var line = first;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i] + (i + 1 < parts.Count ? separator : "");
            if (line.Length + part.TrimEnd().Length > LongestLine && !string.IsNullOrWhiteSpace(line))
            {
                Line(line.TrimEnd());
                line = next;
                part = part.TrimStart();
            }
            line += part;
        }
        return Line(line.TrimEnd());
    }

    public override string ToString() => _text.ToString();

    [GeneratedRegex("[A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
