using Granary.Application.Catalogues;
using Granary.Application.Feeds;
using Granary.Data.Replay;
using Granary.Engine.Market;

namespace Granary.Application.Tests.Feeds;

public sealed class LiveFeedsTests
{
    [Fact]
    public async Task A_feed_of_no_kind_is_a_sentence() =>
        (await Should.ThrowAsync<BarDataException>(() => TestCatalogues.All.LiveFeeds.OpenAsync(new FeedRequest("ftp://x", [new BarQuery(
            "A", Timeframe.M1)], ReplaySpeed.AsFastAsPossible,
            TimeProvider.System)))).Message.ShouldStartWith("--feed ftp://x: this process has no such feed");
}
