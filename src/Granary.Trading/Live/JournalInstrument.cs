using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Data.Streaming;
using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>Writes the instruments of a journal in the form of stores and messages.</summary>
internal sealed class JournalInstrument : JsonConverter<Instrument>
{
    public override Instrument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return InstrumentJson.Read(JsonSerializer.SerializeToUtf8Bytes(document.RootElement))
            ?? throw new JsonException("an instrument is damaged");
    }

    public override void Write(Utf8JsonWriter writer, Instrument value, JsonSerializerOptions options) =>
        writer.WriteRawValue(InstrumentJson.Bytes(value));
}
