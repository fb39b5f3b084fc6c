using System.Globalization;
using System.Text;
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

    /// <summary>Returns the ticks of an ISO 8601 date or time in UTF-8; null for other texts.</summary>
    public static long? TryRead(ReadOnlySpan<byte> text)
    {
        // The form of the files of a run, 2024-01-31T14:30:00Z: a list reads a million of them, ten times as fast without a string.
        if (text is [_, _, _, _, (byte)'-', _, _, (byte)'-', _, _, (byte)'T', _, _, (byte)':', _, _, (byte)':', _, _, (byte)'Z']
            && Digits(text[..4]) is > 0 and var year && Digits(text[5..7]) is >= 1 and <= 12 and var month
            && Digits(text[8..10]) is >= 1 and var day && day <= DateTime.DaysInMonth(year, month)
            && Digits(text[11..13]) is >= 0 and < 24 and var hour && Digits(text[14..16]) is >= 0 and < 60 and var minute
            && Digits(text[17..19]) is >= 0 and < 60 and var second)
            return new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        return TryRead(Encoding.UTF8.GetString(text));
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return -1;
            value = 10 * value + digit - '0';
        }
        return value;
    }
}
