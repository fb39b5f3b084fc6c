using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing.Brokers;

namespace Granary.Exchanges.Tests;

/// <summary>The rules of every broker at one exchange: the adapter against a local server with real HTTP and websockets.</summary>
public abstract class VenueContractTests : BrokerContractTests
{
    private readonly TestExchange _exchange;
    private readonly MarketTerms _terms;
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-exchange-").FullName;
    private long _time = DateTime.UtcNow.AddMinutes(1).Ticks;
    private ExchangeServer? _server;

    private protected VenueContractTests(string name, MarketTerms terms) => (_exchange, _terms) = (TestExchange.Named(name), terms);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override async Task<IBroker> OpenAsync(VenueBehaviour behaviour)
    {
        _server ??= await ExchangeServer.StartAsync(_exchange.Dialect(_terms));
        _server.Market.FillsInParts = behaviour == VenueBehaviour.FillsInParts;
        (_server.Faults.DropBefore, _server.Faults.DropAfter) = behaviour == VenueBehaviour.LosesAnswers ? (0.25, 0.3) : (0, 0);
        var settings = TestVenue.Fast with
        {
            RequestLife = TimeSpan.FromMilliseconds(behaviour == VenueBehaviour.LosesAnswers
            ? 400 : 5000)
        };
        return await VenueBroker.ConnectAsync(_exchange.Open(_server.Endpoint), settings, TestVenue.Environment(_folder), default);
    }

    protected override async Task TradeAsync(double from, double to)
    {
        _server!.Market.Trade((decimal)from, (decimal)to);
        var bar = new Bar(_time, from, Math.Max(from, to), Math.Min(from, to), to, 1000);
        _time += TimeSpan.TicksPerHour;
        await ((IMarketListener)Broker).OnBarsAsync(_time, [new ClosedBar(Symbol, bar, Timeframe.H1)]);
    }
}
