using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Simulation.Json;

/// <summary>A time in UTC ticks as text: written as ISO 8601, read with or without a time of day; without a zone it is UTC.</summary>
public sealed class UtcTicks : JsonConverter<long>
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <param name="name">The option, for the fault.</param>
    /// <exception cref="InputException">The text is no time.</exception>
    public static long Read(string name, string text) =>
        TryRead(text) ?? throw new InputException($"{name} {text} is no date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");

    /// <inheritdoc/>
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryRead(reader.GetString()!) is { } ticks ? ticks
            : throw new JsonException("this is no date");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteStringValue(new DateTime(value, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture));

    /// <summary>The ticks of a date, or a date and time, of ISO 8601; null for other texts: 03/02/2010 has two meanings.</summary>
    public static long? TryRead(string text) =>
        DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time.Ticks : null;
}
