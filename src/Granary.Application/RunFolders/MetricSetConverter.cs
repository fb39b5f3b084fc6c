using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Application.RunFolders;

/// <summary>A strategy's metrics in the log of a run, under their keys. Keys that the catalogue does not know are left out.</summary>
internal sealed class MetricSetConverter(MetricCatalogue metrics) : JsonConverter<MetricSet>
{
    public override MetricSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number) values[key] = reader.GetDouble();
            else if (reader.TokenType == JsonTokenType.String && metrics.Find(key) is not null) values[key] = Named(reader.GetString());
            else reader.Skip();
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

    private static double Named(string? text) => text switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.NaN,
    };
}
