using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Sends single orders, cancels them, and finds out how they stand. It never sends an order whose outcome is unknown.</summary>
internal sealed class VenueOrders(IVenue venue, BookJournal journal, VenueSettings settings, PriceBoard prices, TimeProvider clock)
{
    // Orders of this process, and those of an earlier one that the journal does not have.
    private readonly HashSet<string> _submitted = new(StringComparer.Ordinal), _unrecorded = new(StringComparer.Ordinal);
    // On the exchange's clock.
    private readonly DateTimeOffset _opened = venue.Now;

    private VenueBook Book => journal.Book;

    /// <summary>Orders that were handed to the exchange, for tests.</summary>
    public long Sent { get; private set; }

    /// <summary>The client order id of the exchange: the session's own where it fits, else a hash of it.</summary>
    public string SentId(string clientId) => clientId.Length <= venue.ClientIdLength ? clientId
        : "h" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)))[..(venue.ClientIdLength - 1)];

    /// <summary>Keeps an order that is not sent, with the reason.</summary>
    public async ValueTask<BrokerOrderStatus> RefuseAsync(BrokerOrder order, string reason, CancellationToken cancellationToken)
    {
        await journal.AppendAsync([Made(order, "", "", 0), new OrderStood(order.ClientId, "", OrderState.Rejected, reason)],
            cancellationToken).ConfigureAwait(false);
        return Book.Find(order.ClientId)!.Status;
    }

    private OrderMade Made(BrokerOrder order, string leg, string entry, decimal quantity) =>
        new(order, leg, entry, SentId(order.ClientId), quantity, clock.GetUtcNow(), venue.Now + settings.RequestLife);

    /// <summary>The session asks for an order that the journal does not have. An earlier process may have sent it, if a power cut took its
    /// record.</summary>
    public void Miss(string clientId)
    {
        if (!_submitted.Contains(clientId)) _unrecorded.Add(clientId);
    }

    /// <summary>Looks at the exchange for an order that the session is about to send and that <see cref="Miss"/> named.</summary>
    /// <param name="quantity">In whole lots.</param>
    /// <returns>Whether the exchange has it; otherwise it certainly never received it.</returns>
    /// <exception cref="BrokerUnavailableException">No answer: its outcome is unknown.</exception>
    public async ValueTask<bool> RecoverAsync(BrokerOrder order, decimal quantity, CancellationToken cancellationToken)
    {
        _submitted.Add(order.ClientId);
        if (!(quantity > 0) || !_unrecorded.Contains(order.ClientId)) return false;
        // It was sent after all that the journal has kept; a session that replays the past gives its orders times of the past.
        var created = new DateTimeOffset(order.CreatedAt, TimeSpan.Zero);
        var made = Made(order, "", "", quantity) with
        {
            At = created > journal.Recorded && created < _opened ? created : journal.Recorded,
            ValidUntil = _opened + settings.RequestLife,
        };
        await journal.AppendAsync([made], cancellationToken).ConfigureAwait(false);
        var isThere = await RefreshAsync(Book.Find(order.ClientId)!, wait: true, cancellationToken).ConfigureAwait(false);
        _unrecorded.Remove(order.ClientId);
        return isThere;
    }

    /// <summary>Writes an order to the journal and sends it.</summary>
    /// <remarks>The session's journal has its orders durably before they come here: they are not waited for a second time. A leg is known
    /// here alone.</remarks>
    /// <exception cref="BrokerUnavailableException">No answer: its outcome is unknown.</exception>
    public async ValueTask<BookOrder> SendAsync(BrokerOrder order, string leg, string entry, decimal quantity,
        CancellationToken cancellationToken)
    {
        var fact = Made(order, leg, entry, quantity);
        if (leg.Length > 0) await journal.AppendAsync([fact], cancellationToken).ConfigureAwait(false);
        else await journal.WriteAsync([fact], cancellationToken).ConfigureAwait(false);
        var made = Book.Find(order.ClientId)!;
        var instrument = made.Instrument!;
        try
        {
            Sent++;
            var id = await venue.PlaceAsync(new VenueOrder
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
                ReduceOnly = IsReduceOnly(order),
                ValidUntil = made.ValidUntil,
            }, cancellationToken).ConfigureAwait(false);
            journal.Defer(new OrderStood(order.ClientId, id, OrderState.Submitted, ""));
        }
        catch (VenueRefusalException e)
        {
            await journal.AppendAsync([new OrderStood(order.ClientId, "", OrderState.Rejected, e.Message)], cancellationToken)
                .ConfigureAwait(false);
        }
        return made;
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
    /// <exception cref="BrokerUnavailableException">No answer.</exception>
    public async ValueTask LookAsync(BookOrder order, CancellationToken cancellationToken)
    {
        if (await venue.FindAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false) is { } state)
            await TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
    }

    // Not in the exchange's lists, and no request for it can arrive any more.
    private ValueTask LostAsync(BookOrder order, CancellationToken cancellationToken) => journal.AppendAsync(
        [order.IsKnown ? new OrderStood(order.ClientId, "", OrderState.Cancelled, "the exchange has no such order any more")
            : new OrderForgotten(order.ClientId)], cancellationToken);

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
        try
        {
            if (await venue.CancelAsync(Book.KeyOf(order), cancellationToken).ConfigureAwait(false) is { } ended)
                await TakeAsync(order, ended, cancellationToken).ConfigureAwait(false);
            if (!order.IsWorking) return;
        }
        catch (VenueRefusalException)
        {
            // It has ended meanwhile, or is ending: its state says how.
        }
        // An exchange confirms that it has received the request, and cancels a moment later.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (!await RefreshAsync(order, wait: true, cancellationToken).ConfigureAwait(false) || !order.IsWorking) return;
            await Task.Delay(settings.ListLag / 10, clock, cancellationToken).ConfigureAwait(false);
        }
        throw new BrokerUnavailableException($"{venue.Name}: order {order.ClientId} does not end although it was cancelled");
    }
}
