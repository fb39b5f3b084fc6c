using Granary.Application.Feeds;
using Granary.Data;
using Granary.Data.Replay;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Tests.Feeds;

public sealed class LiveFeedsTests
{
    [Fact]
    public async Task A_feed_that_keeps_its_bars_gives_the_same_items_and_the_store_has_them_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory("granary-feeds-").FullName;
        try
        {
            var from = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
            foreach (var symbol in new[] { "A", "B" })
                BarCsvWriter.Write(Path.Combine(folder, symbol + ".csv"), Timeframe.M1, MarketGenerator.Generate(SyntheticMarket.Crypto(symbol, from, from + TimeSpan.TicksPerDay), Timeframe.M1));
            async Task<List<(FeedItemKind, int, long, Bar?)>> Items(string feed)
            {
                var items = new List<(FeedItemKind, int, long, Bar?)>();
                await using var opened = await LiveFeeds.OpenAsync(new FeedRequest(feed, [new BarQuery("A", Timeframe.M1), new BarQuery("B", Timeframe.M1)], ReplayPace.AsFastAsPossible, TimeProvider.System));
                await foreach (var item in opened.ReadAsync()) items.Add((item.Kind, item.Series, item.Time, item.Bars?[0]));
                return items;
            }
            var store = Path.Combine(folder, "kept");
            (await Items($"csv:{folder}?keep={store}")).ShouldBe(await Items("csv:" + folder));
            foreach (var symbol in new[] { "A", "B" })
            {
                await using var kept = await Data.BarSources.Create("store:" + store).OpenAsync(new BarQuery(symbol, Timeframe.M1));
                await using var file = await Data.BarSources.Create("csv:" + folder).OpenAsync(new BarQuery(symbol, Timeframe.M1));
                kept.ContentHash.ShouldBe(file.ContentHash);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_feed_of_no_kind_is_a_sentence() =>
        (await Should.ThrowAsync<BarDataException>(() => LiveFeeds.OpenAsync(new FeedRequest("ftp://x", [new BarQuery("A", Timeframe.M1)], ReplayPace.AsFastAsPossible, TimeProvider.System)))).Message.ShouldStartWith("--feed ftp://x is no feed");
}
