using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Writes a decision as its word without hyphens, as journals have names: <c>noCash</c>.</summary>
internal sealed class DecisionJson : JsonConverter<Decision>
{
    public override Decision Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Decision.Of(JsonNamingPolicy.KebabCaseLower.ConvertName(reader.GetString()!))
            : throw new JsonException("a decision is a text");

    public override void Write(Utf8JsonWriter writer, Decision value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Concat(value.Word.Split('-').Select((part, i) =>
            i == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..])));
}
