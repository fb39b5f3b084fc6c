using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>
/// A section that a component adds to results.json and to the report, as a typed record. Its JSON has the record's properties in their
/// order. Null properties are omitted, and undefined numbers are null.
/// </summary>
/// <param name="Name">The key in results.json.</param>
internal abstract record ResultSection([property: JsonIgnore] string Name)
{
    private protected static JsonSerializerOptions Relaxed { get; } = Options(JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    // For sections whose texts have always been escaped.
    private protected static JsonSerializerOptions Escaped { get; } = Options(JavaScriptEncoder.Default);

    private protected virtual JsonSerializerOptions Format => Relaxed;

    /// <summary>Serializes the section on one line.</summary>
    public virtual string ToJson() => JsonSerializer.Serialize(this, GetType(), Format);

    /// <summary>Deserializes a section; missing properties keep their defaults.</summary>
    /// <exception cref="JsonException">The text is not a section of this type.</exception>
    public static T Read<T>(string json) where T : ResultSection =>
        JsonSerializer.Deserialize<T>(json, Relaxed) ?? throw new JsonException("the section is null");

    private static JsonSerializerOptions Options(JavaScriptEncoder encoder) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = encoder,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : SectionJson.Default,
        Converters = { new UndefinedNumber() },
    };

    /// <summary>Writes undefined numbers as null.</summary>
    private sealed class UndefinedNumber : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}

/// <summary>Converts UTC ticks to an ISO 8601 time.</summary>
internal sealed class TimeOfTicks : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTime().Ticks;

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteStringValue(RunText.Time(value));
}
