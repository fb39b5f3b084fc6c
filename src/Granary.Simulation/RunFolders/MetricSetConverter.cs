using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Simulation.RunFolders;

/// <summary>Converts a strategy's metrics, by key, in the log of a run.</summary>
internal sealed class MetricSetConverter(MetricCatalogue metrics) : JsonConverter<MetricSet>
{
    public override MetricSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            values[key] = reader.TokenType == JsonTokenType.Number ? reader.GetDouble()
                : reader.GetString() == "Infinity" ? double.PositiveInfinity : double.NegativeInfinity;
        }
        return metrics.Read(values);
    }

    public override void Write(Utf8JsonWriter writer, MetricSet value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        for (var slot = 0; slot < value.Values.Length; slot++)
        {
            var (key, number) = (value.Layout.Metrics[slot].Key, value.Values[slot]);
            if (double.IsFinite(number)) writer.WriteNumber(key, number);
            else if (!double.IsNaN(number)) writer.WriteString(key, number > 0 ? "Infinity" : "-Infinity");
        }
        writer.WriteEndObject();
    }
}
