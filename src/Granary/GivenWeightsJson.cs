using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes weights as a batch file has them.</summary>
internal sealed class GivenWeightsJson : JsonConverter<GivenWeights>
{
    public override GivenWeights Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, GivenWeights value, JsonSerializerOptions options)
    {
        if (value.ByStrategy is not { } weights)
        {
            writer.WriteStringValue(value.Rule);
            return;
        }
        writer.WriteStartObject();
        foreach (var (strategy, weight) in weights) writer.WriteNumber(strategy, weight);
        writer.WriteEndObject();
    }
}
