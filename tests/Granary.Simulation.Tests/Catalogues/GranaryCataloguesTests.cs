using System.Reflection;
using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Strategies;
using Granary.Learning.Trainers;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Simulation.Tests.Catalogues;

public sealed class GranaryCataloguesTests
{
    private static readonly GranaryCatalogues Own = new GranaryCataloguesBuilder().AddData().Build();

    private static readonly GranaryCatalogues WithTests =
        new GranaryCataloguesBuilder().AddData().AddAssembly(typeof(GranaryCataloguesTests).Assembly)
            .AddService(new FutureCloses()).Build();

    [Fact]
    public void A_class_that_is_not_public_belongs_in_a_catalogue_too()
    {
        CatalogueTypes.Of(typeof(GranaryCataloguesTests).Assembly).Select(found => found.Type).ShouldContain(typeof(SilenceFactory));
        WithTests.LiveFeeds.Names.ShouldContain("silence");
    }

    [Theory]
    [InlineData("postgres://h/bars", "Granary.Postgres")]
    [InlineData("questdb://h:9000", "Granary.QuestDb")]
    [InlineData("kafka://h:9092/bars", "Granary.Kafka")]
    public void An_address_whose_package_is_missing_is_refused_with_its_name(string address, string package)
    {
        var named = Address.Parse(address);
        var remedy = $"add the package {package} to it, and its assembly to the catalogues";
        Should.Throw<BarDataException>(() => Own.Sources.Open(named)).Message.ShouldEndWith(remedy);
        Should.Throw<BarDataException>(() => Own.Stores.Open(named)).Message.ShouldEndWith(remedy);
        Should.Throw<InputException>(() => Own.OpenRegistry(named)).Message.ShouldEndWith(remedy);
    }

    [Fact]
    public void A_strategy_takes_an_object_of_the_host_by_its_type()
    {
        var closes = new FutureCloses { Closes = new Dictionary<long, double> { [1] = 2 } };
        var strategy = new GranaryCataloguesBuilder().AddData().AddAssembly(typeof(GranaryCataloguesTests).Assembly).AddService(closes)
            .Build().Strategies.Get(nameof(Peeker)).Create(new Dictionary<string, object>());
        ((Peeker)strategy).Future.ShouldBeSameAs(closes);
    }

    [Fact]
    public void Granary_s_own_formats_sources_and_stores_are_known()
    {
        Own.Formats.Names.ShouldBe(["alpaca", "alphavantage", "backtrader", "bitstamp", "coingecko", "cryptodatadownload",
            "databento", "dukascopy", "european", "generic", "json", "kraken", "lean", "metatrader", "polygon", "questdb", "records", "stooq",
            "tradingview", "yahoo", "yfinance"]);
        Own.Sources.Names.ShouldBe(["csv", "generated", "store"]);
        Own.Stores.Names.ShouldBe(["store"]);
        Own.LiveFeeds.Names.ShouldBeEmpty();
    }

    [Fact]
    public void Two_catalogues_in_one_process_do_not_see_each_other_s_extensions()
    {
        WithTests.Sources.Open(Address.Parse("nothing:here")).ShouldBeOfType<Nothing>();

        Should.Throw<BarDataException>(() =>
            Own.Sources.Open(Address.Parse("nothing:here"))).Message.ShouldStartWith("source: 'nothing:here' is not a source of bars");
    }

    [Fact]
    public async Task A_live_feed_of_another_assembly_is_opened_by_its_scheme()
    {
        WithTests.LiveFeeds.IsStream(Address.Parse("silence:loud")).ShouldBeTrue();
        var thrown = await Should.ThrowAsync<BarDataException>(() => WithTests.LiveFeeds.OpenAsync(
            Address.Parse("silence:loud"), [], TimeProvider.System, TestContext.Current.CancellationToken));
        thrown.Message.ShouldBe("silence:loud is silent");
    }

    [Fact]
    public void An_assembly_that_is_added_twice_is_refused() =>
        Should.Throw<ArgumentException>(() =>
            new GranaryCataloguesBuilder().AddData().AddData()).Message.ShouldContain("is taken by Granary.Data.");
}

[BarSource("nothing")]
public sealed class NothingFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) => new Nothing();
}

public sealed class Nothing : IBarSource
{
    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) => new([]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        throw new BarDataException($"there is no {query.Symbol}");
}

[LiveFeed("silence")]
internal sealed class SilenceFactory : ILiveFeedFactory
{
    public Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default) =>
        throw new BarDataException($"{request.Address} is silent");
}
