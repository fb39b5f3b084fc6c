using System.Collections.Frozen;

namespace Granary.Reporting.Tests.Html;

/// <summary>
/// Reads a page strictly: every element that is opened is closed in order, every attribute is quoted and given once, every character that
/// needs it is escaped.
/// </summary>
internal sealed class HtmlText
{
    private static readonly FrozenSet<string> _void = FrozenSet.Create("meta", "input", "br", "hr", "link", "img", "wbr");

    public List<Element> Elements { get; } = [];

    internal sealed record Element(string Name, Dictionary<string, string> Attributes, Element? Parent)
    {
        public List<Element> Children { get; } = [];

        public string Text { get; set; } = "";

        public IEnumerable<Element> Ancestors()
        {
            for (var e = Parent; e is not null; e = e.Parent) yield return e;
        }

        public IEnumerable<Element> Descendants()
        {
            var waiting = new Stack<Element>(Children.AsEnumerable().Reverse());
            while (waiting.TryPop(out var next))
            {
                yield return next;
                for (var i = next.Children.Count - 1; i >= 0; i--) waiting.Push(next.Children[i]);
            }
        }

        public string AllText() => Text + string.Concat(Children.Select(c => c.AllText()));
    }

    /// <exception cref="FormatException">Says where and what.</exception>
    public static HtmlText Parse(string html)
    {
        var page = new HtmlText();
        if (!html.StartsWith("<!DOCTYPE html>", StringComparison.Ordinal)) throw new FormatException("no doctype");
        Element? open = null;
        var at = "<!DOCTYPE html>".Length;
        while (at < html.Length)
        {
            if (html[at] != '<')
            {
                var end = html.IndexOf('<', at);
                if (end < 0) end = html.Length;
                var text = html[at..end];
                CheckText(text, html, at);
                if (open is not null) open.Text += text;
                else if (text.Trim().Length > 0) throw Fault("text outside of html");
                at = end;
                continue;
            }
            var close = html.IndexOf('>', at);
            if (close < 0) throw Fault("a tag is not closed");
            if (html[at + 1] == '/')
            {
                var name = html[(at + 2)..close];
                if (open?.Name != name) throw Fault($"</{name}> closes <{open?.Name}>");
                open = open.Parent;
                at = close + 1;
                continue;
            }
            var (element, next) = ReadTag(html, at, open);
            page.Elements.Add(element);
            open?.Children.Add(element);
            at = next;
            if (_void.Contains(element.Name) || html[at - 2] == '/') continue;
            if (element.Name is "script" or "style")
            {
                var end = html.IndexOf($"</{element.Name}>", at, StringComparison.Ordinal);
                element.Text = html[at..end];
                at = end + element.Name.Length + 3;
                continue;
            }
            open = element;
        }
        if (open is not null) throw Fault($"<{open.Name}> is not closed");
        return page;

        FormatException Fault(string what) =>
            new($"{what} near: {html.Substring(Math.Max(0, at - 60), Math.Min(160, html.Length - Math.Max(0, at - 60)))}");
    }

    private static (Element, int) ReadTag(string html, int at, Element? parent)
    {
        var i = at + 1;
        var start = i;
        while (char.IsAsciiLetterOrDigit(html[i])) i++;
        var element = new Element(html[start..i], new(StringComparer.Ordinal), parent);
        while (true)
        {
            while (char.IsWhiteSpace(html[i])) i++;
            if (html[i] == '>') return (element, i + 1);
            if (html[i] == '/' && html[i + 1] == '>') return (element, i + 2);
            start = i;
            while (html[i] is not ('=' or '>' or ' ' or '/')) i++;
            var name = html[start..i];
            var value = "";
            if (html[i] == '=')
            {
                if (html[i + 1] != '"') throw new FormatException($"{name} of <{element.Name}> is not quoted");
                var end = html.IndexOf('"', i + 2);
                value = html[(i + 2)..end];
                CheckText(value, html, i);
                if (value.Contains('<', StringComparison.Ordinal)) throw new FormatException($"{name} holds markup: {value}");
                i = end + 1;
            }
            else if (name != "hidden" || name.Length == 0)
            {
                throw new FormatException($"{name} of <{element.Name}> has no value near {html.Substring(at, 80)}");
            }
            if (!element.Attributes.TryAdd(name, value)) throw new FormatException($"{name} of <{element.Name}> is given twice");
        }
    }

    private static void CheckText(string text, string html, int at)
    {
        for (var i = text.IndexOf('&', StringComparison.Ordinal); i >= 0; i = text.IndexOf('&', i + 1))
            if (!text.AsSpan(i).StartsWith("&lt;") && !text.AsSpan(i).StartsWith("&gt;") && !text.AsSpan(i).StartsWith("&amp;")
                && !text.AsSpan(i).StartsWith("&quot;") && !text.AsSpan(i).StartsWith("&#39;"))
                throw new FormatException($"a bare & near: {html.Substring(Math.Max(0, at), Math.Min(100, html.Length - at))}");
        foreach (var c in text)
            if (char.IsControl(c) && c is not ('\n' or '\t'))
                throw new FormatException($"control character {(int)c} in the text");
    }
}
