using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Sends orders, cancels them, and finds out how they stand. It never sends an order whose outcome is unknown.</summary>
internal sealed class VenueOrders(IVenue venue, BookJournal journal, VenueSettings settings, PriceBoard prices, TimeProvider clock)
{
    // Orders that the book does not have: what this process has certainly not sent, and what an earlier one may have sent.
    private readonly HashSet<string> _unsent = new(StringComparer.Ordinal), _unrecorded = new(StringComparer.Ordinal);
    // On the exchange's clock.
    private readonly DateTimeOffset _opened = venue.Now;

    private VenueBook Book => journal.Book;

    /// <summary>Orders that were handed to the exchange, for tests.</summary>
    public long Sent { get; private set; }

    /// <summary>Orders that are remembered and not in the book, for tests.</summary>
    public int Remembered => _unsent.Count + _unrecorded.Count;

    /// <summary>The client order id of the exchange: the session's own where it fits, else a hash of it.</summary>
    public string SentId(string clientId) => clientId.Length <= venue.ClientIdLength ? clientId
        : "h" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)))[..(venue.ClientIdLength - 1)];

    /// <summary>Keeps an order that is not sent, with the reason.</summary>
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

    /// <summary>The session asks for an order that the journal does not have. An earlier process may have sent it, if a power cut took its
    /// record.</summary>
    public void Miss(string clientId)
    {
        if (!_unsent.Contains(clientId)) _unrecorded.Add(clientId);
    }

    /// <summary>Looks at the exchange for an order that the session is about to send and that <see cref="Miss"/> named.</summary>
    /// <param name="quantity">In whole lots.</param>
    /// <returns>Whether the exchange has it; otherwise it certainly never received it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer: its outcome is unknown.</exception>
    public async ValueTask<bool> RecoverAsync(BrokerOrder order, decimal quantity, CancellationToken cancellationToken)
    {
        if (!(quantity > 0) || !_unrecorded.Contains(order.ClientId))
        {
            _unsent.Add(order.ClientId);
            return false;
        }
        // It was sent after all that the journal has kept; a session that replays the past gives its orders times of the past.
        var created = new DateTimeOffset(order.CreatedAt, TimeSpan.Zero);
        var made = Made(order, "", "", quantity) with
        {
            At = created > journal.Recorded && created < _opened ? created : journal.Recorded,
            ValidUntil = _opened + settings.RequestLife,
        };
        await journal.AppendAsync([made], cancellationToken).ConfigureAwait(false);
        InBook(order.ClientId);
        return await RefreshAsync(Book.Find(order.ClientId)!, wait: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Enters an order in the book; <see cref="SendAsync(IReadOnlyList{NewOrder}, CancellationToken)"/> writes it to the journal
    /// and sends it.</summary>
    /// <param name="leg">Empty for an order of the session.</param>
    /// <param name="entry">The entry that a leg protects; empty for an order of the session.</param>
    /// <param name="quantity">In whole lots.</param>
    public NewOrder Make(BrokerOrder order, string leg, string entry, decimal quantity)
    {
        var isReduceOnly = IsReduceOnly(order);
        journal.Defer(Made(order, leg, entry, quantity));
        InBook(order.ClientId);
        var made = Book.Find(order.ClientId)!;
        var instrument = made.Instrument!;
        return new NewOrder(made, new VenueOrder
        {
            ClientId = made.SentId,
            Instrument = instrument,
            Side = order.Side,
            Type = order.Type,
            Quantity = quantity,
            LimitPrice = order.LimitPrice > 0 ? instrument.RoundPrice(order.LimitPrice) : 0,
            StopPrice = order.StopPrice > 0 ? instrument.RoundPrice(order.StopPrice) : 0,
            // A stop to buy works when the price has risen to it, one to sell when it has fallen to it.
            TriggersAbove = order.Side == Side.Buy,
            TimeInForce = order.TimeInForce,
            ReduceOnly = isReduceOnly,
            ValidUntil = made.ValidUntil,
        });
    }

    /// <summary>Writes orders to the journal in one piece, and sends them at the same time.</summary>
    /// <remarks>The session's journal has its orders durably before they come here: they are not waited for a second time. A leg is known
    /// here alone.</remarks>
    /// <returns>For each order why its outcome is unknown; null where the exchange has answered.</returns>
    /// <exception cref="BrokerUnavailableException">The journal cannot be written: no order was sent.</exception>
    public async ValueTask<BrokerUnavailableException?[]> SendAsync(IReadOnlyList<NewOrder> made, CancellationToken cancellationToken)
    {
        try
        {
            if (made.Any(n => n.Order.Leg.Length > 0)) await journal.AppendAsync([], cancellationToken).ConfigureAwait(false);
            else await journal.WriteAsync([], cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            foreach (var (order, _) in made) Forget(order);
            throw;
        }
        Sent += made.Count;
        var answers = await VenueRequests.AllAsync(made, n => venue.PlaceAsync(n.Message, cancellationToken)).ConfigureAwait(false);
        var faults = Array.ConvertAll(answers, a => a.Fault);
        var refusals = new List<BookFact>();
        for (var i = 0; i < made.Count; i++)
        {
            var id = made[i].Order.ClientId;
            if (answers[i].Refusal is { } refusal) refusals.Add(new OrderStood(id, "", OrderState.Rejected, refusal.Message));
            else if (faults[i] is null) journal.Defer(new OrderStood(id, answers[i].Value!, OrderState.Submitted, ""));
            else if (faults[i]!.IsUnprocessed) Forget(made[i].Order);
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

    // For an order that the exchange never received. A leg that is made again has another id.
    private void Forget(BookOrder order)
    {
        journal.Defer(new OrderForgotten(order.ClientId));
        if (order.Leg.Length == 0) _unsent.Add(order.ClientId);
    }

    /// <summary>Makes an order and sends it.</summary>
    /// <inheritdoc cref="Make"/>
    /// <exception cref="BrokerUnavailableException">No answer: its outcome is unknown.</exception>
    public async ValueTask<BookOrder> SendAsync(BrokerOrder order, string leg, string entry, decimal quantity,
        CancellationToken cancellationToken)
    {
        var made = Make(order, leg, entry, quantity);
        var faults = await SendAsync([made], cancellationToken).ConfigureAwait(false);
        return faults[0] is { } fault ? throw fault : made.Order;
    }

    // An exit never opens a position. Where trades of both directions are open the exchange has their difference alone, and one side's
    // exit can make that larger.
    private bool IsReduceOnly(BrokerOrder order) => order.Closes is not null && venue.Capabilities.ReduceOnly
        && !Book.OpenEntries.Any(e => IsOpposite(e, order)) && !Book.Working.Any(o => o.IsEntry && IsOpposite(o, order));

    // An entry of the other direction than the trade that is closed; also one whose fill is not booked yet.
    private static bool IsOpposite(BookOrder entry, BrokerOrder exit) =>
        entry.Order.Symbol == exit.Symbol && entry.Order.Side == exit.Side;

    /// <summary>Asks the exchange how an order stands, and books its fills.</summary>
    /// <returns>false where the exchange certainly never received it; the book has then forgotten it.</returns>
    /// <param name="wait">Whether to wait until the outcome of a request without an answer is certain.</param>
    /// <exception cref="BrokerUnavailableException">No answer, or the outcome is not certain yet.</exception>
    public async ValueTask<bool> RefreshAsync(BookOrder order, bool wait, CancellationToken cancellationToken)
    {
        while (true)
        {
            // A request that arrives later than this is refused by the exchange itself.
            var isOver = venue.Now > order.ValidUntil + settings.ListLag;
            if (await venue.FindAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false) is { } state)
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
            if (!wait)
                throw new BrokerUnavailableException($"{venue.Name}: whether order {order.ClientId} has arrived is not certain yet");
            await Task.Delay(settings.ListLag / 4, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Books how an order stands if the exchange has it.</summary>
    /// <returns>Whether the exchange lists it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    public async ValueTask<bool> LookAsync(BookOrder order, CancellationToken cancellationToken)
    {
        if (await venue.FindAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false) is not { } state) return false;
        await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Not in the exchange's lists, and no request for it can arrive any more.
    private async ValueTask LostAsync(BookOrder order, CancellationToken cancellationToken)
    {
        var isKnown = order.IsKnown;
        await journal.AppendAsync([isKnown
            ? new OrderStood(order.ClientId, "", OrderState.Cancelled, "the exchange has no such order any more")
            : new OrderForgotten(order.ClientId)], cancellationToken).ConfigureAwait(false);
        // A leg that is made again has another id.
        if (!isKnown && order.Leg.Length == 0) _unsent.Add(order.ClientId);
    }

    /// <summary>Books how an order stands. Its end is booked when all its fills are.</summary>
    public async ValueTask TakeAsync(BookOrder order, VenueOrderState state, CancellationToken cancellationToken)
    {
        if (order.VenueId != state.VenueId || order.State == OrderState.New)
            journal.Defer(new OrderStood(order.ClientId, state.VenueId, OrderState.Submitted, ""));
        if (state.Filled > order.Filled)
        {
            var fills = await venue.FillsAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false);
            await BookAsync(order, fills, cancellationToken).ConfigureAwait(false);
        }
        if (order.Filled < state.Filled)
            throw new BrokerUnavailableException($"{venue.Name}: the fills of order {order.ClientId} are not listed yet");
        if (!state.State.IsFinal() || order.State.IsFinal()) return;
        // What is sold out below the sent quantity is filled too: the exchange cut it to its own step.
        await journal.AppendAsync([new OrderStood(order.ClientId, state.VenueId, state.State, state.Reason)], cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Books executions; those that are booked already change nothing.</summary>
    public async ValueTask BookAsync(BookOrder order, IReadOnlyList<VenueFill> fills, CancellationToken cancellationToken)
    {
        var facts = new List<BookFact>();
        await AddAsync(facts, order, fills, cancellationToken).ConfigureAwait(false);
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Books the executions that websockets reported, of all orders in one write.</summary>
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

    private async ValueTask AddAsync(List<BookFact> facts, BookOrder order, IReadOnlyList<VenueFill> fills,
        CancellationToken cancellationToken)
    {
        foreach (var fill in fills.OrderBy(f => f.At))
        {
            if (Book.HasExecution(ExecutionOf(fill))) continue;
            facts.Add(await BookedAsync(order.ClientId, order.Instrument!, fill, cancellationToken).ConfigureAwait(false));
            prices.Put(fill.Listed, fill.Price);
        }
    }

    /// <summary>The id under which an execution is booked.</summary>
    public static string ExecutionOf(VenueFill fill) => $"{fill.Listed}:{fill.ExecutionId}:{(fill.Side == Side.Buy ? 'b' : 's')}";

    private async ValueTask<FillBooked> BookedAsync(string clientId, VenueInstrument instrument, VenueFill fill,
        CancellationToken cancellationToken)
    {
        var fee = await FeeInQuoteAsync(instrument, fill, cancellationToken).ConfigureAwait(false);
        return new FillBooked(clientId, ExecutionOf(fill), fill.Price, fill.Quantity, fill.Fee, fill.FeeCurrency, fee, fill.At);
    }

    /// <summary>An execution that the exchange made by itself, as an exit of an entry.</summary>
    public async ValueTask<BookFact[]> ForcedAsync(BookOrder entry, VenueFill fill, CancellationToken cancellationToken)
    {
        var (name, order) = entry.LegOrder("liquidation", OrderType.Market, 0);
        var made = Made(order with { Quantity = (double)fill.Quantity }, name, entry.ClientId, fill.Quantity);
        var booked = await BookedAsync(order.ClientId, entry.Instrument!, fill, cancellationToken).ConfigureAwait(false);
        return [made, booked];
    }

    private async ValueTask<decimal> FeeInQuoteAsync(VenueInstrument instrument, VenueFill fill, CancellationToken cancellationToken)
    {
        if (fill.Fee == 0 || fill.FeeCurrency == instrument.Quote) return fill.Fee;
        if (fill.FeeCurrency == instrument.Base) return fill.Fee * fill.Price;
        return fill.Fee * await venue.PriceAsync(fill.FeeCurrency, instrument.Quote, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels what waits of an order and waits for its end.</summary>
    /// <exception cref="BrokerUnavailableException">No answer, or the order has not ended yet.</exception>
    public async ValueTask CancelAsync(BookOrder order, CancellationToken cancellationToken)
    {
        if (!order.IsKnown && !await RefreshAsync(order, wait: true, cancellationToken).ConfigureAwait(false)) return;
        if (!order.IsWorking) return;
        var state = await RequestEndAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false);
        await EndAsync(order, state, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels what waits of several orders at the same time and waits for their ends.</summary>
    /// <returns>For each order why it may still work; null where it has ended.</returns>
    public async ValueTask<BrokerUnavailableException?[]> CancelAsync(IReadOnlyList<BookOrder> orders, CancellationToken cancellationToken)
    {
        var requested = orders.Where(o => o.IsKnown && o.IsWorking).ToList();
        var answers = await VenueRequests.AllAsync(requested, o => RequestEndAsync(Book.KeyOf(o), cancellationToken)).ConfigureAwait(false);
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

    // How an order stands after its cancellation was requested; null where the exchange does not list it.
    private async Task<VenueOrderState?> RequestEndAsync(OrderKey order, CancellationToken cancellationToken)
    {
        try
        {
            if (await venue.CancelAsync(order, cancellationToken).ConfigureAwait(false) is { } ended) return ended;
        }
        catch (VenueRefusalException)
        {
            // It has ended meanwhile, or is ending: its state says how.
        }
        return await venue.FindAsync(order, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(BookOrder order, VenueOrderState? state, CancellationToken cancellationToken)
    {
        if (state is not null) await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
        if (!order.IsWorking) return;
        // An exchange confirms that it has received the request, and cancels a moment later.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (!await RefreshAsync(order, wait: true, cancellationToken).ConfigureAwait(false) || !order.IsWorking) return;
            await Task.Delay(settings.ListLag / 10, clock, cancellationToken).ConfigureAwait(false);
        }
        throw new BrokerUnavailableException($"{venue.Name}: order {order.ClientId} does not end although it was cancelled");
    }
}
