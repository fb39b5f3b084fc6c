using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes one learning section as an object, several as a list.</summary>
internal sealed class OneOrManyJson : JsonConverter<IReadOnlyList<BatchModel>>
{
    public override IReadOnlyList<BatchModel> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<BatchModel> value, JsonSerializerOptions options)
    {
        if (value.Count != 1) writer.WriteStartArray();
        foreach (var section in value) JsonSerializer.Serialize(writer, section, BatchJson.Default.BatchModel);
        if (value.Count != 1) writer.WriteEndArray();
    }
}
