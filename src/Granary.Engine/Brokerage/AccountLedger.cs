using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Brokerage;

/// <summary>
/// Orders, trades, positions and cash of an account, computed from its events. The same events give the same state; a repeated fill
/// is booked once, and an event out of order never moves a state backwards.
/// </summary>
/// <param name="multiplierOf">Currency units per unit of price and quantity, by symbol.</param>
public sealed class AccountLedger(double cash, Func<string, double> multiplierOf)
{
    private readonly Dictionary<string, TrackedOrder> _orders = new(StringComparer.Ordinal);
    private readonly List<TrackedOrder> _open = [];
    private readonly HashSet<string> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountTrade> _trades = new(StringComparer.Ordinal);
    private readonly List<AccountTrade> _active = [];
    private readonly NetPositions _positions = new();
    private readonly HashSet<string> _blocked = new(StringComparer.Ordinal);
    private readonly CurrencyBalances _balances = new(cash, [], new ExecutionSettings());
    // The place of each symbol among the instruments of the balances.
    private readonly Dictionary<string, int> _marketOf = new(StringComparer.Ordinal);

    /// <summary>Creates the ledger of an account whose instruments may be in other currencies.</summary>
    /// <param name="instruments">With the rates that count for the account.</param>
    /// <param name="execution">Whether results of trades are converted, and at which spread.</param>
    internal AccountLedger(double cash, Instrument[] instruments, ExecutionSettings execution)
        : this(cash, MultipliersOf(instruments))
    {
        _balances = new CurrencyBalances(cash, instruments, execution);
        for (var i = 0; i < instruments.Length; i++) _marketOf.Add(instruments[i].Symbol, i);
    }

    private static Func<string, double> MultipliersOf(Instrument[] instruments)
    {
        var multipliers = instruments.ToDictionary(i => i.Symbol, i => i.Multiplier, StringComparer.Ordinal);
        return symbol => multipliers[symbol];
    }

    public double StartingCash { get; } = cash;

    /// <summary>All balances at the rates of now.</summary>
    public double Cash => _balances.Cash;

    /// <summary>The balances in other currencies than the account's, with their rates of now.</summary>
    internal IReadOnlyList<(string Currency, double Amount, double Rate)> Balances => _balances.Others;

    /// <summary>Paid since the start, at the rates of the payments.</summary>
    public double Fees { get; private set; }

    /// <summary>Dividends received less those owed, borrow fees and interest, at the rates of the payments.</summary>
    public double Financing { get; private set; }

    /// <summary>Funding of perpetual futures received less that paid, a part of <see cref="Financing"/>.</summary>
    public double Funding { get; private set; }

    /// <summary>
    /// Called when the venue has reported that the stop, target or trailing stop of a trade was hit (the fill's leg says which): once for
    /// each fill, when it is booked.
    /// </summary>
    public Action<AccountTrade, BrokerFill>? Hit { get; set; }

    /// <summary>Called after a fill, a split or a roll of a trade was booked; null for no call.</summary>
    internal Action<AccountTrade, BrokerEvent>? Booked { get; set; }

    /// <summary>Called with the previous state when an order changes its state; null for no call.</summary>
    internal Action<TrackedOrder, OrderState>? Changed { get; set; }

    /// <summary>Sequence number of the venue up to which all events are booked.</summary>
    public long VenueSequence { get; private set; }

    public int Fills => _executions.Count;

    /// <summary>Value of all fills, purchases plus sales, at the rates of their times.</summary>
    public double Traded { get; private set; }

    internal IReadOnlyCollection<TrackedOrder> TrackedOrders => _orders.Values;

    /// <summary>Orders that are not closed, in the order of their intents.</summary>
    internal IReadOnlyList<TrackedOrder> OpenOrders => _open;

    /// <summary>By the client id of the entry.</summary>
    public IReadOnlyDictionary<string, AccountTrade> Trades => _trades;

    /// <summary>The open ones, in the order of their entries' first fills; at one time in the order of the intents.
    /// </summary>
    public IReadOnlyList<AccountTrade> ActiveTrades => _active;

    /// <summary>Signed base units by symbol; flat ones are 0.</summary>
    public IReadOnlyDictionary<string, double> Positions => _positions.BySymbol;

    /// <summary>Differences to the venue that were found in comparisons.</summary>
    public int Differences { get; private set; }

    /// <summary>Symbols whose position differed from the venue's. No entries are made in them until the operator resumes.</summary>
    public IReadOnlySet<string> Blocked => _blocked;

    /// <summary>Marks the differences as checked by the operator.</summary>
    public void Unblock() => _blocked.Clear();

    /// <summary>Orders that may or may not have reached the venue.</summary>
    internal List<TrackedOrder> Unresolved()
    {
        List<TrackedOrder> found = [];
        foreach (var order in _open)
            if (order.Unknown || order.State == OrderState.New)
                found.Add(order);
        return found;
    }

    internal TrackedOrder? Find(string clientId) => _orders.GetValueOrDefault(clientId);

    public AccountTrade? TradeOf(string entry) => _trades.GetValueOrDefault(entry);

    public double PositionOf(string symbol) => _positions.Of(symbol);

    /// <summary>The largest rounding error that the position in a symbol can have, base units.</summary>
    public double RoundingOf(string symbol) => _positions.RoundingOf(symbol);

    /// <summary>Values the account at the rates of a time.</summary>
    /// <param name="time">UTC ticks; an earlier one than the last changes nothing.</param>
    internal void Reach(long time) => _balances.Reach(time);

    /// <summary>The rate of now of a symbol's currency.</summary>
    internal double RateOf(string symbol) => _balances.RateOf(PlaceOf(symbol));

    /// <summary>Worth of a closed trade's result now: it stays in its currency, or was converted.</summary>
    /// <param name="local">In the currency of the prices.</param>
    /// <param name="converted">At the rate of its close.</param>
    internal double WorthOf(string symbol, double local, double converted) =>
        _balances.Converts || BalanceOf(symbol) is null ? converted : local * RateOf(symbol);

    private int PlaceOf(string symbol) => _marketOf.GetValueOrDefault(symbol, -1);

    // Null for the account's own.
    private ForeignBalance? BalanceOf(string symbol) => _balances.Of(PlaceOf(symbol));

    private double RateAt(string symbol, long time) => _balances.RateAt(PlaceOf(symbol), time);

    /// <summary>Books an event that a journal holds.</summary>
    internal void Apply(JournalEvent e)
    {
        switch (e)
        {
            case OrderIntended intent: Intend(intent); break;
            case OrderAnswered answer: Answer(answer.ClientId, answer.Status); break;
            case VenueReported report: Report(report.Event, out _); break;
            case OrderClosed closed: Close(closed.ClientId); break;
            case Reconciled reconciled: Adjust(reconciled); break;
        }
    }

    private void Adjust(Reconciled found)
    {
        Differences++;
        if (found.Adjustment == 0) return;
        _positions.Adjust(found.Symbol, found.Adjustment);
        _blocked.Add(found.Symbol);
    }

    /// <returns>false where the order is there already.</returns>
    internal bool Intend(OrderIntended intent)
    {
        var order = new TrackedOrder(intent, _orders.Count);
        if (!_orders.TryAdd(intent.Order.ClientId, order)) return false;
        _open.Add(order);
        return true;
    }

    /// <summary>Books the answer of a venue; without one the order is unknown.</summary>
    public void Answer(string clientId, BrokerOrderStatus? status)
    {
        if (!_orders.TryGetValue(clientId, out var order)) return;
        if (status is null) order.Unknown = !order.State.IsFinal();
        else Take(order, status);
    }

    private void Take(TrackedOrder order, BrokerOrderStatus status)
    {
        order.Unknown = false;
        if (status.VenueId.Length > 0) order.VenueId = status.VenueId;
        order.Filled = Math.Max(order.Filled, status.Filled);
        if (status.State is OrderState.New or OrderState.Closed) return;
        Become(order, status.State, status.Reason);
    }

    // Adds the intermediate states that the venue did not report. Ignores a state older than the current one.
    private void Become(TrackedOrder order, OrderState state, string reason)
    {
        if (order.State == OrderState.New && state != OrderState.Rejected && state != OrderState.Submitted)
            Put(order, OrderState.Submitted);
        if (!order.State.CanBecome(state)) return;
        if (reason.Length > 0) order.Reason = reason;
        Put(order, state);
    }

    private void Put(TrackedOrder order, OrderState state)
    {
        var before = order.State;
        order.State = state;
        if (before != state) Changed?.Invoke(order, before);
    }

    /// <summary>Books what the venue reported. Drops a duplicate: a fill that the venue reported before.</summary>
    /// <param name="trade">The trade that a fill changed; null where none did.</param>
    /// <returns>false where it was known.</returns>
    public bool Report(BrokerEvent e, out AccountTrade? trade)
    {
        trade = null;
        if (e.Sequence > VenueSequence)
        {
            VenueSequence = e.Sequence;
            if (e.Financing is { } financing) Finance(financing);
            if (e.Split is { } split) Split(split);
            if (e.Roll is { } roll) Roll(roll);
            if ((e.Split?.ClientId ?? e.Roll?.ClientId) is { } moved && _trades.TryGetValue(moved, out var held)) Booked?.Invoke(held, e);
        }
        if (_orders.TryGetValue(e.Status.ClientId, out var order)) Take(order, e.Status);
        if (e.Fill is not { } fill || !_executions.Add(fill.ExecutionId)) return e.Fill is null;
        var multiplier = multiplierOf(fill.Symbol);
        Book(fill.Symbol, fill.Side, fill.Quantity, fill.Price, fill.Fee, fill.At);
        _positions.Book(fill.Symbol, fill.Side, fill.Quantity);
        if (order is not null && fill.Leg.Length == 0) order.Booked += fill.Quantity;
        if (order is not null)
            trade = fill.Leg.Length == 0 && order.Order.Closes is null ? Enter(order, fill, multiplier) : Exit(order, fill, multiplier);
        if (trade is not null)
        {
            Settle(trade, fill.At);
            Booked?.Invoke(trade, e);
        }
        if (fill.Leg.Length > 0 && trade is not null) Hit?.Invoke(trade, fill);
        return true;
    }

    private void Book(string symbol, Side side, double quantity, double price, double fee, long time)
    {
        var (multiplier, rate) = (multiplierOf(symbol), RateAt(symbol, time));
        _balances.Pay(PlaceOf(symbol), -((int)side * quantity * price * multiplier + fee));
        Fees += fee * rate;
        Traded += quantity * Math.Abs(price) * multiplier * rate;
    }

    // The result of a closed trade counts at the rate of its close, and is converted there if the account does that. What a venue reports
    // afterwards is added.
    private void Settle(AccountTrade trade, long time)
    {
        if (trade.State != TradeState.Closed || BalanceOf(trade.Symbol) is not { } balance) return;
        var net = trade.NetProfit - trade.Settled;
        // Fills without a trade may have left amounts, so that a balance is never taken as rounding.
        trade.Settle(net, balance.Settle(net, time, isLast: false));
    }

    // A cost of a trade, or one of the account itself. Interest of a balance is converted as the results of trades are.
    private void Finance(BrokerFinancing financing)
    {
        if (financing is { ClientId: "", Kind: FinancingKind.BalanceInterest } && BalanceOf(financing.Symbol) is { } balance)
        {
            Financing += financing.Amount * balance.PayInterest(financing.Amount, financing.At);
            return;
        }
        if (financing is { ClientId: "", Symbol: "", Kind: FinancingKind.WriteOff } && _balances.HasOthers)
        {
            // The broker has closed the account: later rates change nothing any more.
            Financing += financing.Amount;
            _balances.Clear();
            return;
        }
        _balances.Pay(PlaceOf(financing.Symbol), financing.Amount);
        var amount = financing.Amount * RateAt(financing.Symbol, financing.At);
        Financing += amount;
        if (financing.Kind == FinancingKind.Funding) Funding += amount;
        if (!_trades.TryGetValue(financing.ClientId, out var trade)) return;
        trade.Finance(financing.Amount);
        Settle(trade, financing.At);
    }

    private void Split(BrokerSplit split)
    {
        foreach (var order in _orders.Values)
            if (order.Order.ClientId == split.ClientId || order.Order.Closes == split.ClientId)
                order.Split(split);
        if (!_trades.TryGetValue(split.ClientId, out var trade)) return;
        _positions.Adjust(split.Symbol, (int)trade.Side * trade.Open * (split.Ratio - 1));
        trade.Split(split.Ratio);
    }

    private void Roll(BrokerRoll roll)
    {
        if (!_trades.TryGetValue(roll.ClientId, out var trade)) return;
        Book(roll.Symbol, (Side)(-(int)trade.Side), roll.Quantity, roll.OldPrice, 0, roll.At);
        Book(roll.Symbol, trade.Side, roll.Quantity, roll.NewPrice, roll.Fee, roll.At);
        trade.Roll(roll.NewPrice - roll.OldPrice, roll.Fee, multiplierOf(roll.Symbol));
    }

    private AccountTrade Enter(TrackedOrder order, BrokerFill fill, double multiplier)
    {
        if (!_trades.TryGetValue(fill.ClientId, out var trade))
            _trades.Add(fill.ClientId, trade = new AccountTrade(order.Strategy, order.Intent.Trade, fill.Symbol, fill.Side,
                fill.ClientId, order.Number)
            { EntryTime = fill.At });
        // The venue reports fills in any order.
        trade.EntryTime = Math.Min(trade.EntryTime, fill.At);
        trade.Enter(fill, multiplier);
        _active.Remove(trade);
        var later = _active.FindIndex(t => (t.EntryTime, t.Order).CompareTo((trade.EntryTime, trade.Order)) > 0);
        _active.Insert(later < 0 ? _active.Count : later, trade);
        return trade;
    }

    private AccountTrade? Exit(TrackedOrder order, BrokerFill fill, double multiplier)
    {
        if (!_trades.TryGetValue(order.Order.Closes ?? fill.ClientId, out var trade)) return null;
        trade.Exit(fill, multiplier);
        if (fill.At >= trade.ExitTime)
        {
            trade.ExitTime = fill.At;
            trade.Why = fill.Leg.Length > 0 ? fill.Leg : order.Intent.Reason.ToString().ToLowerInvariant();
        }
        if (trade.Open > 0) return trade;
        trade.State = TradeState.Closed;
        _active.Remove(trade);
        return trade;
    }

    /// <summary>Final orders that get no more events: an entry only after its trade is closed.</summary>
    internal List<TrackedOrder> Settled()
    {
        List<TrackedOrder> settled = [];
        foreach (var order in _open)
            if (order.State.IsFinal() && order.State != OrderState.Closed
                && TradeOf(order.Order.ClientId) is null or { State: TradeState.Closed })
                if (order.State.IsFinal())
                    settled.Add(order);
        return settled;
    }

    public void Close(string clientId)
    {
        if (!_orders.TryGetValue(clientId, out var order) || !order.State.CanBecome(OrderState.Closed)) return;
        order.Ended = order.State;
        Put(order, OrderState.Closed);
        _open.Remove(order);
    }
}
