using System.Globalization;
using System.Text.Json;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// Shows a section that another component added, as tables: an object is a list of names and values, a list of objects is a table.
/// </summary>
internal sealed class JsonSection(string name, string json) : IReportSection<RunView>
{
    private const int MostRows = 200, MostColumns = 16, MostItems = 40, Deepest = 6;

    // Parsed before the page is written, so that an error does not leave a partial page.
    private readonly JsonElement _root = Parsed(json);

    public string Id => "more-" + new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]);

    public string Title => NumberText.Words(name);

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view) => Value(html, Title, _root, 0);

    private static JsonElement Parsed(string json)
    {
        using var document = JsonDocument.Parse(json,
            new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return document.RootElement.Clone();
    }

    private static void Value(HtmlWriter html, string title, JsonElement value, int depth)
    {
        if (depth > Deepest)
        {
            html.Write($"<pre class=\"batch\"><code>{value.GetRawText()}</code></pre>\n");
            return;
        }
        if (value.ValueKind == JsonValueKind.Object) Object(html, title, value, depth);
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(e => e.ValueKind is JsonValueKind.Object))
            Rows(html, title, value, depth);
        else html.Write($"<p>{(depth == 0 ? "" : MetricText.Name(title) + ": ")}{Text(title, value)}</p>\n");
    }

    private static void Object(HtmlWriter html, string title, JsonElement value, int depth)
    {
        var simple = value.EnumerateObject().Where(p => IsSimple(p.Value)).ToArray();
        if (simple.Length > 0)
        {
            html.Write($"<table class=\"pairs wide\"><caption>{MetricText.Name(title)}</caption><tbody>");
            foreach (var p in simple.Take(MostRows))
                html.Write($"<tr><th scope=\"row\">{MetricText.Name(p.Name)}</th><td "
                    + $"class=\"{(p.Value.ValueKind == JsonValueKind.Number ? "n" : "")}\">{Text(p.Name, p.Value)}</td></tr>");
            html.Raw("</tbody></table>\n");
            if (simple.Length > MostRows) html.Write($"<p class=\"note\">The first {MostRows} of {NumberText.Count(simple.Length)}.</p>\n");
        }
        foreach (var p in value.EnumerateObject())
            if (!IsSimple(p.Value))
                Value(html, p.Name, p.Value, depth + 1);
    }

    private static void Rows(HtmlWriter html, string title, JsonElement value, int depth)
    {
        var items = value.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).ToArray();
        var names = items.SelectMany(e => e.EnumerateObject()).Where(p => IsSimple(p.Value)).Select(p => p.Name)
            .Distinct(StringComparer.Ordinal).Take(MostColumns).ToArray();
        if (names.Length == 0)
        {
            for (var i = 0; i < Math.Min(items.Length, MostItems); i++) Value(html, $"{title} {i + 1}", items[i], depth + 1);
            return;
        }
        var columns = names.Select((n, i) => new HtmlColumn(MetricText.Name(n), Number: i > 0
            && items.All(e => !e.TryGetProperty(n, out var v) || v.ValueKind is JsonValueKind.Number or JsonValueKind.Null))).ToArray();
        HtmlTable.Open(html, items.Length > MostRows ? $"{MetricText.Name(title)}, the first {MostRows} of {NumberText.Count(items.Length)}"
            : MetricText.Name(title), columns, sortable: true);
        foreach (var item in items.Take(MostRows))
        {
            for (var i = 0; i < names.Length; i++)
            {
                var text = item.TryGetProperty(names[i], out var cell) ? Text(names[i], cell) : "";
                if (i == 0) HtmlTable.RowHead(html, text);
                else if (columns[i].Number) HtmlTable.Number(html, text);
                else HtmlTable.Text(html, text);
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        for (var i = 0; i < Math.Min(items.Length, MostItems); i++)
        {
            var nested = items[i].EnumerateObject().Where(p => !IsSimple(p.Value)).ToArray();
            if (nested.Length == 0) continue;
            var summary = items[i].TryGetProperty(names[0], out var head) ? Text(names[0], head) : $"{MetricText.Name(title)} {i + 1}";
            html.Write($"<details><summary>{summary}</summary>");
            foreach (var p in nested) Value(html, p.Name, p.Value, depth + 1);
            html.Raw("</details>\n");
        }
    }

    private static bool IsSimple(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => false,
        JsonValueKind.Array => value.EnumerateArray().All(e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)),
        _ => true,
    };

    private static string Text(string key, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => NumberText.Undefined,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number => Number(key, value.GetDouble()),
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Array => List(key, value),
        _ => value.GetRawText(),
    };

    private static string List(string key, JsonElement value)
    {
        var count = value.GetArrayLength();
        var text = string.Join(", ", value.EnumerateArray().Take(MostItems).Select(v => Text(key, v)));
        return count == 0 ? "none" : count > MostItems ? $"{text}, … ({NumberText.Count(count)} in all)" : text;
    }

    // Keys of results.json are formatted as elsewhere on the page, other numbers with their significant digits.
    private static string Number(string key, double value)
    {
        if (MetricCatalogue.BuiltIn.Find(key) is { } metric) return MetricText.Value(metric, value);
        // Years, seeds and versions are identifiers, not counts.
        var isName = key.Contains("year", StringComparison.OrdinalIgnoreCase) || key.Contains("seed", StringComparison.OrdinalIgnoreCase)
            || key.Contains("version", StringComparison.OrdinalIgnoreCase);
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15)
            return value.ToString(isName ? "0" : "#,0", CultureInfo.InvariantCulture).Replace('-', '−');
        return Math.Abs(value) is >= 1e-4 and < 1e9
            ? NumberText.Price(double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
