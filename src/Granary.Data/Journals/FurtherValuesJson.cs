using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;

namespace Granary.Data.Journals;

/// <summary>Writes the further columns of a bar as an object of names and numbers; null stands for no value.</summary>
public sealed class FurtherValuesJson : JsonConverter<FurtherValues>
{
    /// <inheritdoc/>
    public override FurtherValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("further columns are an object");
        var (names, values) = (new List<string>(), new List<double>());
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            values.Add(reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble());
        }
        return new FurtherValues([.. names], [.. values]);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FurtherValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        for (var i = 0; i < value.Names.Count; i++)
            if (double.IsFinite(value.Values[i])) writer.WriteNumber(value.Names[i], value.Values[i]);
            else writer.WriteNull(value.Names[i]);
        writer.WriteEndObject();
    }
}
