using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Testing.Brokers;
using Xunit;

namespace SampleDataPlugin.Tests;

/// <summary>The rules of every broker, and what is this one's own.</summary>
public sealed class PracticeBrokerTests : BrokerContractTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-broker-").FullName;
    private long _time = new DateTime(2026, 1, 5).Ticks;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<IBroker> ConnectAsync(IBrokerFactory factory) => factory.ConnectAsync(new BrokerEnvironment
    {
        Account = "test",
        Cash = 100_000,
        Execution = new ExecutionSettings { Fee = new PercentFee(0.1) },
        Instruments = new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
        OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(_folder, TimeProvider.System, flush: false)),
        Clock = TimeProvider.System,
    });

    protected override Task<IBroker> OpenAsync(VenueBehaviour behaviour) => ConnectAsync(behaviour switch
    {
        VenueBehaviour.FillsInParts => new PracticeBrokerFactory(partial: 1),
        VenueBehaviour.LosesAnswers => new PracticeBrokerFactory(failEvery: 3),
        _ => new PracticeBrokerFactory(),
    });

    // The market of a simulated exchange is the session's bars. Move the price of a test server here.
    protected override async Task TradeAsync(double from, double to)
    {
        var bar = new Bar(_time, from, Math.Max(from, to), Math.Min(from, to), to, 1000);
        _time += TimeSpan.TicksPerHour;
        await ((IMarketListener)Broker).OnBarsAsync(_time, [new ClosedBar(Symbol, bar, Timeframe.H1)]);
    }

    [Fact]
    public async Task An_order_below_the_smallest_value_is_rejected_and_stays_known()
    {
        await using var broker = await ConnectAsync(new PracticeBrokerFactory(smallest: 100));
        var order = new BrokerOrder
        {
            ClientId = "g1-0-1-e",
            Symbol = Symbol,
            Side = Side.Buy,
            Type = OrderType.Limit,
            Quantity = 1,
            LimitPrice = 99,
        };
        Assert.Equal(OrderState.Rejected, (await broker.SubmitAsync(order)).State);
        Assert.Equal(OrderState.Rejected, (await broker.FindAsync(order.ClientId))!.State);
    }
}
