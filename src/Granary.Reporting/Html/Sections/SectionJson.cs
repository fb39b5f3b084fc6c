using System.Text.Json;

namespace Granary.Reporting.Html.Sections;

/// <summary>A section of results.json, read for its page: what is missing is empty, never a fault.</summary>
internal static class SectionJson
{
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString()! : "";

    public static double Value(JsonElement owner, string name) => owner.TryGetProperty(name, out var v) ? Number(v) : double.NaN;

    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    public static long[] Longs(JsonElement owner, string name) => [.. Items(owner, name).Select(v => v.GetInt64())];

    public static double[] Numbers(JsonElement owner, string name) => [.. Items(owner, name).Select(Number)];
}
