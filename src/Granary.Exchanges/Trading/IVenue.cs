using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>
/// One account at an exchange, in the exchange's terms. Each method sends one request or reads one list. <see cref="VenueBroker"/> adapts
/// it to <see cref="Engine.Brokerage.IBroker"/>.
/// </summary>
/// <remarks>Every method throws <see cref="Engine.Brokerage.BrokerUnavailableException"/> if there is no response,
/// <see cref="VenueRefusalException"/> if the exchange rejects the request, and <see cref="InputException"/> if it rejects the
/// key.</remarks>
internal interface IVenue : IAsyncDisposable
{
    /// <summary>The name in <c>--broker</c>.</summary>
    string Name { get; }

    Uri Endpoint { get; }

    BrokerCapabilities Capabilities { get; }

    /// <summary>The maximum length of a client order id.</summary>
    int ClientIdLength { get; }

    /// <summary>Whether requests that change the account are signed, but not sent.</summary>
    bool IsDryRun { get; }

    /// <summary>Whether a stop order reserves balance, so no second order can be placed for the same units.</summary>
    bool StopsHoldBalance { get; }

    /// <summary>The exchange's clock minus the local clock, at the last measurement.</summary>
    TimeSpan ClockSkew { get; }

    /// <summary>The exchange's estimated current time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Measures the difference of the clocks.</summary>
    Task MeasureClockAsync(CancellationToken cancellationToken);

    /// <summary>Requests the permissions of the key.</summary>
    Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken);

    /// <summary>Returns all instruments of the market.</summary>
    Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken);

    /// <summary>Sets the leverage and margin mode of a futures contract to the session's; no effect on a spot market.</summary>
    /// <exception cref="InputException">The account's position mode is not supported.</exception>
    Task PrepareAsync(VenueInstrument instrument, MarginTerms margin, CancellationToken cancellationToken);

    /// <returns>The exchange's order id; empty if the response has none.</returns>
    Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <summary>Requests a cancellation. It has no effect on a final or unknown order.</summary>
    /// <returns>The final state of the order if the response contains it; otherwise null.</returns>
    Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <returns>Null if the exchange does not know the order (yet).</returns>
    Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <summary>Returns the open orders, including stop orders.</summary>
    Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument, CancellationToken cancellationToken);

    /// <summary>Returns all executions of an order.</summary>
    Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <summary>Returns executions that the exchange initiated since a time: liquidations and automatic deleveraging. Empty on a spot
    /// market.</summary>
    Task<IReadOnlyList<VenueFill>> ForcedFillsAsync(VenueInstrument instrument, DateTimeOffset since, CancellationToken cancellationToken);

    Task<VenueAccount> AccountAsync(CancellationToken cancellationToken);

    /// <summary>Returns the last price of one currency in another; 0 if the exchange has no such market.</summary>
    Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken);

    /// <summary>Returns funding payments of perpetual contracts since a time; empty on a spot market.</summary>
    Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Instructs the exchange to cancel all open orders unless this is called again within the time; zero disables it.</summary>
    Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken);

    /// <summary>Returns the account's private events over one websocket connection, until it is lost. The first news reports the
    /// connection.</summary>
    IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken);

    /// <summary>Returns prices over one public websocket connection, until it is lost.</summary>
    IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken);
}

/// <summary>Permissions of an API key.</summary>
/// <param name="Names">In the exchange's words; empty where it does not tell.</param>
/// <param name="MayTrade">Null where the exchange does not tell.</param>
/// <param name="MayWithdraw">Null where the exchange does not tell.</param>
internal sealed record KeyPermissions(IReadOnlyList<string> Names, bool? MayTrade, bool? MayWithdraw);
