using Granary.Engine;
using Granary.Engine.Brokerage;

namespace Granary.Data.Brokers;

/// <summary>
/// Opens accounts at one kind of venue. A class with <see cref="BrokerAttribute"/> is registered under the attribute's name, which
/// <c>--broker</c> takes. The parameters of its constructor, with their defaults and ranges, are the options of <c>--broker-options</c>.
/// </summary>
/// <remarks>The constructor opens no connection: a host creates the factory to check the options before it starts a session. Options are
/// stored with the session, so secrets must not be options. A factory reads them from the environment or from files.</remarks>
public interface IBrokerFactory
{
    /// <summary>
    /// Capabilities of the venue, known without a connection. A configuration that needs more is refused before it starts.
    /// </summary>
    BrokerCapabilities Capabilities => BrokerCapabilities.Any;

    /// <summary>Connects to the account.</summary>
    /// <exception cref="InputException">The venue refuses the account, for example because of a wrong key or a missing permission. A
    /// retry would fail too.</exception>
    /// <exception cref="BrokerUnavailableException">The venue does not respond. The session retries.</exception>
    Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default);

    /// <summary>Connects, reads clock, permissions, balances and instruments, and disconnects without sending an order.</summary>
    /// <param name="symbols">The instruments to report.</param>
    /// <param name="clock">The local clock, to compare the venue's clock with.</param>
    /// <returns>Null if the venue needs no connection.</returns>
    /// <exception cref="InputException">The venue refuses the account, or does not list a symbol.</exception>
    /// <exception cref="BrokerUnavailableException">The venue does not respond.</exception>
    Task<BrokerCheck?> CheckAsync(IReadOnlyList<string> symbols, TimeProvider clock, CancellationToken cancellationToken = default) =>
        Task.FromResult<BrokerCheck?>(null);
}
