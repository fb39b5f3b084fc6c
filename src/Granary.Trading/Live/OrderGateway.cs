using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Retries;

namespace Granary.Trading.Live;

/// <summary>The order gateway in this process: an account's journal, its order manager and the connection to its venue.</summary>
/// <param name="journal">The journal, which is disposed of with the gateway unless an open venue is passed.</param>
/// <param name="broker">The venue's name.</param>
/// <param name="connect">Connects to the venue, which is disposed of with the gateway.</param>
public sealed class OrderGateway(AccountJournal journal, string broker,
    Func<IReadOnlyDictionary<string, Instrument>, CancellationToken, Task<IBroker>> connect) : IOrderGateway
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    private readonly bool _owns = true;
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
    public static async Task<IOrderGateway> OpenAsync(IAccountStore store, AccountOpening opening, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        var inner = await store.OpenJournalAsync(opening.Account, opening.Holder, clock, cancellationToken).ConfigureAwait(false);
        return new OrderGateway(new AccountJournal(inner, clock) { Seen = opening.OnKept }, opening.Broker, ConnectAsync);

        Task<IBroker> ConnectAsync(IReadOnlyDictionary<string, Instrument> instruments, CancellationToken stop) =>
            opening.Factory.ConnectAsync(new BrokerEnvironment
            {
                Account = opening.Account,
                Cash = opening.Spec.Cash,
                Execution = opening.Spec.Execution.Settings,
                Instruments = instruments,
                FaultsOf = listed => BrokerFit.Faults(opening.Broker, listed, opening.Spec),
                OpenJournalAsync = s => store.OpenBrokerJournalAsync(opening.Account, opening.Broker, opening.Holder, clock, s),
                Clock = clock,
            }, stop);
    }

    public string Broker => broker;

    public string Name => journal.Name;

    public string? Cut => journal.Cut;

    public string? JournalFault => journal.Fault;

    public string? VenueFault => _manager?.Fault ?? (journal.Fault is null ? _calls.Silence($"broker '{broker}'") : null);

    public TimeSpan Appending => journal.Appending;

    public long FirstSent => _manager?.FirstSent ?? 0;

    public IAsyncEnumerable<JournalEntry> ReadAsync(IReadOnlyList<string> without, CancellationToken cancellationToken = default) =>
        journal.ReadAsync(new JournalQuery { Without = without }, cancellationToken);

    public async ValueTask BeginAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default)
    {
        try
        {
            using var call = _calls.Begin();
            _broker = await RetryPolicies.ServerAway(static e => e is BrokerUnavailableException, ConnectTimeout)
                .RunAsync(stop => connect(instruments, stop), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerInputException e)
        {
            throw new InputException(e.Message, e);
        }
        catch (BrokerUnavailableException e)
        {
            var sentence = $"broker '{broker}' does not answer: {e.Message.TrimEnd('.')}; start the session again later";
            throw new ServiceUnavailableException(sentence, e);
        }
        (_ledger, _manager) = (ledger, new OrderManager(_broker, journal, ledger, tag));
    }

    public ValueTask AppendAsync(IReadOnlyList<JournalEvent> facts, CancellationToken cancellationToken = default) =>
        journal.AppendAsync(facts, cancellationToken);

    public ValueTask NoteAsync(JournalEvent fact, CancellationToken cancellationToken = default) =>
        journal.NoteAsync(fact, cancellationToken);

    public ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default) => journal.FlushIfDueAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => journal.FlushAsync(cancellationToken);

    public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        if (_broker is not IMarketListener listener) return;
        using var call = _calls.Begin();
        await listener.OnBarsAsync(timestamp, bars, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask PollAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        if (_ledger.Unresolved().Count > 0) await _manager!.ResolveAsync(timestamp, cancellationToken).ConfigureAwait(false);
        await _manager!.PollAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

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

    public async ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        return await _manager!.MoveStopAsync(timestamp, entry, price, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<string>> SynchroniseAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Begin();
        return await _manager!.SynchroniseAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_owns) return;
        if (_broker is not null) await _broker.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
    }
}
