using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes the places of funding as a batch file has them.</summary>
internal sealed class GivenFundingJson : JsonConverter<GivenFunding>
{
    public override GivenFunding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, GivenFunding value, JsonSerializerOptions options)
    {
        if (value.BySymbol is not { } addresses)
        {
            writer.WriteStringValue(value.Address);
            return;
        }
        writer.WriteStartObject();
        foreach (var (symbol, address) in addresses) writer.WriteString(symbol, address);
        writer.WriteEndObject();
    }
}
