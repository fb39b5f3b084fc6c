using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Funding;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>The place of the funding as a value of a key: an address, or an object of addresses by symbol.</summary>
internal static class FundingKey
{
    public static KeyType Type { get; } = new((part, _) => Read(part, part.Place), (json, v) => Write(json, (FundingSources)v), _ =>
        new JsonObject
        {
            ["anyOf"] = new JsonArray(Text(), new JsonObject { ["type"] = "object", ["additionalProperties"] = Text() }),
        });

    private static JsonObject Text() => new() { ["type"] = "string", ["minLength"] = 1 };

    /// <param name="place">Base folder of relative paths.</param>
    public static FundingSources Read(JsonPart part, Place place)
    {
        var addresses = new Dictionary<string, Address>(StringComparer.Ordinal);
        if (part.Kind == JsonValueKind.String) addresses[FundingSources.All] = Address(part, place);
        else if (part.Kind != JsonValueKind.Object) part.Wrong("a file of the funding is needed, or an object of files by symbol", 0);
        else
            foreach (var (symbol, value) in part.Members) addresses[symbol] = Address(value, place);
        return new FundingSources(addresses);
    }

    private static Address Address(JsonPart part, Place place)
    {
        if (part.Kind == JsonValueKind.String && part.Text.Trim().Length == 0) part.Wrong("the name of the file is empty", 0);
        return part.Address(place, Storage.Addresses.Address.Plain, Storage.Addresses.Address.Store,
            Storage.Addresses.Address.Postgres, Storage.Addresses.Address.QuestDb);
    }

    private static void Write(Utf8JsonWriter json, FundingSources funding)
    {
        if (funding.BySymbol is { Count: 1 } only && only.TryGetValue(FundingSources.All, out var all))
        {
            json.WriteStringValue(all.Written);
            return;
        }
        json.WriteStartObject();
        foreach (var (symbol, address) in funding.BySymbol.OrderBy(f => f.Key, StringComparer.Ordinal))
            json.WriteString(symbol, address.Written);
        json.WriteEndObject();
    }
}
