using System.Globalization;
using System.Text;

namespace Granary.Api.Telemetry;

/// <summary>Tags as the labels of a series.</summary>
internal static class MetricLabels
{
    /// <returns>As <c>a="1",b="2"</c>, in the order of the names; empty without tags.</returns>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var sorted = tags.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var text = new StringBuilder();
        foreach (var (key, value) in sorted)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(MetricName.Label(key)).Append("=\"").Append(Escaped(value)).Append('"');
        }
        return text.ToString();
    }

    private static string Escaped(object? value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
