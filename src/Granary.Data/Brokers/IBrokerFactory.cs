using Granary.Engine.Brokerage;

namespace Granary.Data.Brokers;

/// <summary>
/// Opens accounts at one kind of venue. A class with <see cref="BrokerAttribute"/> enters the catalogue under the attribute's name, which
/// is what <c>--broker</c> takes. The parameters of its constructor, with their defaults and ranges, are the options of
/// <c>--broker-options</c>.
/// </summary>
/// <remarks>The constructor opens no connection: a host creates the factory to check the options before it starts a session. Secrets are no
/// options. A factory reads them from the environment or from files, because options are stored with the session.</remarks>
public interface IBrokerFactory
{
    /// <summary>What the venue can trade, known without a connection. A configuration that needs more is refused before it
    /// starts.</summary>
    BrokerCapabilities Capabilities => BrokerCapabilities.Any;

    /// <summary>Connects to the account.</summary>
    /// <exception cref="BrokerInputException">The venue refuses the account: a wrong key, a missing permission. A later try would
    /// fail too.</exception>
    /// <exception cref="BrokerUnavailableException">The venue does not answer. The session tries again.</exception>
    Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default);

    /// <summary>Connects, reads clock, permissions, balances and instruments, and sends no order.</summary>
    /// <param name="symbols">Instruments to report.</param>
    /// <param name="clock">This machine's.</param>
    /// <returns>null where there is nothing to connect to.</returns>
    /// <exception cref="BrokerInputException">The venue refuses the account, or does not list a symbol.</exception>
    /// <exception cref="BrokerUnavailableException">The venue does not answer.</exception>
    Task<BrokerCheck?> CheckAsync(IReadOnlyList<string> symbols, TimeProvider clock, CancellationToken cancellationToken = default) =>
        Task.FromResult<BrokerCheck?>(null);
}
