using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>
/// Orders, trades, positions and cash of an account, computed from its events. The same events give the same state; a repeated fill
/// is booked once, and an event out of order never moves a state backwards.
/// </summary>
/// <param name="multiplierOf">Currency units per unit of price and quantity, by symbol.</param>
public sealed class AccountLedger(double cash, Func<string, double> multiplierOf)
{
    private readonly Dictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);
    private readonly List<Ticket> _open = [];
    private readonly HashSet<string> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountTrade> _trades = new(StringComparer.Ordinal);
    private readonly List<AccountTrade> _active = [];
    private readonly Dictionary<string, double> _positions = new(StringComparer.Ordinal);

    public double StartingCash { get; } = cash;

    public double Cash { get; private set; } = cash;

    /// <summary>Paid since the start, quote currency.</summary>
    public double Fees { get; private set; }

    /// <summary>
    /// Called when the venue has told that the stop, target or trailing stop of a trade was hit (the fill's leg says which): once for each
    /// fill, when it is booked.
    /// </summary>
    public Action<AccountTrade, BrokerFill>? Hit { get; set; }

    /// <summary>Of the venue, up to which everything is booked.</summary>
    public long VenueSequence { get; private set; }

    public int Fills => _executions.Count;

    public IReadOnlyCollection<Ticket> Tickets => _tickets.Values;

    /// <summary>Those that are not closed, in the order of their intents.</summary>
    public IReadOnlyList<Ticket> OpenTickets => _open;

    /// <summary>By the client id of the entry.</summary>
    public IReadOnlyDictionary<string, AccountTrade> Trades => _trades;

    /// <summary>Those that are open, in the order of their entries.</summary>
    public IReadOnlyList<AccountTrade> ActiveTrades => _active;

    /// <summary>Signed base units by symbol; flat ones are 0.</summary>
    public IReadOnlyDictionary<string, double> Positions => _positions;

    /// <summary>Orders of which it is not known whether the venue has them.</summary>
    public List<Ticket> Unresolved()
    {
        List<Ticket> found = [];
        foreach (var ticket in _open)
            if (ticket.Unknown || ticket.State == OrderState.New)
                found.Add(ticket);
        return found;
    }

    public Ticket? Find(string clientId) => _tickets.GetValueOrDefault(clientId);

    public AccountTrade? TradeOf(string entry) => _trades.GetValueOrDefault(entry);

    public double PositionOf(string symbol) => _positions.GetValueOrDefault(symbol);

    /// <summary>Books an event that a journal holds.</summary>
    public void Apply(JournalEvent e)
    {
        switch (e)
        {
            case OrderIntended intent: Intend(intent); break;
            case OrderAnswered answer: Answer(answer.ClientId, answer.Status); break;
            case VenueReported report: Report(report.Event, out _); break;
            case OrderClosed closed: Close(closed.ClientId); break;
            case Reconciled reconciled:
                _positions[reconciled.Symbol] =
                _positions.GetValueOrDefault(reconciled.Symbol) + reconciled.Adjustment; break;
        }
    }

    /// <returns>false where the order is there already.</returns>
    public bool Intend(OrderIntended intent)
    {
        var ticket = new Ticket(intent);
        if (!_tickets.TryAdd(intent.Order.ClientId, ticket)) return false;
        _open.Add(ticket);
        return true;
    }

    /// <summary>Books the answer of a venue; without one the order is unknown.</summary>
    public void Answer(string clientId, BrokerOrderStatus? status)
    {
        if (!_tickets.TryGetValue(clientId, out var ticket)) return;
        if (status is null) ticket.Unknown = !ticket.State.IsFinal();
        else Take(ticket, status);
    }

    private static void Take(Ticket ticket, BrokerOrderStatus status)
    {
        ticket.Unknown = false;
        if (status.VenueId.Length > 0) ticket.VenueId = status.VenueId;
        ticket.Filled = Math.Max(ticket.Filled, status.Filled);
        if (status.State is OrderState.New or OrderState.Closed) return;
        Become(ticket, status.State, status.Reason);
    }

    // Steps that a venue did not tell of are made up; what would go backwards is old news.
    private static void Become(Ticket ticket, OrderState state, string reason)
    {
        if (ticket.State == OrderState.New && state != OrderState.Rejected && state != OrderState.Submitted)
            ticket.State = OrderState.Submitted;
        if (!ticket.State.CanBecome(state)) return;
        ticket.State = state;
        if (reason.Length > 0) ticket.Reason = reason;
    }

    /// <summary>Books what the venue told.</summary>
    /// <param name="trade">The trade that a fill changed; null where none did.</param>
    /// <returns>false where it was known.</returns>
    public bool Report(BrokerEvent e, out AccountTrade? trade)
    {
        trade = null;
        if (e.Sequence > VenueSequence) VenueSequence = e.Sequence;
        if (_tickets.TryGetValue(e.Status.ClientId, out var ticket)) Take(ticket, e.Status);
        if (e.Fill is not { } fill || !_executions.Add(fill.ExecutionId)) return e.Fill is null;
        var multiplier = multiplierOf(fill.Symbol);
        Cash -= (int)fill.Side * fill.Price * fill.Quantity * multiplier + fill.Fee;
        Fees += fill.Fee;
        var position = _positions.GetValueOrDefault(fill.Symbol) + (int)fill.Side * fill.Quantity;
        _positions[fill.Symbol] = Math.Abs(position) < 1e-9 * fill.Quantity ? 0 : position;
        if (ticket is not null)
            trade = fill.Leg.Length == 0 && ticket.Order.Closes is null ? Enter(ticket, fill) : Exit(ticket, fill, multiplier);
        if (fill.Leg.Length > 0 && trade is not null) Hit?.Invoke(trade, fill);
        return true;
    }

    private AccountTrade Enter(Ticket ticket, BrokerFill fill)
    {
        if (!_trades.TryGetValue(fill.ClientId, out var trade))
            _trades.Add(fill.ClientId, trade = new AccountTrade(ticket.Strategy, ticket.Intent.Trade, fill.Symbol, fill.Side,
                fill.ClientId)
            { EntryTime = fill.At });
        var entered = trade.Quantity + fill.Quantity;
        trade.EntryPrice = trade.Quantity == 0 ? fill.Price : (trade.EntryPrice * trade.Quantity + fill.Price * fill.Quantity) / entered;
        trade.Quantity = entered;
        trade.Open += fill.Quantity;
        trade.Fees += fill.Fee;
        trade.State = TradeState.Active;
        if (!_active.Contains(trade)) _active.Add(trade);
        return trade;
    }

    private AccountTrade? Exit(Ticket ticket, BrokerFill fill, double multiplier)
    {
        if (!_trades.TryGetValue(ticket.Order.Closes ?? fill.ClientId, out var trade)) return null;
        trade.Open = trade.Open - fill.Quantity <= 1e-9 * trade.Quantity ? 0 : trade.Open - fill.Quantity;
        trade.ExitNotional += fill.Price * fill.Quantity;
        var closed = trade.Quantity - trade.Open;
        trade.ExitPrice = fill.Quantity == closed ? fill.Price : trade.ExitNotional / closed;
        trade.Profit += (int)trade.Side * (fill.Price - trade.EntryPrice) * fill.Quantity * multiplier;
        trade.Fees += fill.Fee;
        trade.ExitTime = fill.At;
        trade.Why = fill.Leg.Length > 0 ? fill.Leg : ticket.Intent.Reason.ToString().ToLowerInvariant();
        if (trade.Open > 0) return trade;
        trade.State = TradeState.Closed;
        _active.Remove(trade);
        return trade;
    }

    /// <summary>Final orders of which nothing more will be heard: an entry once its trade is over too.</summary>
    public List<Ticket> Settled()
    {
        List<Ticket> settled = [];
        foreach (var ticket in _open)
            if (ticket.State.IsFinal() && ticket.State != OrderState.Closed
                && TradeOf(ticket.Order.ClientId) is null or { State: TradeState.Closed })
                if (ticket.State.IsFinal())
                    settled.Add(ticket);
        return settled;
    }

    public void Close(string clientId)
    {
        if (!_tickets.TryGetValue(clientId, out var ticket) || !ticket.State.CanBecome(OrderState.Closed)) return;
        ticket.Ended = ticket.State;
        ticket.State = OrderState.Closed;
        _open.Remove(ticket);
    }
}
