using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Simulation.Tests.Feeds;

public sealed class LiveFeedsTests
{
    [Fact]
    public async Task A_feed_of_no_kind_is_a_sentence() =>
        (await Should.ThrowAsync<BarDataException>(() => TestCatalogues.All.LiveFeeds.OpenAsync(Address.Parse("ftp://x"),
            [new BarQuery("A", Timeframe.M1)], TimeProvider.System)))
            .Message.ShouldStartWith("--feed ftp://x: this process has no such feed");
}
