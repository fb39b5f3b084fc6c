using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>The source of exchange rates as a value of a key: an address, or an object with further settings.</summary>
internal static class FxKey
{
    private static readonly string[] s_schemes = [Address.Plain, Address.Csv, Address.Parquet, Address.Store, Address.Postgres,
        Address.QuestDb, Address.Generated];

    public static KeyType Type { get; } = new((part, _) => Read(part, part.Place), (json, v) => Write(json, (FxSource)v), _ =>
        new JsonObject
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["minLength"] = 1 },
                RecordKeys.Schema(RecordKeys<FxSource>.All)),
        });

    /// <param name="place">Base folder of relative paths.</param>
    public static FxSource Read(JsonPart part, Place place)
    {
        var source = part.Kind == JsonValueKind.Object ? part.Need("source") : part;
        if (source.Kind == JsonValueKind.String && source.Text.Trim().Length == 0) source.Wrong("the name of the rates is empty", 0);
        var address = source.Address(place, s_schemes);
        return part.Kind == JsonValueKind.Object ? RecordKeys<FxSource>.Read(part) with { Source = address }
            : new FxSource { Source = address };
    }

    private static void Write(Utf8JsonWriter json, FxSource rates)
    {
        if (rates == new FxSource { Source = rates.Source })
        {
            json.WriteStringValue(rates.Source.Written);
            return;
        }
        json.WriteStartObject();
        RecordKeys<FxSource>.Write(json, rates);
        json.WriteEndObject();
    }
}
