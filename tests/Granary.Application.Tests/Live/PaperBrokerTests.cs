using Granary.Application.Live;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Live;

public sealed class PaperBrokerTests : BrokerConformanceTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-paper-").FullName;
    private long _instant = new DateTime(2026, 1, 5).Ticks;

    protected override async Task<IBroker> OpenAsync() => await PaperBroker.OpenAsync(new PaperSettings(), new ExecutionSettings { Fee = new PercentFee(0.1), Slippage = new PercentSlippage(0.02) },
        new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } }, FileJournal.Open(_folder, TimeProvider.System, flush: false), TimeProvider.System);

    protected override async Task TradeAsync(double from, double to)
    {
        var bar = new Bar(_instant, from, Math.Max(from, to), Math.Min(from, to), to, 1000);
        _instant += TimeSpan.TicksPerHour;
        await ((IMarketListener)Broker).OnBarsAsync(_instant, [new ClosedBar(Symbol, bar, Timeframe.H1)]);
    }

    [Fact]
    public async Task Opened_again_it_stands_as_it_stood()
    {
        var order = new BrokerOrder { ClientId = "g1-e", Symbol = Symbol, Side = Side.Buy, Type = OrderType.Market, Quantity = 2, Protection = new Protection(90, 0, 0, 0, 0.05, false) };
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 108);
        await Broker.SubmitAsync(order with { ClientId = "g2-e", Type = OrderType.Limit, LimitPrice = 95 });
        var (snapshot, events) = (await Broker.SnapshotAsync(), await Broker.PollAsync(0));
        await Broker.DisposeAsync();
        await using var again = await OpenAsync();
        var after = await again.SnapshotAsync();
        (after.Cash, after.Positions[Symbol], after.Orders.Single()).ShouldBe((snapshot.Cash, snapshot.Positions[Symbol], snapshot.Orders.Single()));
        (await again.PollAsync(0)).ShouldBe(events);
        // The trailing stop, too, hangs where it hung.
        await ((IMarketListener)again).OnBarsAsync(_instant + TimeSpan.TicksPerHour, [new ClosedBar(Symbol, new Bar(_instant, 108, 108, 101, 101, 1), Timeframe.H1)]);
        (await again.PollAsync(events[^1].Sequence)).Single().Fill!.Leg.ShouldBe("trail");
    }
}
