namespace Granary.Engine.Brokerage;

/// <summary>
/// One account at one venue. A session sends orders through it and reads their fills and states. An adapter for a real venue is a folder
/// with the venue's messages, their parser, a client and this interface. BrokerContractTests (src/Granary.Testing/Brokers) checks
/// every rule below.
/// </summary>
/// <remarks>
/// <para><b>Identity.</b> <see cref="BrokerOrder.ClientId"/> goes to the venue as its client order id. A second submission of a known id
/// does not create a second order; it returns the state of the first one. If the venue does not guarantee that, the adapter calls
/// <see cref="FindAsync"/> before it sends. Ids stay known after a restart of the adapter.
/// </para>
/// <para><b>Acknowledgement.</b> <see cref="SubmitAsync"/> returns Submitted (or a later state) when the venue has received the order, and
/// Rejected with the venue's reason when it refuses. A rejected order stays known by its id.
/// </para>
/// <para><b>Unknown outcome.</b> Every method throws <see cref="BrokerUnavailableException"/> if no answer comes: no connection, a
/// timeout, a 5xx status, a rate limit. The order's state is then unknown. The session calls <see cref="FindAsync"/> until it knows, and
/// submits again, under the same id, only an order that the venue never received. An adapter never guesses. An order that a venue rejects
/// because of its rate limit was never received: FindAsync returns null for it. Any other exception stops the session.
/// </para>
/// <para><b>Several orders.</b> <see cref="SubmitAllAsync"/> takes the orders that a session makes at one time. Orders of one symbol are
/// sent in their order, each after the answer to the one before. An adapter can send orders of different symbols at the same time.
/// </para>
/// <para><b>Events.</b> <see cref="PollAsync"/> returns fills and changes of state after a sequence number, in order and at least once. It
/// includes those that happened while the adapter was disconnected. A repeated execution id is the same fill. An adapter that receives
/// fills over a socket reads the venue's list of executions after each reconnection, and so closes the gap.
/// </para>
/// <para><b>Partial fills.</b> Each fill has its own quantity. The state is PartiallyFilled until the whole quantity is filled. A
/// cancellation ends the rest and keeps what is filled.
/// </para>
/// <para><b>Stop and target.</b> They belong to the entry. They work from the entry's first fill, for the filled quantity, and cancel each
/// other. They end when an order that <see cref="BrokerOrder.Closes"/> the entry has closed the trade. If the venue has no bracket orders,
/// the adapter places and moves plain stop and limit orders under the ids <c>ID-s</c> and <c>ID-t</c>. It reports their fills under the
/// entry's id with the leg's name.
/// </para>
/// <para><b>Restart.</b> A session that starts first polls the events after the last known one. It sends no new order before it
/// has compared its positions and open orders with <see cref="SnapshotAsync"/>. The snapshot has the instruments of the session only. It
/// includes orders of others (manual orders): the session reports them and leaves them alone.
/// </para>
/// <para><b>Units.</b> Quantities are positive base units, prices are quote currency per unit, times are UTC ticks. An adapter converts
/// them to the venue's decimals: on the tick and in whole lots. It never rounds a quantity up.
/// </para>
/// <para><b>Threads.</b> One caller at a time.
/// </para>
/// </remarks>
public interface IBroker : IAsyncDisposable
{
    /// <summary>The name in journals and reports.</summary>
    string Name { get; }

    /// <summary>Sends an order.</summary>
    /// <returns>The order's state at the venue; Rejected with a reason if the venue refuses it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer: the order's state is unknown.</exception>
    ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends several orders, each under the rules of <see cref="SubmitAsync"/>. An order without an answer does not delay the others.
    /// </summary>
    /// <returns>The outcome of each order, in the order of <paramref name="orders"/>.</returns>
    async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAllAsync(IReadOnlyList<BrokerOrder> orders,
        CancellationToken cancellationToken = default)
    {
        var outcomes = new List<SubmitOutcome>(orders.Count);
        foreach (var order in orders)
        {
            try
            {
                outcomes.Add(SubmitOutcome.Of(await SubmitAsync(order, cancellationToken).ConfigureAwait(false)));
            }
            catch (BrokerUnavailableException e)
            {
                outcomes.Add(SubmitOutcome.Of(e));
            }
        }
        return outcomes;
    }

    /// <summary>Cancels the unfilled part of an order. The cancellation of a final order changes nothing and returns its state.</summary>
    /// <returns>null if the venue never received the order.</returns>
    /// <exception cref="BrokerUnavailableException">No answer: whether the order was cancelled is unknown.</exception>
    ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default);

    /// <summary>Moves the stop that was made with an entry.</summary>
    /// <returns>The state of the entry; null if the venue never received it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces the stop, the trailing stop and the targets of an entry by one stop and one target, for all that is open. A repeated call
    /// changes nothing.
    /// </summary>
    /// <param name="stopPrice">0 = no stop.</param>
    /// <param name="targetPrice">0 = no target.</param>
    /// <returns>The state of the entry; null if the venue never received it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default);

    /// <summary>The state of an order, final or not.</summary>
    /// <returns>null if the venue certainly never received it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default);

    /// <summary>The events after a sequence number, in order; 0 for all events of the account.</summary>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default);

    /// <summary>Positions, cash and open orders at one time.</summary>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default);
}
