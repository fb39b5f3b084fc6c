using Granary.Data.Brokers;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>
/// One account at one exchange, in the exchange's own terms: each method is one request or one list. <see cref="VenueBroker"/> makes an
/// <see cref="Engine.Brokerage.IBroker"/> of it.
/// </summary>
/// <remarks>Every method throws <see cref="Engine.Brokerage.BrokerUnavailableException"/> where no answer comes,
/// <see cref="VenueRefusalException"/> where the exchange refuses, and <see cref="BrokerInputException"/> where it refuses the
/// key.</remarks>
internal interface IVenue : IAsyncDisposable
{
    /// <summary>As <c>--broker</c> names it.</summary>
    string Name { get; }

    Uri Endpoint { get; }

    BrokerCapabilities Capabilities { get; }

    /// <summary>The longest client order id.</summary>
    int ClientIdLength { get; }

    /// <summary>Whether requests that change the account are signed and not sent.</summary>
    bool IsDryRun { get; }

    /// <summary>Whether a stop order holds balance back, so that no second order can be placed for the same units.</summary>
    bool StopsHoldBalance { get; }

    /// <summary>The exchange's clock less this machine's, as last measured.</summary>
    TimeSpan ClockSkew { get; }

    /// <summary>The exchange's time, from the measured difference.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Measures the difference of the clocks.</summary>
    Task MeasureClockAsync(CancellationToken cancellationToken);

    /// <summary>What the key may do.</summary>
    Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken);

    /// <summary>All instruments of the market.</summary>
    Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken);

    /// <summary>Brings a contract of a futures market to the session's leverage and margin mode; a spot market has neither.</summary>
    /// <exception cref="BrokerInputException">The account's position mode does not fit.</exception>
    Task PrepareAsync(VenueInstrument instrument, MarginTerms margin, CancellationToken cancellationToken);

    /// <returns>The exchange's id; empty where the answer has none.</returns>
    Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <summary>Requests a cancellation. An order that is final or not known changes nothing.</summary>
    /// <returns>How the order ended, where the answer says that; else null.</returns>
    Task<VenueOrderState?> CancelAsync(OrderKey order, CancellationToken cancellationToken);

    /// <returns>null where the exchange does not know it (yet).</returns>
    Task<VenueOrderState?> FindAsync(OrderKey order, CancellationToken cancellationToken);

    /// <summary>Orders that wait, stop orders too.</summary>
    Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument, CancellationToken cancellationToken);

    /// <summary>All executions of an order.</summary>
    Task<IReadOnlyList<VenueFill>> FillsAsync(OrderKey order, CancellationToken cancellationToken);

    /// <summary>Executions that the exchange made by itself since a time: liquidations and automatic deleveraging. None on a spot
    /// market.</summary>
    Task<IReadOnlyList<VenueFill>> ForcedFillsAsync(VenueInstrument instrument, DateTimeOffset since, CancellationToken cancellationToken);

    Task<VenueAccount> AccountAsync(CancellationToken cancellationToken);

    /// <summary>The last price of a currency in another; 0 where the exchange has no such market.</summary>
    Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken);

    /// <summary>Payments of perpetual contracts since a time; none on a spot market.</summary>
    Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Asks the exchange to cancel all waiting orders unless this is called again in time; zero switches it off.</summary>
    Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken);

    /// <summary>The account's own events over one websocket connection, until it is lost. The first news is the connection.</summary>
    IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken);

    /// <summary>Prices over one public websocket connection, until it is lost.</summary>
    IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken);
}

/// <summary>What an API key may do.</summary>
/// <param name="Names">In the exchange's words; empty where it does not tell.</param>
/// <param name="MayTrade">Null where the exchange does not tell.</param>
/// <param name="MayWithdraw">Null where the exchange does not tell.</param>
internal sealed record KeyPermissions(IReadOnlyList<string> Names, bool? MayTrade, bool? MayWithdraw);
