using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// State of the adapter's account: orders, legs, open quantity of each entry, and the events that the session polls. It is a function of
/// its facts, so a restart gives the same events with the same numbers.
/// </summary>
/// <remarks>A fee that the exchange deducts from the bought units reduces the fill, not the cash, so the session owns what it can
/// sell. The remainder below one lot is booked as a fee and counted in <see cref="Dust"/>.</remarks>
internal sealed class VenueBook(IReadOnlyDictionary<string, VenueInstrument> instruments)
{
    private readonly Dictionary<string, VenueOrder> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VenueOrder> _bySentId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VenueOrder> _byVenueId = new(StringComparer.Ordinal);
    private readonly List<VenueOrder> _working = [];
    private readonly List<VenueOrder> _entries = [];
    private readonly HashSet<string> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _dust = new(StringComparer.Ordinal);
    private readonly List<BrokerEvent> _events = [];
    private long _made;

    /// <summary>Null before the first fact.</summary>
    public AccountBegun? Begun { get; private set; }

    /// <summary>Orders and legs that are not final.</summary>
    public IReadOnlyList<VenueOrder> Working => _working;

    /// <summary>Entries with an open quantity, ordered by their first fills, then by creation. The exchange's reports may arrive in any
    /// order.</summary>
    public IReadOnlyList<VenueOrder> OpenEntries => _entries;

    private readonly Dictionary<string, decimal> _foreignFees = new(StringComparer.Ordinal);

    /// <summary>Value of fees in a quote currency that were paid in a third one, and so did not reduce that balance.</summary>
    public decimal ForeignFeesIn(string quote) => _foreignFees.GetValueOrDefault(quote);

    /// <summary>When the session's first order was filled, by the exchange's clock; null before.</summary>
    public DateTimeOffset? FirstFill { get; private set; }

    /// <summary>The time of the last booked funding payment or liquidation.</summary>
    public DateTimeOffset SettledTo { get; private set; }

    public int Events => _events.Count;

    public VenueOrder? Find(string clientId) => _orders.GetValueOrDefault(clientId);

    /// <summary>Returns the order for the exchange's ids.</summary>
    public VenueOrder? FindSent(string sentId, string venueId) =>
        _bySentId.GetValueOrDefault(sentId) ?? (venueId.Length > 0 ? _byVenueId.GetValueOrDefault(venueId) : null);


    public bool HasExecution(string id) => _executions.Contains(id);

    /// <summary>Base units of a symbol on the account that are less than one lot and booked as fees.</summary>
    public decimal Dust(string symbol) => _dust.GetValueOrDefault(symbol);

    /// <summary>Legs of an entry that are working at the exchange.</summary>
    public IEnumerable<VenueOrder> LegsOf(VenueOrder entry) => _working.Where(o => o.Entry == entry.ClientId);

    /// <summary>Whether an order of the session that closes the entry is working.</summary>
    public bool IsClosing(VenueOrder entry) => _working.Any(o => o.Order.Closes == entry.ClientId && o.Leg.Length == 0);

    /// <summary>Returns the events after a sequence number.</summary>
    /// <param name="count">The number of durable events.</param>
    public IReadOnlyList<BrokerEvent> EventsAfter(long after, int count) =>
        after >= count ? [] : _events.GetRange((int)after, count - (int)after);

    public void Apply(BookFact fact)
    {
        switch (fact)
        {
            case AccountBegun begun:
                (Begun, SettledTo) = (begun, begun.At);
                break;
            case OrderMade made: Add(made); break;
            case OrderForgotten forgotten: Remove(_orders[forgotten.ClientId]); break;
            case OrderStood stood: Stand(_orders[stood.ClientId], stood); break;
            case FillBooked fill: Book(_orders[fill.ClientId], fill); break;
            case FundingBooked f:
                Settle(f.Id, f.At, new BrokerEvent(_events.Count + 1, null, new BrokerOrderStatus("", "", OrderState.Filled, 0, "funding"))
                {
                    Financing = new BrokerFinancing("", f.Symbol, FinancingKind.Funding, (double)f.Amount, f.At.UtcTicks),
                });
                break;
            case ForcedBooked f:
                Settle(f.Id, f.At, new BrokerEvent(_events.Count + 1, new BrokerFill(f.Id, "", "", f.Symbol, f.Side, (double)f.Price,
                    (double)f.Quantity, (double)f.Fee, f.At.UtcTicks), new BrokerOrderStatus("", "", OrderState.Filled, 0, "liquidation")));
                break;
            case StopMovedTo moved: _orders[moved.ClientId].MovedStop = moved.Price; break;
            case ProtectedBy by:
                var entry = _orders[by.ClientId];
                (entry.Replaced, entry.MovedStop) = (Protection.Fixed(by.Stop, by.Target), 0);
                break;
            case TrailMoved moved: _orders[moved.ClientId].TrailBest = moved.Best; break;
        }
    }

    private void Add(OrderMade made)
    {
        var order = new VenueOrder(made, instruments.GetValueOrDefault(made.Order.Symbol), ++_made);
        order.IsTaken = id => _byVenueId.TryGetValue(id, out var other) && other != order;
        _orders.Add(order.ClientId, order);
        _bySentId[order.SentId] = order;
        _working.Add(order);
        if (made.Entry.Length > 0) _orders[made.Entry].Legs++;
    }

    private void Remove(VenueOrder order)
    {
        _orders.Remove(order.ClientId);
        _bySentId.Remove(order.SentId);
        _working.Remove(order);
    }

    private void Stand(VenueOrder order, OrderStood stood)
    {
        if (stood.VenueId.Length > 0)
        {
            order.VenueId = stood.VenueId;
            _byVenueId[stood.VenueId] = order;
        }
        if (order.State == OrderState.New && stood.State is not (OrderState.Submitted or OrderState.Rejected))
            order.State = OrderState.Submitted;
        // A fill may have been booked before the response to its order.
        if (!order.State.CanBecome(stood.State)) return;
        Become(order, stood.State, stood.Reason);
        if (stood.State.IsFinal() && order.Leg.Length == 0) Report(null, order);
    }

    private void Become(VenueOrder order, OrderState state, string reason)
    {
        order.State = state;
        if (reason.Length > 0) order.Reason = reason;
        if (state.IsFinal()) _working.Remove(order);
    }

    // Drops a duplicate: a fill that the exchange reported before.
    private void Book(VenueOrder order, FillBooked fill)
    {
        if (!_executions.Add(fill.ExecutionId)) return;
        order.Filled += fill.Quantity;
        order.Notional += fill.Price * fill.Quantity;
        if (order.FilledAt is not { } filled || fill.At < filled) order.FilledAt = fill.At;
        if (FirstFill is not { } first || fill.At < first) FirstFill = fill.At;
        var isDone = order.Filled >= order.Quantity;
        Become(order, isDone ? OrderState.Filled : OrderState.PartiallyFilled, "");
        var instrument = order.Instrument;
        var (quantity, fee) = (fill.Quantity, fill.FeeInQuote);
        var isForeign = fill.FeeCurrency != instrument.Quote;
        if (order.IsEntry)
        {
            if (order.Order.Side == Side.Buy && fill.FeeCurrency == instrument.Base)
            {
                (quantity, fee) = InWholeLots(order, fill, instrument);
                isForeign = false;
            }
            Open(order, quantity);
        }
        else
        {
            var entry = _orders[order.Leg.Length > 0 ? order.Entry : order.Order.Closes!];
            entry.Open = Math.Max(0, entry.Open - fill.Quantity);
            if (order.Leg == "target") entry.Taken += fill.Quantity;
            if (entry.Open == 0) _entries.Remove(entry);
        }
        if (isForeign) _foreignFees[instrument.Quote] = ForeignFeesIn(instrument.Quote) + fill.FeeInQuote;
        var about = order.Leg.Length > 0 ? _orders[order.Entry] : order;
        Report(new BrokerFill(fill.ExecutionId, about.ClientId, order.Leg, instrument.Symbol, order.Order.Side, (double)fill.Price,
            (double)quantity, (double)fee, fill.At.UtcTicks), about);
    }

    private void Open(VenueOrder entry, decimal quantity)
    {
        entry.Open += quantity;
        _entries.Remove(entry);
        if (!(entry.Open > 0)) return;
        var place = _entries.FindIndex(e => (e.FilledAt, e.Number).CompareTo((entry.FilledAt, entry.Number)) > 0);
        _entries.Insert(place < 0 ? _entries.Count : place, entry);
    }

    private (decimal Quantity, decimal Fee) InWholeLots(VenueOrder order, FillBooked fill, VenueInstrument instrument)
    {
        var dust = order.Received - order.Reported;
        order.Received += fill.Quantity - fill.Fee;
        var sellable = instrument.FloorQuantity(order.Received);
        var quantity = sellable - order.Reported;
        order.Reported = sellable;
        _dust[instrument.Symbol] = _dust.GetValueOrDefault(instrument.Symbol) + order.Received - order.Reported - dust;
        // Cash pays for the complete fill; the units that are not received are the fee.
        return (quantity, fill.Price * (fill.Quantity - quantity));
    }

    // Settlements by the exchange belong to no order.
    private void Settle(string id, DateTimeOffset at, BrokerEvent settled)
    {
        if (at > SettledTo) SettledTo = at;
        if (_executions.Add(id)) _events.Add(settled);
    }

    private void Report(BrokerFill? fill, VenueOrder order) => _events.Add(new BrokerEvent(_events.Count + 1, fill, order.Status));
}
