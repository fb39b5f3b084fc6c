using System.Text;
using System.Text.Json;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

public class JournalCodecTests
{
    private static readonly long _time = new DateTime(2024, 3, 1, 14, 30, 0, DateTimeKind.Utc).Ticks;

    [Fact]
    public void Times_of_entries_are_ISO_8601_and_read_back_to_the_tick()
    {
        JournalEvent[] facts =
        [
            new BarsTaken(_time, [new ClosedBar("A", new Bar(_time + 1, 1, 2, 0.5, 1.5, 10), Timeframe.M1)]),
            new TradeChanged(_time, 3, TradeState.Active, Side.Buy, 5, 5, 10, 0, 0, 0.1, _time, 0, ""),
        ];
        foreach (var fact in facts)
        {
            var entry = JournalCodec.Encode(7, DateTimeOffset.UnixEpoch, fact);
            var body = JsonDocument.Parse(entry.Body).RootElement;
            body.GetProperty("instant").GetString().ShouldBe("2024-03-01T14:30:00Z");
            JsonSerializer.Serialize<object>(JournalCodec.Decode(entry)).ShouldBe(JsonSerializer.Serialize<object>(fact));
        }
        Encoding.UTF8.GetString(JournalCodec.Encode(1, default, facts[0]).Body.Span).ShouldContain("2024-03-01T14:30:00.0000001Z");
        JsonDocument.Parse(JournalCodec.Encode(1, default, facts[1]).Body).RootElement.GetProperty("exitTime").GetInt64()
            .ShouldBe(0, "a trade that is open has no exit time");
    }

    [Theory]
    [InlineData("\"first\":\"F4\"", "\"first\":null")]
    [InlineData("\"first\":\"F4\"", "\"first\":4")]
    [InlineData("\"first\":\"F4\"", "\"first\":\"F5\"")]
    [InlineData("\"changes\":", "\"none\":")]
    [InlineData("\"adjust\":\"", "\"adjust\":\"x")]
    [InlineData("\"listing\":{", "\"listing\":[],\"lost\":{")]
    public void A_damaged_listing_is_a_fault_of_the_journal(string text, string damaged)
    {
        var roll = new ListingChange(_time, "F4", "G4", ListingChangeKind.Roll, 100, 102);
        var started = new SessionStarted(_time, "t", "main", "hash", "paper", "host", 1, false)
        {
            Instruments = [new Instrument { Symbol = "F", Changes = new ListingChanges("F4", roll) }],
        };
        var entry = JournalCodec.Encode(1, default, started);
        var body = Encoding.UTF8.GetString(entry.Body.Span);
        body.ShouldContain(text);
        var wrong = entry with { Body = Encoding.UTF8.GetBytes(body.Replace(text, damaged, StringComparison.Ordinal)) };
        Should.Throw<JournalException>(() => JournalCodec.Decode(wrong)).Message.ShouldContain("the rolls of F are damaged");
        ((SessionStarted)JournalCodec.Decode(entry)).Instruments[0].Changes[0].ShouldBe(roll);
    }
}
