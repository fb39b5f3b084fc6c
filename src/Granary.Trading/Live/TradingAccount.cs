using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Retries;

namespace Granary.Trading.Live;

/// <summary>
/// The account of a session: its journal with the lease, and the venue, to which the session connects after it has read the journal.
/// </summary>
internal sealed class TradingAccount : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    private readonly Func<IReadOnlyDictionary<string, Instrument>, CancellationToken, Task<IBroker>> _connect;
    // The journal whose lease is taken later; null if it was open.
    private readonly LeasedJournal? _leased;
    private readonly bool _owns;
    private IBroker? _connected;

    private TradingAccount(AccountJournal journal, LeasedJournal? leased, string broker,
        Func<IReadOnlyDictionary<string, Instrument>, CancellationToken, Task<IBroker>> connect)
    {
        (Journal, _leased, Broker, _connect) = (journal, leased, broker, connect);
        (_owns, HasLease) = (leased is not null, leased is null);
        Venue = new VenueWatch(journal, broker);
    }

    /// <summary>Creates an account of an open journal and venue, which it does not dispose of.</summary>
    public TradingAccount(AccountJournal journal, IBroker broker) : this(journal, null, broker.Name, (_, _) => Task.FromResult(broker))
    {
    }

    /// <summary>Creates an account whose journal is only read, to replay it. It is never connected to its venue.</summary>
    internal static TradingAccount Read(AccountJournal journal, string broker) =>
        new(journal, null, broker, (_, _) => throw new InvalidOperationException("a replayed account does not connect to its venue"));

    /// <summary>Opens an account's journal, which takes its lease.</summary>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public static async Task<TradingAccount> OpenAsync(IAccountStore store, AccountOpening opening, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        var account = Follow(store, opening, clock);
        await account.TakeAsync(cancellationToken).ConfigureAwait(false);
        return account;
    }

    /// <summary>Creates an account whose journal is only read until <see cref="TakeAsync"/>, while another session trades it.</summary>
    public static TradingAccount Follow(IAccountStore store, AccountOpening opening, TimeProvider clock)
    {
        var leased = new LeasedJournal(store, opening.Account, opening.Holder, clock);
        return new TradingAccount(new AccountJournal(leased, clock) { Seen = opening.OnKept }, leased, opening.Broker, ConnectAsync);

        Task<IBroker> ConnectAsync(IReadOnlyDictionary<string, Instrument> instruments, CancellationToken stop) =>
            opening.Factory.ConnectAsync(new BrokerEnvironment
            {
                Account = opening.Account,
                Cash = opening.Spec.Cash,
                Execution = opening.Spec.Execution.Settings,
                Instruments = instruments,
                FaultsOf = listed => BrokerFit.Faults(opening.Broker, listed, opening.Spec, s => instruments[s].Rates.At(long.MaxValue)),
                OpenJournalAsync = async s => new BrokerJournal(
                    await store.OpenBrokerJournalAsync(opening.Account, opening.Broker, opening.Holder, clock, s).ConfigureAwait(false)),
                Clock = clock,
            }, stop);
    }

    public AccountJournal Journal { get; }

    /// <summary>The venue's name in journals and reports.</summary>
    public string Broker { get; }

    /// <summary>Whether the venue responds.</summary>
    public VenueWatch Venue { get; }

    /// <summary>Whether the account can be traded: its lease is held.</summary>
    public bool HasLease { get; private set; }

    /// <summary>Takes the account's lease.</summary>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken = default)
    {
        if (_leased is { } leased) await leased.TakeAsync(cancellationToken).ConfigureAwait(false);
        HasLease = true;
    }

    /// <summary>Connects to the venue.</summary>
    /// <param name="ledger">Has the events of the journal; the result books all later ones.</param>
    /// <param name="tag">The prefix of every client order id of the account.</param>
    /// <param name="instruments">By symbol.</param>
    /// <exception cref="InputException">The venue cannot trade the configuration.</exception>
    /// <exception cref="ServiceUnavailableException">The venue does not answer.</exception>
    public async Task<OrderManager> ConnectAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default)
    {
        try
        {
            using var call = Venue.Begin();
            _connected = await RetryPolicies.ServerAway(static e => e is BrokerUnavailableException, ConnectTimeout, Journal.Clock)
                .RunAsync(stop => _connect(instruments, stop), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            var sentence = $"broker '{Broker}' does not answer: {e.Message.TrimEnd('.')}; start the session again later";
            throw new ServiceUnavailableException(sentence, e);
        }
        return new OrderManager(_connected, Journal, ledger, tag, Venue);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_owns) return;
        if (_connected is not null) await _connected.DisposeAsync().ConfigureAwait(false);
        await Journal.DisposeAsync().ConfigureAwait(false);
    }
}
