using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;

namespace Granary.Data.Journals;

/// <summary>Writes a timeframe by its name, such as "1h".</summary>
internal sealed class TimeframeJson : JsonConverter<Timeframe>
{
    public override Timeframe Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        foreach (var timeframe in Timeframe.All)
            if (reader.ValueTextEquals(timeframe.ToString()))
                return timeframe;
        throw new JsonException($"'{reader.GetString()}' is not a timeframe");
    }

    public override void Write(Utf8JsonWriter writer, Timeframe value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
