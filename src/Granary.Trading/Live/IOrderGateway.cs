using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>
/// The session's access to its journal and venue: the account's journal with its lease, the venue, and the order manager between them. It
/// runs in the session's process or on another machine of a cluster, which makes no difference to the session.
/// </summary>
/// <remarks>Not thread-safe. The journal has the facts in the order of the calls.</remarks>
public interface IOrderGateway : IAsyncDisposable
{
    /// <summary>The venue's name in journals and reports.</summary>
    string Broker { get; }

    /// <summary>The journal's name in messages.</summary>
    string Name { get; }

    /// <summary>The incomplete last write that opening the journal removed, in one sentence; null if it was complete.</summary>
    string? Cut { get; }

    /// <summary>Why the journal cannot be written; null if it can.</summary>
    string? JournalFault { get; }

    /// <summary>Why the venue does not respond; null if it does.</summary>
    string? VenueFault { get; }

    /// <summary>Total time spent in appending, mostly in flushes to the disk.</summary>
    TimeSpan Appending { get; }

    /// <inheritdoc cref="OrderManager.FirstSent"/>
    long FirstSent { get; }

    /// <summary>Reads the journal, oldest entry first.</summary>
    /// <param name="without">Kinds to exclude; see <see cref="JournalKinds"/>.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    IAsyncEnumerable<JournalEntry> ReadAsync(IReadOnlyList<string> without, CancellationToken cancellationToken = default);

    /// <summary>Connects to the venue. Must be called before all other methods except reading.</summary>
    /// <param name="ledger">
    /// An empty ledger. The session applies the journal to it; afterwards the gateway applies all venue events.
    /// </param>
    /// <param name="tag">The prefix of every client order id of the account.</param>
    /// <param name="instruments">By symbol.</param>
    ValueTask BeginAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default);

    /// <summary>Writes facts that actions depend on; durable when it returns.</summary>
    ValueTask AppendAsync(IReadOnlyList<JournalEvent> facts, CancellationToken cancellationToken = default);

    /// <summary>Writes a fact that can be delayed until the next append, at most a second.</summary>
    ValueTask NoteAsync(JournalEvent fact, CancellationToken cancellationToken = default);

    /// <summary>Writes facts that were delayed long enough.</summary>
    ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes all delayed facts.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Passes the bars that close at one time to a simulated venue, which must have them first.</summary>
    ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default);

    /// <summary>Requests the state of orders with an unknown outcome, and books executions since the last call.</summary>
    ValueTask PollAsync(long timestamp, CancellationToken cancellationToken = default);

    /// <summary>Writes facts and intents together, then sends the orders. Afterwards the ledger tracks each of them.</summary>
    ValueTask SendAsync(long timestamp, List<JournalEvent> facts, List<OrderIntended> intents,
        CancellationToken cancellationToken = default);

    ValueTask CancelAsync(long timestamp, TrackedOrder order, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="OrderManager.MoveStopAsync"/>
    ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="OrderManager.SynchroniseAsync"/>
    ValueTask<IReadOnlyList<string>> SynchroniseAsync(long timestamp, CancellationToken cancellationToken = default);
}
