using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;

namespace Granary.Simulation.Json;

/// <summary>Converts UTC ticks to ISO 8601 text and back. The time of day is optional; a time without a zone is UTC.</summary>
internal sealed class UtcTicks : JsonConverter<long>
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <param name="name">Name of the option, for the error message.</param>
    /// <exception cref="InputException">The text is not a time.</exception>
    public static long Read(string name, string text) =>
        TryRead(text) ?? throw new InputException($"{name} {text} is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");

    /// <inheritdoc/>
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryRead(reader.GetString()!) is { } ticks ? ticks
            : throw new JsonException("this is not a date");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Text(value));

    /// <summary>Writes UTC ticks as ISO 8601.</summary>
    public static string Text(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Returns the ticks of an ISO 8601 date or time; null for other texts, because 03/02/2010 is ambiguous.</summary>
    public static long? TryRead(string text) =>
        DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time.Ticks : null;
}
