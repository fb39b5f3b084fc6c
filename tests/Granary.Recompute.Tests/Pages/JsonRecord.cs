using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>A record of a page's JSON: its values by their paths within it, as "outOfSample.auc", "to[0]" or "windows.count".</summary>
internal sealed partial class JsonRecord
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <param name="parts">The record, and records that it stands in or beside; the paths within the second one begin with "1.".</param>
    public JsonRecord(params JsonElement[] parts)
    {
        foreach (var (i, part) in parts.Index()) Add(i == 0 ? "" : $"{i}", part);
    }

    public IEnumerable<string> Paths => _values.Keys.Concat(_counts.Keys);

    public bool IsText(string path) => _values.TryGetValue(path, out var value) && value.ValueKind == JsonValueKind.String;

    /// <summary>The record with a value that the page chooses among several.</summary>
    public JsonRecord With(string path, JsonElement value)
    {
        Add(path, value);
        return this;
    }

    /// <summary>A list of a document, record by record; none where the document has no such list.</summary>
    /// <param name="path">As "modelDecisions.challengers".</param>
    public static List<JsonRecord> List(JsonElement root, string path)
    {
        foreach (var name in path.Split('.'))
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out root)) return [];
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(item => new JsonRecord(item))] : [];
    }

    /// <summary>Records of lists within the records of a list, each with the values of the record that it stands in.</summary>
    public static List<JsonRecord> Nested(JsonElement list, string name) =>
        [.. list.EnumerateArray()
            .SelectMany(owner => owner.GetProperty(name).EnumerateArray(), (owner, item) => new JsonRecord(item, owner))];

    /// <summary>Whether a cell shows a value: a number to the precision of its digits, a time, or a text within other words.</summary>
    public bool Shows(string cell, string path)
    {
        if (_counts.TryGetValue(path, out var count)) return ShownNumber.Parse(cell).Agrees(count) && Digits().Count(cell) == 1;
        if (!_values.TryGetValue(path, out var value) || value.ValueKind == JsonValueKind.Null) return !cell.Any(char.IsDigit);
        if (value.ValueKind == JsonValueKind.String) return ShowsText(cell, value.GetString()!);
        if (cell.StartsWith("below ", StringComparison.Ordinal)) return value.GetDouble() < ShownNumber.Parse(cell).Value;
        var (shown, number) = (ShownNumber.Parse(cell), value.GetDouble());
        // What is not there has a dash, in a list that writes numbers alone a zero.
        if (!cell.Any(char.IsDigit)) return number == 0 || shown.Agrees(number);
        return Digits().Count(cell) == 1 && shown.Agrees(number);
    }

    private static bool ShowsText(string cell, string text)
    {
        if (Time().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time))
            return cell == $"{time.UtcDateTime:yyyy-MM-dd}" || cell == $"{time.UtcDateTime:yyyy-MM-dd HH:mm}";
        var at = text.Length == 0 ? -1 : cell.IndexOf(text, StringComparison.Ordinal);
        return at < 0 ? cell.Length == 0 && text.Length == 0 : !cell.Remove(at, text.Length).Any(char.IsDigit);
    }

    private void Add(string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var property in value.EnumerateObject())
                Add(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
        else if (value.ValueKind == JsonValueKind.Array)
        {
            _counts.TryAdd(path + ".count", value.GetArrayLength());
            foreach (var (i, item) in value.EnumerateArray().Index())
                if (item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) Add($"{path}[{i}]", item);
        }
        else if (value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null) _values.TryAdd(path, value);
    }

    [GeneratedRegex(@"(?:\d[\d,]*)?\.?\d+(?:E[+-]\d+)?", RegexOptions.None, 10_000)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT", RegexOptions.None, 10_000)]
    private static partial Regex Time();
}
