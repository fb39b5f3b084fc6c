using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>
/// Writes the times of journal entries, UTC ticks in memory, as ISO 8601. A value that is not a time (0 = not yet,
/// <see cref="long.MaxValue"/> = never) stays a number.
/// </summary>
internal sealed class JournalTime : JsonConverter<long>
{
    private static readonly string[] _names = ["instant", "period", "validUntil", "entryTime", "exitTime", "time", "expiresAt", "createdAt",
        "at", "since"];
    private static readonly JournalTime _converter = new();

    /// <summary>Modifies the JSON contract of journal entries.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.PropertyType == typeof(long) && _names.Contains(property.Name, StringComparer.Ordinal))
                property.CustomConverter = _converter;
    }

    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetInt64();
        if (reader.TryGetDateTime(out var exact)) return (exact.Kind == DateTimeKind.Local ? exact.ToUniversalTime() : exact).Ticks;
        return DateTime.TryParse(reader.GetString(), CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? time.Ticks
            : throw new JsonException($"'{reader.GetString()}' is not a time");
    }

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options)
    {
        if (value <= 0 || value > DateTime.MaxValue.Ticks) writer.WriteNumberValue(value);
        else writer.WriteStringValue(RunText.Time(value));
    }
}
