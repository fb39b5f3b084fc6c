using Granary.Engine.Market;

namespace Granary.Engine.Brokerage;

/// <summary>The venue, or the way to it, cannot be reached now: nothing is known of what was asked. Trying again is right.</summary>
public sealed class BrokerUnavailableException : Exception
{
    public BrokerUnavailableException(string message) : base(message)
    {
    }

    public BrokerUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>
/// A venue and one account at it. An adapter for a real one is a folder: the venue's messages, their parsing, a client, and this. It owes what
/// follows, and the conformance kit (tests/Granary.Application.Tests/Live/BrokerConformanceTests.cs, one class to derive from) asks for all of it.
/// </summary>
/// <remarks>
/// <para><b>Orders are known by our id.</b> <see cref="BrokerOrder.ClientId"/> goes to the venue as its client order id. A second submission of an id that
/// the venue has does nothing but answer how that order stands. Where a venue does not see to that itself, the adapter asks <see cref="FindAsync"/> first.</para>
/// <para><b>Acknowledged means received, not filled.</b> <see cref="SubmitAsync"/> answers with Submitted (or a later state), or with Rejected and the venue's
/// reason. It throws <see cref="BrokerUnavailableException"/> where the answer did not come in time: the order is then <i>unknown</i>, and the caller asks
/// <see cref="FindAsync"/> until it knows. An adapter must never guess.</para>
/// <para><b>Events are given at least once, in order.</b> <see cref="PollAsync"/> gives everything after a sequence number, fills and changes of state, also
/// what happened while nobody was connected. Fills carry the venue's execution id; the caller drops repetitions by it. A venue that pushes fills over
/// a socket is read by the adapter in the background, which on every reconnection also reads the venue's list of executions, and so closes the gap.</para>
/// <para><b>Stop and target belong to the entry.</b> They work from the entry's first fill on, for what was filled, cancel one another, and go when the trade is
/// closed by an order that <see cref="BrokerOrder.Closes"/> it. A venue without bracket orders leaves that to the adapter, which then places and moves
/// plain stop and limit orders under the client ids <c>ID-s</c> and <c>ID-t</c>, and reports their fills under the entry's id with the leg's name.</para>
/// <para><b>Units.</b> Quantities are base units and positive, prices quote currency per unit, times UTC ticks. An adapter turns them into the venue's decimals at its
/// edge: on the tick and in whole lots, as the instrument says, and never rounds up a quantity.</para>
/// <para><b>Failure.</b> A refusal of the venue is an answer (Rejected, with its words). No connection, a time-out, a 5xx or a rate limit is
/// <see cref="BrokerUnavailableException"/> with one sentence. Anything else that is thrown stops the session. All methods may be called again at any time; one caller at a time.</para>
/// </remarks>
public interface IBroker : IAsyncDisposable
{
    /// <summary>As it stands in journals and reports.</summary>
    string Name { get; }

    /// <exception cref="BrokerUnavailableException">No answer: the order is unknown.</exception>
    ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default);

    /// <summary>Cancels what of an order is not filled, and its stop and target where it is an entry without a fill. Cancelling what is final answers how it stands.</summary>
    /// <returns>null where the venue never had it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer: whether it was cancelled is unknown.</exception>
    ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default);

    /// <summary>Moves the stop that was made with an entry.</summary>
    /// <returns>How the entry stands; null where the venue never had it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default);

    /// <summary>How an order stands, whether or not it is final.</summary>
    /// <returns>null where the venue never received it: certain, not a guess.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default);

    /// <summary>What has happened after a sequence number, in order; 0 from the start of the account.</summary>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default);

    /// <summary>Positions, cash and waiting orders, all of one moment.</summary>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default);
}

/// <summary>A venue that lives on the session's own bars, as a simulated one does. A real venue has its own market and is not told.</summary>
public interface IMarketListener
{
    /// <summary>The bars that close at an instant, before the strategies see them.</summary>
    /// <param name="instant">UTC ticks; rises. An instant that is repeated changes nothing.</param>
    ValueTask OnBarsAsync(long instant, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default);
}

/// <summary>A bar of a market that closes now.</summary>
public readonly record struct ClosedBar(string Symbol, Bar Bar, Timeframe Timeframe);
