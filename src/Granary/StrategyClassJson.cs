using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes the name of a class.</summary>
internal sealed class StrategyClassJson : JsonConverter<StrategyClass>
{
    public override StrategyClass Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, StrategyClass value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
