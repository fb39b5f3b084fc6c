using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>The table of what can be borrowed as a value of a key: a file, or an object with further settings.</summary>
internal static class BorrowKey
{
    public static KeyType Type { get; } = new((part, _) => Read(part, part.Place), (json, v) => Write(json, (BorrowSource)v), _ =>
        new JsonObject
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["minLength"] = 1 },
                RecordKeys.Schema(RecordKeys<BorrowSource>.All)),
        });

    /// <param name="place">Base folder of relative paths.</param>
    public static BorrowSource Read(JsonPart part, Place place)
    {
        var source = part.Kind == JsonValueKind.Object ? part.Need("source") : part;
        if (source.Kind == JsonValueKind.String && source.Text.Trim().Length == 0) source.Wrong("the name of the table is empty", 0);
        var address = source.Address(place, Address.Plain);
        return part.Kind == JsonValueKind.Object ? RecordKeys<BorrowSource>.Read(part) with { Source = address }
            : new BorrowSource { Source = address };
    }

    private static void Write(Utf8JsonWriter json, BorrowSource borrow)
    {
        if (borrow == new BorrowSource { Source = borrow.Source })
        {
            json.WriteStringValue(borrow.Source.Written);
            return;
        }
        json.WriteStartObject();
        RecordKeys<BorrowSource>.Write(json, borrow);
        json.WriteEndObject();
    }
}
