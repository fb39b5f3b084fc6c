using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>
/// Where a session's orders are made and its facts are kept: the account's journal with its lease, the venue, and the order manager between
/// them. It is beside the session, or on another machine of a cluster; the session cannot tell which.
/// </summary>
/// <remarks>One caller at a time. Facts are passed in the order in which they happened, and are in the journal in that order.</remarks>
public interface IOrderGateway : IAsyncDisposable
{
    /// <summary>Of the venue, as it stands in journals and reports.</summary>
    string Broker { get; }

    /// <summary>Of the journal, as it stands in messages.</summary>
    string Name { get; }

    /// <summary>What opening the journal had to cut off, in one sentence; null where it was whole.</summary>
    string? Cut { get; }

    /// <summary>Why the journal cannot be written; null while it can.</summary>
    string? JournalFault { get; }

    /// <summary>Why the venue does not answer; null while it does.</summary>
    string? VenueFault { get; }

    /// <summary>Spent in appending, which is mostly the flush to the disk.</summary>
    TimeSpan Appending { get; }

    /// <inheritdoc cref="OrderManager.FirstSent"/>
    long FirstSent { get; }

    /// <summary>What the journal holds, oldest first.</summary>
    /// <param name="without">Kinds that are left out, as <see cref="JournalKinds"/>.</param>
    /// <exception cref="JournalException">It cannot be read.</exception>
    IAsyncEnumerable<JournalEntry> ReadAsync(IReadOnlyList<string> without, CancellationToken cancellationToken = default);

    /// <summary>Opens the way to the venue; before anything else but reading.</summary>
    /// <param name="ledger">
    /// Empty; the session applies the journal to it, and from then on the gateway applies all that happens at the venue.
    /// </param>
    /// <param name="tag">Begins every client order id of the account.</param>
    /// <param name="instruments">By symbol.</param>
    ValueTask BeginAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default);

    /// <summary>Keeps facts on which something is done: durable when it returns.</summary>
    ValueTask AppendAsync(IReadOnlyList<JournalEvent> facts, CancellationToken cancellationToken = default);

    /// <summary>Keeps a fact that can wait for the next append, a second at the longest.</summary>
    ValueTask NoteAsync(JournalEvent fact, CancellationToken cancellationToken = default);

    /// <summary>Writes what has waited long enough.</summary>
    ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes all that waits.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>The bars that close at one time, for a simulated venue, which sees them first.</summary>
    ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default);

    /// <summary>Asks about orders whose standing is unknown, and books what the venue has executed since the last time.</summary>
    ValueTask PollAsync(long timestamp, CancellationToken cancellationToken = default);

    /// <summary>Writes facts and intents in one piece, then sends the orders. Afterwards the ledger tracks each of them.</summary>
    ValueTask SendAsync(long timestamp, List<JournalEvent> facts, List<OrderIntended> intents,
        CancellationToken cancellationToken = default);

    ValueTask CancelAsync(long timestamp, TrackedOrder order, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="OrderManager.MoveStopAsync"/>
    ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="OrderManager.SynchroniseAsync"/>
    ValueTask<IReadOnlyList<string>> SynchroniseAsync(long timestamp, CancellationToken cancellationToken = default);
}
