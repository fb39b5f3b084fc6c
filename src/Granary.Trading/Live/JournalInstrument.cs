using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Data.Streaming;
using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>
/// Writes the instruments of a journal in the form of stores and messages. The rolls of a chain and its adjustment are added: a replay sees
/// the prices that the strategies saw.
/// </summary>
internal sealed class JournalInstrument : JsonConverter<Instrument>
{
    private const string Listing = "listing";

    public override Instrument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var node = JsonNode.Parse(ref reader) ?? throw new JsonException("an instrument is missing");
        var instrument = InstrumentJson.Read(JsonSerializer.SerializeToUtf8Bytes(node)) ?? throw new JsonException("an instrument is damaged");
        try
        {
            return node[Listing] is not { } listing ? instrument : instrument with
            {
                Changes = new ListingChanges(listing["first"]!.GetValue<string>(),
                    listing["changes"]!.AsArray().Select(c => ChangeOf(c!.AsArray()))),
                Adjust = Enum.Parse<PriceAdjustment>((string)listing["adjust"]!),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or NullReferenceException)
        {
            throw new JsonException($"the rolls of {instrument.Symbol} are damaged", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Instrument value, JsonSerializerOptions options)
    {
        if (value.Changes.IsNone)
        {
            writer.WriteRawValue(InstrumentJson.Bytes(value));
            return;
        }
        var node = JsonNode.Parse(InstrumentJson.Bytes(value))!;
        node[Listing] = new JsonObject
        {
            ["first"] = value.Changes.First,
            ["changes"] = new JsonArray([.. Enumerable.Range(0, value.Changes.Count).Select(i => (JsonNode)RowOf(value.Changes[i]))]),
            ["adjust"] = value.Adjust.ToString(),
        };
        node.WriteTo(writer);
    }

    private static JsonArray RowOf(ListingChange c) => [c.Time, c.From, c.To, c.Kind.ToString(), Known(c.OldPrice), Known(c.NewPrice),
        Known(c.OldHigh), Known(c.OldLow)];

    private static ListingChange ChangeOf(JsonArray row) => new((long)row[0]!, (string)row[1]!, (string)row[2]!,
        Enum.Parse<ListingChangeKind>((string)row[3]!), (double?)row[4] ?? double.NaN, (double?)row[5] ?? double.NaN)
    {
        OldHigh = (double?)row[6] ?? double.PositiveInfinity,
        OldLow = (double?)row[7] ?? double.NegativeInfinity,
    };

    // JSON has no number for a price that is not known.
    private static double? Known(double price) => double.IsFinite(price) ? price : null;
}
