using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Sends and cancels orders, and determines their state. It never resends an order whose outcome is unknown.</summary>
internal sealed class VenueOrders(IVenue venue, BookJournal journal, VenueSettings settings, PriceBoard prices, TimeProvider clock)
{
    // Orders that are not in the book: those that this process certainly did not send, and those that an earlier process may have sent.
    private readonly HashSet<string> _unsent = new(StringComparer.Ordinal), _unrecorded = new(StringComparer.Ordinal);
    // The time by the exchange's clock.
    private readonly DateTimeOffset _opened = venue.Now;

    private VenueBook Book => journal.Book;

    /// <summary>The number of orders sent to the exchange, for tests.</summary>
    public long Sent { get; private set; }

    /// <summary>The number of orders in memory that are not in the book, for tests.</summary>
    public int Remembered => _unsent.Count + _unrecorded.Count;

    /// <summary>Returns the client order id at the exchange: the session's own if it fits, otherwise a hash of it.</summary>
    public string SentId(string clientId) => ClientOrderId.Fit(clientId, venue.ClientIdLength);

    /// <summary>Records an order that is not sent, with the reason.</summary>
    public async ValueTask<BrokerOrderStatus> RefuseAsync(BrokerOrder order, string reason, CancellationToken cancellationToken)
    {
        await journal.AppendAsync([Made(order, "", "", 0), new OrderStood(order.ClientId, "", OrderState.Rejected, reason)],
            cancellationToken).ConfigureAwait(false);
        InBook(order.ClientId);
        return Book.Find(order.ClientId)!.Status;
    }

    private void InBook(string clientId)
    {
        _unsent.Remove(clientId);
        _unrecorded.Remove(clientId);
    }

    private OrderMade Made(BrokerOrder order, string leg, string entry, decimal quantity) =>
        new(order, leg, entry, SentId(order.ClientId), quantity, clock.GetUtcNow(), venue.Now + settings.RequestLife);

    /// <summary>Records that the session requested an order that the journal does not have. An earlier process may have sent it, if a power
    /// cut lost its record.</summary>
    public void Miss(string clientId)
    {
        if (!_unsent.Contains(clientId)) _unrecorded.Add(clientId);
    }

    /// <summary>Looks up an order at the exchange that the session is about to send and that <see cref="Miss"/> recorded.</summary>
    /// <param name="quantity">The quantity in whole lots.</param>
    /// <returns>Whether the exchange has the order; otherwise it certainly never received it.</returns>
    /// <exception cref="BrokerUnavailableException">There is no response, or the outcome is not certain yet.</exception>
    public async ValueTask<bool> RecoverAsync(BrokerOrder order, decimal quantity, CancellationToken cancellationToken)
    {
        if (!(quantity > 0) || !_unrecorded.Contains(order.ClientId))
        {
            _unsent.Add(order.ClientId);
            return false;
        }
        // It was sent after the last journal record. A session that replays the past gives its orders past times.
        var created = new DateTimeOffset(order.CreatedAt, TimeSpan.Zero);
        var made = Made(order, "", "", quantity) with
        {
            At = created > journal.Recorded && created < _opened ? created : journal.Recorded,
            ValidUntil = _opened + settings.RequestLife,
        };
        await journal.AppendAsync([made], cancellationToken).ConfigureAwait(false);
        InBook(order.ClientId);
        return await RefreshAsync(Book.Find(order.ClientId)!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds an order to the book. <see cref="SendAsync(IReadOnlyList{VenueOrder}, CancellationToken)"/> writes it to the journal
    /// and sends it.</summary>
    /// <param name="leg">Empty for an order of the session.</param>
    /// <param name="entry">The entry that a leg protects; empty for an order of the session.</param>
    /// <param name="quantity">The quantity in whole lots.</param>
    public VenueOrder Make(BrokerOrder order, string leg, string entry, decimal quantity)
    {
        var isReduceOnly = IsReduceOnly(order);
        journal.Defer(Made(order, leg, entry, quantity));
        InBook(order.ClientId);
        var made = Book.Find(order.ClientId)!;
        made.ReduceOnly = isReduceOnly;
        return made;
    }

    /// <summary>Writes orders to the journal together, and sends them concurrently.</summary>
    /// <remarks>The session's journal already has its orders durably, so their record here need not be flushed. Legs are recorded only
    /// here.</remarks>
    /// <returns>For each order, why its outcome is unknown; null if the exchange responded.</returns>
    /// <exception cref="BrokerUnavailableException">The journal cannot be written; no order was sent.</exception>
    public async ValueTask<BrokerUnavailableException?[]> SendAsync(IReadOnlyList<VenueOrder> made, CancellationToken cancellationToken)
    {
        await WriteAsync(made, cancellationToken).ConfigureAwait(false);
        var placed = await PlaceAsync(made, cancellationToken).ConfigureAwait(false);
        return await TakeAsync(made, placed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes orders to the journal together, before they are sent.</summary>
    /// <exception cref="BrokerUnavailableException">The journal cannot be written; no order may be sent.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<VenueOrder> made, CancellationToken cancellationToken)
    {
        try
        {
            if (made.Any(o => o.Leg.Length > 0)) await journal.AppendAsync([], cancellationToken).ConfigureAwait(false);
            else await journal.WriteAsync([], cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            foreach (var order in made) Forget(order);
            throw;
        }
        Sent += made.Count;
    }

    /// <summary>Sends written orders concurrently. It changes nothing in the book, so it needs no lock.</summary>
    public ValueTask<RequestOutcome<string>[]> PlaceAsync(IReadOnlyList<VenueOrder> made, CancellationToken cancellationToken) =>
        VenueRequests.AllAsync(made, o => venue.PlaceAsync(o, cancellationToken));

    /// <summary>Books the responses to orders.</summary>
    /// <inheritdoc cref="SendAsync(IReadOnlyList{VenueOrder}, CancellationToken)" path="/returns"/>
    public async ValueTask<BrokerUnavailableException?[]> TakeAsync(IReadOnlyList<VenueOrder> made,
        IReadOnlyList<RequestOutcome<string>> answers, CancellationToken cancellationToken)
    {
        var faults = answers.Select(a => a.Fault).ToArray();
        var refusals = new List<BookFact>();
        for (var i = 0; i < made.Count; i++)
        {
            var id = made[i].ClientId;
            if (answers[i].Refusal is { } refusal) refusals.Add(new OrderStood(id, "", OrderState.Rejected, refusal.Message));
            else if (faults[i] is null) journal.Defer(new OrderStood(id, answers[i].Value!, OrderState.Submitted, ""));
            else if (faults[i]!.IsUnprocessed) Forget(made[i]);
        }
        if (refusals.Count == 0) return faults;
        try
        {
            await journal.AppendAsync(refusals, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            for (var i = 0; i < made.Count; i++)
                if (answers[i].Refusal is not null) faults[i] = e;
        }
        return faults;
    }

    // Removes an order that the exchange never received. If a leg is created again, it gets a new id.
    private void Forget(VenueOrder order)
    {
        journal.Defer(new OrderForgotten(order.ClientId));
        if (order.Leg.Length == 0) _unsent.Add(order.ClientId);
    }

    /// <summary>Adds an order to the book and sends it.</summary>
    /// <inheritdoc cref="Make"/>
    /// <exception cref="BrokerUnavailableException">There is no response; the outcome is unknown.</exception>
    public async ValueTask<VenueOrder> SendAsync(BrokerOrder order, string leg, string entry, decimal quantity,
        CancellationToken cancellationToken)
    {
        var made = Make(order, leg, entry, quantity);
        var faults = await SendAsync([made], cancellationToken).ConfigureAwait(false);
        return faults[0] is { } fault ? throw fault : made;
    }

    // An exit must never open a position. But with trades in both directions the exchange has only the net position, which an exit of one
    // side can increase.
    private bool IsReduceOnly(BrokerOrder order) => order.Closes is not null && venue.Capabilities.ReduceOnly
        && !Book.OpenEntries.Any(e => IsOpposite(e, order)) && !Book.Working.Any(o => o.IsEntry && IsOpposite(o, order));

    // An entry in the direction opposite to the closed trade, also if its fill is not booked yet.
    private static bool IsOpposite(VenueOrder entry, BrokerOrder exit) =>
        entry.Order.Symbol == exit.Symbol && entry.Order.Side == exit.Side;

    /// <summary>Requests the state of an order from the exchange, and books its fills.</summary>
    /// <returns>False if the exchange certainly never received the order, which is then removed from the book.</returns>
    /// <exception cref="BrokerUnavailableException">There is no response, or the outcome is not certain yet.</exception>
    public async ValueTask<bool> RefreshAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        // The exchange rejects a request that arrives after this time.
        var isOver = venue.Now > order.ValidUntil + settings.ListLag;
        if (await venue.FindAsync(order, cancellationToken).ConfigureAwait(false) is { } state)
        {
            await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
            return true;
        }
        if (isOver)
        {
            await LostAsync(order, cancellationToken).ConfigureAwait(false);
            return order.IsKnown;
        }
        if (order.IsKnown) return true;
        throw new BrokerUnavailableException($"{venue.Name}: whether order {order.ClientId} has arrived is not certain yet")
        {
            RetryAfter = settings.ListLag / 4,
        };
    }

    /// <summary>Books the state of an order if the exchange lists it.</summary>
    /// <returns>Whether the exchange lists it.</returns>
    /// <exception cref="BrokerUnavailableException">There is no response.</exception>
    public async ValueTask<bool> LookAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (await venue.FindAsync(order, cancellationToken).ConfigureAwait(false) is not { } state) return false;
        await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // The order is not in the exchange's lists, and no request for it can still arrive.
    private async ValueTask LostAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var isKnown = order.IsKnown;
        await journal.AppendAsync([isKnown
            ? new OrderStood(order.ClientId, "", OrderState.Cancelled, "the exchange has no such order any more")
            : new OrderForgotten(order.ClientId)], cancellationToken).ConfigureAwait(false);
        // If a leg is created again, it gets a new id.
        if (!isKnown && order.Leg.Length == 0) _unsent.Add(order.ClientId);
    }

    /// <summary>Books the state of an order. Its final state is booked after all of its fills.</summary>
    public async ValueTask TakeAsync(VenueOrder order, VenueOrderState state, CancellationToken cancellationToken)
    {
        if (order.VenueId != state.VenueId || order.State == OrderState.New)
            journal.Defer(new OrderStood(order.ClientId, state.VenueId, OrderState.Submitted, ""));
        if (state.Filled > order.Filled)
        {
            var fills = await venue.FillsAsync(order, cancellationToken).ConfigureAwait(false);
            await BookAsync(order, fills, cancellationToken).ConfigureAwait(false);
        }
        if (order.Filled < state.Filled)
            throw new BrokerUnavailableException($"{venue.Name}: the fills of order {order.ClientId} are not listed yet");
        if (!state.State.IsFinal() || order.State.IsFinal()) return;
        // An order that is filled below the sent quantity counts as filled too: the exchange cut it to its own lot size.
        await journal.AppendAsync([new OrderStood(order.ClientId, state.VenueId, state.State, state.Reason)], cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Books executions; already booked ones have no effect.</summary>
    public async ValueTask BookAsync(VenueOrder order, IReadOnlyList<VenueFill> fills, CancellationToken cancellationToken)
    {
        var facts = new List<BookFact>();
        await AddAsync(facts, order, fills, cancellationToken).ConfigureAwait(false);
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Books the executions that websockets reported, for all orders in one write.</summary>
    /// <returns>Whether there were any.</returns>
    public async ValueTask<bool> BookAsync(IReadOnlyList<VenueNews> news, CancellationToken cancellationToken)
    {
        var facts = new List<BookFact>();
        foreach (var item in news)
            if (item.Fill is { } fill && Book.FindSent("", fill.OrderId) is { } order)
                await AddAsync(facts, order, [fill], cancellationToken).ConfigureAwait(false);
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
        return facts.Count > 0;
    }

    private async ValueTask AddAsync(List<BookFact> facts, VenueOrder order, IReadOnlyList<VenueFill> fills,
        CancellationToken cancellationToken)
    {
        foreach (var fill in fills.OrderBy(f => f.At))
        {
            if (Book.HasExecution(ExecutionOf(fill))) continue;
            facts.Add(await BookedAsync(order.ClientId, order.Instrument, fill, cancellationToken).ConfigureAwait(false));
            prices.Put(fill.Listed, fill.Price);
        }
    }

    /// <summary>Returns the id under which an execution is booked.</summary>
    public static string ExecutionOf(VenueFill fill) => $"{fill.Listed}:{fill.ExecutionId}:{(fill.Side == Side.Buy ? 'b' : 's')}";

    private async ValueTask<FillBooked> BookedAsync(string clientId, VenueInstrument instrument, VenueFill fill,
        CancellationToken cancellationToken)
    {
        var fee = await FeeInQuoteAsync(instrument, fill, cancellationToken).ConfigureAwait(false);
        return new FillBooked(clientId, ExecutionOf(fill), fill.Price, fill.Quantity, fill.Fee, fill.FeeCurrency, fee, fill.At);
    }

    /// <summary>Books an execution that the exchange initiated, as an exit of an entry.</summary>
    public async ValueTask<BookFact[]> ForcedAsync(VenueOrder entry, VenueFill fill, CancellationToken cancellationToken)
    {
        var (name, order) = entry.LegOrder("liquidation", OrderType.Market, 0);
        var made = Made(order with { Quantity = (double)fill.Quantity }, name, entry.ClientId, fill.Quantity);
        var booked = await BookedAsync(order.ClientId, entry.Instrument, fill, cancellationToken).ConfigureAwait(false);
        return [made, booked];
    }

    private async ValueTask<decimal> FeeInQuoteAsync(VenueInstrument instrument, VenueFill fill, CancellationToken cancellationToken)
    {
        if (fill.Fee == 0 || fill.FeeCurrency == instrument.Quote) return fill.Fee;
        if (fill.FeeCurrency == instrument.Base) return fill.Fee * fill.Price;
        return fill.Fee * await venue.PriceAsync(fill.FeeCurrency, instrument.Quote, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels the open part of an order.</summary>
    /// <exception cref="BrokerUnavailableException">There is no response, or the order has not ended yet.</exception>
    public async ValueTask CancelAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (!order.IsKnown && !await RefreshAsync(order, cancellationToken).ConfigureAwait(false)) return;
        if (!order.IsWorking) return;
        var state = await RequestEndAsync(order, cancellationToken).ConfigureAwait(false);
        await EndAsync(order, state, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels the open parts of several orders concurrently.</summary>
    /// <returns>For each order, why it may still work; null if it has ended.</returns>
    public async ValueTask<BrokerUnavailableException?[]> CancelAsync(IReadOnlyList<VenueOrder> orders, CancellationToken cancellationToken)
    {
        var requested = orders.Where(o => o.IsKnown && o.IsWorking).ToList();
        var answers = await VenueRequests.AllAsync(requested, o => RequestEndAsync(o, cancellationToken)).ConfigureAwait(false);
        var faults = new BrokerUnavailableException?[orders.Count];
        for (var i = 0; i < orders.Count; i++)
        {
            try
            {
                var index = requested.IndexOf(orders[i]);
                if (index < 0) await CancelAsync(orders[i], cancellationToken).ConfigureAwait(false);
                else if (answers[index].Fault is { } fault) faults[i] = fault;
                else await EndAsync(orders[i], answers[index].Value, cancellationToken).ConfigureAwait(false);
            }
            catch (BrokerUnavailableException e)
            {
                faults[i] = e;
            }
        }
        return faults;
    }

    // Requests a cancellation, once, and returns the order's state afterwards; null if the exchange does not list it.
    private async Task<VenueOrderState?> RequestEndAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.EndAskedAt is not null) return await venue.FindAsync(order, cancellationToken).ConfigureAwait(false);
        VenueOrderState? ended = null;
        try
        {
            ended = await venue.CancelAsync(order, cancellationToken).ConfigureAwait(false);
        }
        catch (VenueRefusalException)
        {
            // It has ended meanwhile or is ending; its state shows how.
        }
        order.EndAskedAt = clock.GetTimestamp();
        return ended ?? await venue.FindAsync(order, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(VenueOrder order, VenueOrderState? state, CancellationToken cancellationToken)
    {
        if (state is not null) await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
        if (!order.IsWorking || !await RefreshAsync(order, cancellationToken).ConfigureAwait(false) || !order.IsWorking) return;
        // The exchange confirms the request first, and cancels the order a moment later.
        if (order.EndAskedAt is not { } asked || clock.GetElapsedTime(asked) < 2 * settings.ListLag)
            throw new BrokerUnavailableException($"{venue.Name}: order {order.ClientId} is being cancelled")
            {
                RetryAfter = settings.ListLag / 10,
            };
        order.EndAskedAt = null;
        throw new BrokerUnavailableException($"{venue.Name}: order {order.ClientId} does not end although it was cancelled");
    }
}
