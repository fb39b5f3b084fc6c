using System.Globalization;
using System.Text.Json;

namespace Granary.Exchanges.Connections;

/// <summary>Reads fields of exchange messages, in which numbers may be texts or JSON numbers.</summary>
internal static class JsonFields
{
    /// <summary>The decimal number of a field; 0 where it is missing, null or an empty text.</summary>
    /// <exception cref="FormatException">It is not a number.</exception>
    public static decimal Decimal(this JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) ? value.AsDecimal() : 0;

    /// <inheritdoc cref="Decimal"/>
    public static decimal AsDecimal(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => 0,
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.Number => (decimal)value.GetDouble(),
        JsonValueKind.String when value.GetString() is { Length: > 0 } text =>
            decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        JsonValueKind.String => 0,
        _ => throw new FormatException($"'{value.GetRawText()}' is not a number"),
    };

    /// <inheritdoc cref="AsDecimal"/>
    public static double AsDouble(this JsonElement value) => value.ValueKind == JsonValueKind.String
        ? double.Parse(value.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture) : value.GetDouble();

    /// <summary>Returns the integer of a field; 0 if it is missing or null.</summary>
    public static long Whole(this JsonElement message, string name) => (long)message.Decimal(name);

    /// <summary>Returns the text of a field, also if it is a number; empty if it is missing or null.</summary>
    public static string Text(this JsonElement message, string name)
    {
        if (!message.TryGetProperty(name, out var value)) return "";
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };
    }

    /// <summary>Whether a field exists and is true.</summary>
    public static bool Flag(this JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Formats a decimal without trailing zeros, as exchanges require.</summary>
    public static string Plain(decimal value) => (value / 1.0000000000000000000000000000m).ToString("0.############################",
        CultureInfo.InvariantCulture);

    /// <summary>Converts milliseconds since 1970 to a time.</summary>
    public static DateTimeOffset Milliseconds(long value) => DateTimeOffset.FromUnixTimeMilliseconds(value);
}
