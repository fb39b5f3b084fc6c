using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes the hours of an instrument: a word, or an object.</summary>
internal sealed class WordJson : JsonConverter<BatchSession>
{
    public override BatchSession Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, BatchSession value, JsonSerializerOptions options)
    {
        if (value.Word is { } word) writer.WriteStringValue(word);
        else JsonSerializer.Serialize(writer, value, BatchJson.Default.BatchSession);
    }
}
