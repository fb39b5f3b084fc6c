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
/// The session's access to its journal and venue: the account's journal with its lease, the venue, and the order manager between them.
/// </summary>
/// <remarks>Not thread-safe. The journal has the facts in the order of the calls.</remarks>
/// <param name="journal">The journal, which is disposed of with the gateway unless an open venue is passed.</param>
/// <param name="broker">The venue's name.</param>
/// <param name="connect">Connects to the venue, which is disposed of with the gateway.</param>
public sealed class OrderGateway(AccountJournal journal, string broker,
    Func<IReadOnlyDictionary<string, Instrument>, CancellationToken, Task<IBroker>> connect) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    private readonly bool _owns = true;
    // The journal whose lease is taken later; null if it was open.
    private LeasedJournal? _leased;
    private IBroker? _broker;
    private AccountLedger _ledger = null!;
    private OrderManager? _manager;
    private readonly CallWatch _calls = new(journal.Clock);

    /// <summary>Creates a gateway on an open journal and venue, which it does not dispose of.</summary>
    public OrderGateway(AccountJournal journal, IBroker broker) : this(journal, broker.Name, (_, _) => Task.FromResult(broker)) =>
        _owns = false;

    /// <summary>Opens an account's journal, which takes its lease. <see cref="BeginAsync"/> connects to the broker.</summary>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public static async Task<OrderGateway> OpenAsync(IAccountStore store, AccountOpening opening, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        var gateway = Follow(store, opening, clock);
        await gateway.TakeAsync(cancellationToken).ConfigureAwait(false);
        return gateway;
    }

    /// <summary>Creates a gateway that only reads the account's journal until <see cref="TakeAsync"/>, while another session trades the
    /// account.</summary>
    public static OrderGateway Follow(IAccountStore store, AccountOpening opening, TimeProvider clock)
    {
        var leased = new LeasedJournal(store, opening.Account, opening.Holder, clock);
        return new OrderGateway(new AccountJournal(leased, clock) { Seen = opening.OnKept }, opening.Broker, ConnectAsync)
        {
            _leased = leased,
            HasLease = false,
        };

        Task<IBroker> ConnectAsync(IReadOnlyDictionary<string, Instrument> instruments, CancellationToken stop) =>
            opening.Factory.ConnectAsync(new BrokerEnvironment
            {
                Account = opening.Account,
                Cash = opening.Spec.Cash,
                Execution = opening.Spec.Execution.Settings,
                Instruments = instruments,
                FaultsOf = listed => BrokerFit.Faults(opening.Broker, listed, opening.Spec),
                OpenJournalAsync = async s => new BrokerJournal(
                    await store.OpenBrokerJournalAsync(opening.Account, opening.Broker, opening.Holder, clock, s).ConfigureAwait(false)),
                Clock = clock,
            }, stop);
    }

    /// <summary>Whether the account can be traded: its lease is held.</summary>
    public bool HasLease { get; private set; } = true;

    /// <summary>Takes the account's lease.</summary>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken = default)
    {
        if (_leased is { } leased) await leased.TakeAsync(cancellationToken).ConfigureAwait(false);
        HasLease = true;
    }

    /// <summary>The venue's name in journals and reports.</summary>
    public string Broker => broker;

    /// <summary>The journal's name in messages.</summary>
    public string Name => journal.Name;

    /// <summary>The incomplete last write that opening the journal removed, in one sentence; null if it was complete.</summary>
    public string? Cut => journal.Cut;

    /// <summary>Why the journal cannot be written; null if it can.</summary>
    public string? JournalFault => journal.Fault;

    /// <summary>Why the venue does not respond; null if it does.</summary>
    public string? VenueFault => _manager?.Fault ?? (journal.Fault is null ? _calls.Silence($"broker '{broker}'") : null);

    /// <summary>Total time spent in appending, mostly in flushes to the disk.</summary>
    public TimeSpan Appending => journal.Appending;

    /// <inheritdoc cref="OrderManager.FirstSent"/>
    public long FirstSent => _manager?.FirstSent ?? 0;

    /// <summary>Reads the journal, oldest entry first.</summary>
    /// <param name="without">Kinds to exclude; see <see cref="JournalKinds"/>.</param>
    /// <param name="after">Only entries with higher sequence numbers.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IAsyncEnumerable<JournalEntry> ReadAsync(IReadOnlyList<string> without, long after = 0,
        CancellationToken cancellationToken = default) =>
        journal.ReadAsync(new JournalQuery { Without = without, After = after }, cancellationToken);

    /// <summary>Connects to the venue. Must be called before all other methods except reading.</summary>
    /// <param name="ledger">
    /// An empty ledger. The session applies the journal to it; afterwards the gateway applies all venue events.
    /// </param>
    /// <param name="tag">The prefix of every client order id of the account.</param>
    /// <param name="instruments">By symbol.</param>
    public async ValueTask BeginAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default)
    {
        try
        {
            using var call = _calls.Begin();
            _broker = await RetryPolicies.ServerAway(static e => e is BrokerUnavailableException, ConnectTimeout)
                .RunAsync(stop => connect(instruments, stop), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            var sentence = $"broker '{broker}' does not answer: {e.Message.TrimEnd('.')}; start the session again later";
            throw new ServiceUnavailableException(sentence, e);
        }
        (_ledger, _manager) = (ledger, new OrderManager(_broker, journal, ledger, tag));
    }

    /// <summary>Writes facts that actions depend on; durable when it returns.</summary>
    public ValueTask AppendAsync(IReadOnlyList<JournalEvent> facts, CancellationToken cancellationToken = default) =>
        journal.AppendAsync(facts, cancellationToken);

    /// <summary>Writes a fact that can be delayed until the next append, at most a second.</summary>
    public ValueTask NoteAsync(JournalEvent fact, CancellationToken cancellationToken = default) =>
        journal.NoteAsync(fact, cancellationToken);

    /// <summary>Writes facts that were delayed long enough.</summary>
    public ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default) => journal.FlushIfDueAsync(cancellationToken);

    /// <summary>Writes all delayed facts.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => journal.FlushAsync(cancellationToken);

    /// <summary>Passes the bars that close at one time to a simulated venue, which must have them first.</summary>
    public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        if (_broker is not IMarketListener listener) return;
        using var call = _calls.Begin();
        await listener.OnBarsAsync(timestamp, bars, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Requests the state of orders with an unknown outcome, and books executions since the last call.</summary>
    public async ValueTask PollAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        if (_ledger.Unresolved().Count > 0) await _manager!.ResolveAsync(timestamp, cancellationToken).ConfigureAwait(false);
        await _manager!.PollAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes facts and intents together, then sends the orders. Afterwards the ledger tracks each of them.</summary>
    public async ValueTask SendAsync(long timestamp, List<JournalEvent> facts, List<OrderIntended> intents,
        CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        await _manager!.SendAsync(timestamp, facts, intents, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CancelAsync(long timestamp, TrackedOrder order, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        await _manager!.CancelAsync(timestamp, order, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="OrderManager.MoveStopAsync"/>
    public async ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        return await _manager!.MoveStopAsync(timestamp, entry, price, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="OrderManager.ReconcileAsync"/>
    public async ValueTask<IReadOnlyList<string>> ReconcileAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        return await _manager!.ReconcileAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_owns) return;
        if (_broker is not null) await _broker.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
    }
}
