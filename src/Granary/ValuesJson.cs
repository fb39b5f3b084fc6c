using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;

namespace Granary;

/// <summary>Writes values as a batch file has them.</summary>
internal sealed class ValuesJson : JsonConverter<Values>
{
    public override Values Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only written");

    public override void Write(Utf8JsonWriter writer, Values value, JsonSerializerOptions options)
    {
        if (value.IsList) writer.WriteStartArray();
        foreach (var item in value) Write(writer, item);
        if (value.IsList) writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case int whole: writer.WriteNumberValue(whole); break;
            case long whole: writer.WriteNumberValue(whole); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case string text: writer.WriteStringValue(text); break;
            case Enum word: writer.WriteStringValue(word.ToString()); break;
            default:
                throw new InputException($"the value '{value ?? "null"}' of the type {value?.GetType().Name ?? "null"} is not one that a "
                    + "batch can have; use a finite number, a text, true or false, or a word of an enumeration");
        }
    }
}
