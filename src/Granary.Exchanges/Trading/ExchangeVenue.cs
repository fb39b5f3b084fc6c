using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Base of all adapters: a market, a REST client, and the units of its contracts.</summary>
internal abstract class ExchangeVenue(ExchangeMarket market, ExchangeConnection connection, ExchangeClient client) : IVenue, ICandleHistory
{
    private IReadOnlyDictionary<string, VenueInstrument> _listed = new Dictionary<string, VenueInstrument>();

    public string Name => market.Name;

    public Uri Endpoint => connection.Endpoint;

    public BrokerCapabilities Capabilities => market.Capabilities;

    public bool IsDryRun => connection.Withhold is not null;

    public TimeSpan ClockSkew => client.Clock.Skew;

    public DateTimeOffset Now => client.Clock.Now;

    protected TimeProvider Clock => connection.Clock;

    public abstract int ClientIdLength { get; }

    public abstract bool StopsHoldBalance { get; }

    public abstract int PageSize { get; }

    public virtual int LatestCandles => 0;

    public Task MeasureClockAsync(CancellationToken cancellationToken) => client.MeasureClockAsync(cancellationToken);

    public async Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken)
    {
        var instruments = await ListAsync(cancellationToken).ConfigureAwait(false);
        _listed = instruments.ToDictionary(i => i.Listed, StringComparer.Ordinal);
        return instruments;
    }

    /// <summary>Requests the list of instruments.</summary>
    protected abstract Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Returns the base units per contract; 1 for an unknown symbol.</summary>
    protected decimal Contract(string listed) => _listed.TryGetValue(listed, out var instrument) ? instrument.Contract : 1;

    /// <summary>Returns the exchange's symbol of a currency pair; null if it does not list one.</summary>
    protected string? Listed(string currency, string quote) =>
        _listed.Values.FirstOrDefault(i => i.Base == currency && i.Quote == quote)?.Listed;

    /// <summary>Returns the address of a websocket on the host of the REST API.</summary>
    protected Uri SocketAddress(string path) =>
        new UriBuilder(Endpoint) { Scheme = Endpoint.Scheme == "http" ? "ws" : "wss", Path = path }.Uri;

    public virtual Task PrepareAsync(VenueInstrument instrument, MarginTerms margin, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public abstract Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken);

    public abstract Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken);

    public abstract Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken);

    public abstract Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken);

    public abstract Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument, CancellationToken cancellationToken);

    public abstract Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken);

    public virtual Task<IReadOnlyList<VenueFill>> ForcedFillsAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<VenueFill>>([]);

    public virtual Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FundingPayment>>([]);

    public abstract Task<VenueAccount> AccountAsync(CancellationToken cancellationToken);

    public abstract Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken);

    public virtual Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) => throw new NotSupportedException($"{Name} has no dead-man switch");

    public abstract IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken);

    public abstract IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken);

    public abstract Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to, CancellationToken cancellationToken);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
