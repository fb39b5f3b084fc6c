using System.Text;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Tests;

public class BarMessagesTests
{
    private static readonly MarketSeries Market = new(new Instrument
    {
        Symbol = "BTC/USDT",
        Venue = "KUCOIN",
        PriceDecimals = 2,
        TickSize = 0.01,
        Calendar = SessionCalendar.NewYork()
    }, Timeframe.M1);
    private static readonly Guid Replay = Guid.Parse("0b7b5b1e-6d5e-4f0c-9a45-1f6f2f3f7a10");

    private static BarMessage Some(int count, bool regular, long index = 7)
    {
        var random = new Random(count);
        var bars = new Bar[count];
        var time = new DateTime(2024, 3, 1, 9, 30, 0, DateTimeKind.Utc).Ticks;
        for (var i = 0; i < count; i++, time += (regular ? 1 : 1 + random.Next(3)) * TimeSpan.TicksPerMinute)
        {
            var open = 100 + random.NextDouble();
            bars[i] = new Bar(time, open, open + random.NextDouble(), open - random.NextDouble(), open, random.Next(1000) / 7.0);
        }
        return new BarMessage(FeedItemKind.Bars, Replay, Market, BarBlock.FromBars(index, bars), bars[^1].Time + TimeSpan.TicksPerMinute);
    }

    public static TheoryData<int, bool, bool> Cases =>
        new() { { 1, true, false }, { 2, true, false }, { 1024, true, false }, { 1024, false, false }, { 4096, false, false },
            { 1, true, true }, { 37, false, true } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_message_comes_back_to_the_last_bit_in_either_form(int count, bool regular, bool json)
    {
        var message = Some(count, regular);
        var bytes = json ? BarMessageCodec.ToJson(message, new()) : BarMessageCodec.ToBytes(message, new());
        var read = BarMessageCodec.Read(bytes, new());
        (read.Kind, read.Replay, read.Time, read.Market!.Timeframe, read.Bars!.FirstIndex, read.Bars.Count).ShouldBe((FeedItemKind.Bars,
            Replay, message.Time, Timeframe.M1, 7, count));
        for (var i = 0; i < count; i++) read.Bars[i].ShouldBe(message.Bars![i]);
        (read.Market.Instrument with { Calendar = SessionCalendar.Continuous }).ShouldBe(Market.Instrument
            with
        { Calendar = SessionCalendar.Continuous });
        read.Market.Instrument.Calendar.Zone.Id.ShouldBe("America/New_York");
        if (!json) bytes.Length.ShouldBeLessThan(700 + count * 48);
    }

    [Theory]
    [InlineData(FeedItemKind.Heartbeat)]
    [InlineData(FeedItemKind.End)]
    public void Heartbeats_and_ends_come_back(FeedItemKind kind)
    {
        var message = new BarMessage(kind, Replay, null, null, 638_000_000_000_000_000);
        BarMessageCodec.Read(BarMessageCodec.ToBytes(message, new()), new()).ShouldBe(message);
        BarMessageCodec.Read(BarMessageCodec.ToJson(message, new()), new()).ShouldBe(message);
    }

    [Fact]
    public void Every_truncation_and_every_flipped_byte_is_reported_and_nothing_else_happens()
    {
        var bytes = BarMessageCodec.ToBytes(Some(5, regular: false), new());
        for (var n = 0; n < bytes.Length; n++) Should.Throw<BarMessageException>(() => BarMessageCodec.Read(bytes.AsSpan(0, n), new()));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x41;
            Should.Throw<BarMessageException>(() => BarMessageCodec.Read(damaged, new()));
        }
        var json = BarMessageCodec.ToJson(Some(2, regular: true), new());
        for (var n = 0; n < json.Length; n++) Should.Throw<BarMessageException>(() => BarMessageCodec.Read(json.AsSpan(0, n), new()));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("hello", "it is not a bar message of Granary")]
    [InlineData("GB\u0003\0", "it is of version 3, and this program reads version 2")]
    [InlineData("{\"a\":1}", "it is JSON, but not a bar message of Granary")]
    [InlineData("{\"granary\":9}", "it is of version 9, and this program reads version 2")]
    public void Foreign_messages_are_recognised(string text, string sentence) =>
        Should.Throw<BarMessageException>(() => BarMessageCodec.Read(Encoding.UTF8.GetBytes(text), new())).Message.ShouldBe(sentence);

    [Fact]
    public void Bars_that_contradict_themselves_are_refused_at_the_edge()
    {
        var bad = new BarMessage(FeedItemKind.Bars, Replay, Market,
            BarBlock.FromBars(0, [new Bar(638_000_000_000_000_000, 10, 9, 8, 9, 1)]), 638_000_000_600_000_000);
        Should.Throw<BarMessageException>(() => BarMessageCodec.Read(BarMessageCodec.ToBytes(bad, new()),
            new())).Message.ShouldContain("prices of its bar 1");
    }

    [Fact]
    public void A_time_that_does_not_rise_is_refused_wherever_it_stands()
    {
        for (var at = 1; at < 19; at++)
        {
            var good = Some(19, regular: false).Bars!;
            Bar[] bars = [.. Enumerable.Range(0, 19).Select(i => i == at ? good[i] with { Time = good[i - 1].Time } : good[i])];
            var bad = new BarMessage(FeedItemKind.Bars, Replay, Market, BarBlock.FromBars(0, bars), bars[^1].Time);
            Should.Throw<BarMessageException>(() => BarMessageCodec.Read(BarMessageCodec.ToBytes(bad, new()),
                new())).Message.ShouldBe($"the time of its bar {at + 1} is not after the one before");
        }
    }
}
