using System.Text;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Brokerage;

/// <summary>
/// A venue in memory that fills orders against given bars. Its account is a strategy's, with a book for each symbol. It can add
/// latency, partial fills and failures. The same calls always give the same state.
/// </summary>
/// <remarks>
/// An order works from the first bar that opens after its arrival. A market order that arrives within a bar fills on the straight line from
/// that bar's open to its close.
/// </remarks>
internal sealed class SimulatedExchange
{
    private sealed class WorkingOrder
    {
        public required BrokerOrder Order;
        public required string VenueId;
        public OrderState State = OrderState.Submitted;
        public string Reason = "";
        public double Filled;
        // The trade that an entry opens; 0 until the book has it.
        public int Trade;
        // Cash of that trade besides its fills.
        public double Financing;

        public bool Waits => !State.IsFinal();

        public BrokerOrderStatus Status => new(Order.ClientId, VenueId, State, Filled, Reason);
    }

    // A symbol of the account.
    private sealed class Market(SimulatedExchange exchange, Instrument instrument, Timeframe timeframe) : IRunListener
    {
        public Instrument Instrument => instrument;

        /// <summary>Why nothing can be traded after its last bar; null if something can.</summary>
        public string? End => instrument.EndAt(timeframe, Last.Time);

        public StrategyBook Book = null!;
        public Bar Last;
        public long Bars;

        public RunEventKinds Kinds => RunEventKinds.Order | RunEventKinds.Fill | RunEventKinds.Trade | RunEventKinds.Financing
            | RunEventKinds.Split | RunEventKinds.Roll | RunEventKinds.CashShort;

        public void On(in RunEvent e) => exchange.On(this, e);
    }

    private const string NoEquity = "the account had no equity left and was closed", Liquidated = "the account was liquidated",
        ByClient = "cancelled by the client", NoCash = "the account cannot pay for it";

    private readonly PaperSettings _settings;
    private readonly ExecutionSettings _execution;
    private readonly IReadOnlyDictionary<string, Instrument> _instruments;
    private readonly Dictionary<string, WorkingOrder> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<OrderId, WorkingOrder> _waiting = [];
    // The entries by the number of their trade.
    private readonly Dictionary<int, WorkingOrder> _entries = [];
    // Orders for symbols without a bar.
    private readonly List<WorkingOrder> _early = [];
    private readonly List<BrokerEvent> _events = [];
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Market> _markets = new(StringComparer.Ordinal);
    private readonly VenueFaults _faults = new();
    private readonly BlockCalendar _calendar = new();
    private readonly SharedAccount _account;
    private readonly AccountSlice _slice;
    private long _timestamp = long.MinValue;
    private int _executions;
    // The order that a book is taking.
    private WorkingOrder? _taken;
    private string _why = "";

    public SimulatedExchange(PaperSettings settings, ExecutionSettings execution, IReadOnlyDictionary<string, Instrument> instruments)
    {
        (_settings, _execution, _instruments) = (settings, execution, instruments);
        _account = new SharedAccount(settings.Cash, execution);
        _slice = new AccountSlice(_account, execution);
    }

    public double Cash => _account.Cash;

    public long Timestamp => _timestamp;

    /// <summary>Whether an order is waiting, a trade is open, cash earns, or a debt grows with a rate.</summary>
    public bool HasWork => _early.Count > 0 || _execution.Interest is not null || _account.Owes && !_account.IsRuined
        || _markets.Values.Any(m => m.Book.HasWork);

    // ---- what a client asks ----

    /// <summary>Accepts an order; for a known id it returns the state of that order.</summary>
    public BrokerOrderStatus Submit(BrokerOrder order)
    {
        if (_orders.TryGetValue(order.ClientId, out var known)) return known.Status;
        var working = new WorkingOrder { Order = order, VenueId = $"P{_orders.Count + 1}" };
        _orders.Add(order.ClientId, working);
        if (Refusal(order) is { } reason)
        {
            (working.State, working.Reason) = (OrderState.Rejected, reason);
            Tell(working, null);
        }
        else if (_markets.TryGetValue(order.Symbol, out var market)) Take(market, working, market.Last.Time, 0);
        else _early.Add(working);
        return working.Status;
    }

    /// <summary>
    /// Whether a submission's answer is lost, and whether the order had arrived; only the first submission of an order can be lost.
    /// </summary>
    public (bool Lost, bool Arrived) AnswerOf(string clientId)
    {
        var attempt = _asked[clientId] = _asked.GetValueOrDefault(clientId) + 1;
        if (attempt > 1 || Draw(clientId, 5) >= _settings.TimeoutShare) return (false, true);
        return (true, Draw(clientId, 6) < 0.5);
    }

    private string? Refusal(BrokerOrder order)
    {
        if (_account.IsRuined) return NoEquity;
        if (!_instruments.TryGetValue(order.Symbol, out var instrument)) return $"unknown symbol {order.Symbol}";
        if (!(order.Quantity > 0)) return "the quantity is not positive";
        if (instrument.DelistedAt > 0 && order.CreatedAt > instrument.DelistedAt) return $"{order.Symbol} was delisted";
        if (_markets.TryGetValue(order.Symbol, out var market) && market.End is { } end) return end;
        var price = order.LimitPrice > 0 ? order.LimitPrice : order.StopPrice > 0 ? order.StopPrice : market?.Last.Close ?? 0;
        if (order.Closes is null && instrument.MinimumOf(order.Quantity, price) is > 0 and var minimum)
            return FormattableString.Invariant($"the order is below the instrument's minimum of {minimum}");
        if (order.Closes is { } entry && !(OpenOf(entry) > 0)) return "there is nothing open to close";
        if (!_settings.Short && order is { Closes: null, Side: Side.Sell }) return "a spot market cannot sell short";
        if (_settings.OrderTypes?.Contains(order.Type) == false) return $"the exchange has no {order.Type.Word()} orders";
        return Draw(order.ClientId, 4) < _settings.RejectShare ? "refused at random, as its settings ask" : null;
    }

    private double OpenOf(string entry) => _orders.TryGetValue(entry, out var order) && order.Trade > 0
        && _markets.TryGetValue(order.Order.Symbol, out var market) ? market.Book.OpenQuantityOf(order.Trade) : 0;

    // Gives an order to the book of its symbol. The index is that of the bar at whose close it came; -1 = it waits for the bound bar.
    private void Take(Market market, WorkingOrder working, long made, int index)
    {
        var order = working.Order;
        var arrives = order.CreatedAt + (long)(_settings.Latency.Ticks * (0.5 + Draw(order.ClientId, 1)));
        var parts = Draw(order.ClientId, 2) < _settings.PartialShare ? 2 + (int)(Draw(order.ClientId, 3) * 3) : 1;
        var request = new OrderRequest(order.Side, order.Quantity)
        {
            Type = order.Type,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            TimeInForce = order.TimeInForce,
            ExpiresAt = order.ExpiresAt,
        };
        _taken = working;
        if (order.Closes is null) market.Book.TakeEntry(request, order.Protection, (arrives, parts), made, index);
        else market.Book.TakeExit(_orders[order.Closes].Trade, request, (arrives, parts), made, index);
        _taken = null;
    }

    public BrokerOrderStatus? Cancel(string clientId)
    {
        if (!_orders.TryGetValue(clientId, out var working)) return null;
        if (!working.Waits) return working.Status;
        _why = ByClient;
        if (_early.Remove(working)) End(working, OrderState.Cancelled);
        else if (_waiting.FirstOrDefault(w => w.Value == working) is { Value: not null } found)
            _markets[working.Order.Symbol].Book.Cancel(found.Key, 0);
        _why = "";
        return working.Status;
    }

    public BrokerOrderStatus? MoveStop(string clientId, double price)
    {
        if (!_orders.TryGetValue(clientId, out var working)) return null;
        if (working.Trade > 0) _markets[working.Order.Symbol].Book.MoveStopOf(working.Trade, price);
        else working.Order = working.Order with { Protection = working.Order.Protection with { StopPrice = price } };
        return working.Status;
    }

    public BrokerOrderStatus? Protect(string clientId, double stop, double target)
    {
        if (!_orders.TryGetValue(clientId, out var working)) return null;
        var terms = Protection.Fixed(stop, target);
        working.Order = working.Order with { Protection = terms };
        if (working.Trade > 0) _markets[working.Order.Symbol].Book.ProtectTrade(working.Trade, terms);
        return working.Status;
    }

    public BrokerOrderStatus? Find(string clientId) => _orders.TryGetValue(clientId, out var working) ? working.Status : null;

    public IReadOnlyList<BrokerEvent> Poll(long after) =>
        after >= _events.Count ? [] : _events.GetRange((int)after, _events.Count - (int)after);

    public BrokerSnapshot Snapshot() => new(
        _markets.Where(m => m.Value.Book.NetQuantity != 0).ToDictionary(m => m.Key, m => m.Value.Book.NetQuantity, StringComparer.Ordinal),
        Cash, [.. _orders.Values.Where(w => w.Waits).Select(w => w.Status)]);

    // ---- bars ----

    /// <summary>Fills the orders of each symbol against its bar that closes now.</summary>
    /// <param name="timestamp">The close, UTC ticks.</param>
    public void OnBars(long timestamp, IReadOnlyList<ClosedBar> bars)
    {
        if (timestamp <= _timestamp) return;
        _timestamp = timestamp;
        if (bars.Count == 0) return;
        var time = bars.Max(b => b.Bar.Time);
        foreach (var market in _markets.Values) market.Book.BeginSlice(time);
        Market[] now = [.. bars.Select(Bind)];
        _account.BookInterest(time);
        foreach (var market in now) _slice.Add(market.Book, 0);
        _slice.Process();
        foreach (var market in now) market.Book.KeepClose(0);
        foreach (var market in _markets.Values) market.Book.ValueAtClose(0);
        var isCross = _execution.Margin == MarginMode.Cross;
        var equity = _account.Mark(out var holds);
        if (!holds)
        {
            // No trade bears what the broker writes off.
            if (_account.EndFlat(equity))
                _events.Add(new BrokerEvent(_events.Count + 1, null, new BrokerOrderStatus("", "", OrderState.Closed, 0, ""))
                { Financing = new BrokerFinancing("", "", FinancingKind.WriteOff, -equity, time) });
        }
        else if (equity <= _account.Floor)
            foreach (var market in _markets.Values) market.Book.Liquidate(0);
        if (!_account.IsRuined) return;
        _why = isCross ? Liquidated : NoEquity;
        foreach (var market in _markets.Values) market.Book.CancelWaiting(time);
        _why = "";
    }

    private Market Bind(ClosedBar closed)
    {
        if (!_markets.TryGetValue(closed.Symbol, out var market)) market = Open(closed);
        var before = (market.Last.Time, market.Bars == 0 ? double.NaN : market.Last.Close);
        var block = BarBlock.FromBars(market.Bars++, [closed.Bar]);
        market.Book.Bind(block, block, _calendar, before);
        market.Book.Begin(0);
        market.Book.BeginSlice();
        market.Last = closed.Bar;
        foreach (var early in _early.Where(w => w.Order.Symbol == closed.Symbol).ToList())
        {
            _early.Remove(early);
            Take(market, early, early.Order.CreatedAt - 1, -1);
        }
        return market;
    }

    private Market Open(in ClosedBar closed)
    {
        var (instrument, timeframe) = (_instruments[closed.Symbol], closed.Timeframe);
        // A venue does not close positions in a symbol that leaves a universe.
        var traded = instrument.Membership is { } members ? instrument with { Membership = members.Held } : instrument;
        // The client closes what a lender recalls.
        if (instrument.Borrow.ClosesRecalled) traded = traded with { Borrow = instrument.Borrow.Held };
        var series = new MarketSeries(traded, timeframe);
        var market = new Market(this, instrument, timeframe);
        var settings = new TradingSettings { Cash = _settings.Cash, ResizeToCash = true };
        market.Book = new StrategyBook(series, settings, _execution, market, _account, _markets.Count, everyFill: true);
        market.Book.Serve(_faults, trade => _entries[trade].Order.Protection);
        _markets.Add(closed.Symbol, market);
        market.Book.Open();
        return market;
    }

    // ---- what the books book ----

    private void On(Market market, in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Order: OnOrder(market, e.Order); break;
            case RunEventKinds.CashShort: _why = NoCash; break;
            case RunEventKinds.Fill: OnFill(e.Fill); break;
            case RunEventKinds.Trade when e.IsClosedTrade: OnTrade(e.Trade); break;
            case RunEventKinds.Financing when e.Number == 0:
                // It belongs to no order.
                _events.Add(new BrokerEvent(_events.Count + 1, null, new BrokerOrderStatus("", "", OrderState.Filled, 0, "interest"))
                {
                    Financing = new BrokerFinancing("", e.Financing.Kind == FinancingKind.CashInterest ? "" : market.Instrument.Symbol,
                        e.Financing.Kind, e.Financing.Amount, e.Time),
                });
                break;
            case RunEventKinds.Financing:
                var paid = e.Financing;
                Pay(market, e.Number, paid.Kind, paid.Amount * market.Book.OpenQuantityOf(e.Number), e.Time);
                break;
            case RunEventKinds.Split:
                OnSplit(_entries[e.Number], e.Split.Ratio, e.Time);
                break;
            case RunEventKinds.Roll:
                OnRoll(market, e.Roll);
                break;
        }
    }

    // The book splits the orders that wait; what they have filled is in new shares too.
    private void OnSplit(WorkingOrder entry, double ratio, long time)
    {
        foreach (var working in _waiting.Values)
            if (working == entry || working.Order.Closes == entry.Order.ClientId)
                working.Filled *= ratio;
        _events.Add(new BrokerEvent(_events.Count + 1, null, entry.Status)
        { Split = new BrokerSplit(entry.Order.ClientId, entry.Order.Symbol, ratio, time) });
    }

    private void OnRoll(Market market, in RollEvent roll)
    {
        var (entry, change) = (_entries[roll.Number], market.Instrument.Changes[roll.Change]);
        _events.Add(new BrokerEvent(_events.Count + 1, null, entry.Status)
        {
            Roll = new BrokerRoll(entry.Order.ClientId, entry.Order.Symbol, change.From, change.To, roll.Quantity, roll.OldPrice,
                roll.NewPrice, roll.Commission, roll.Time),
        });
    }

    private void OnOrder(Market market, in Order order)
    {
        if (order.State == OrderState.Submitted)
        {
            // Orders without one are the venue's own, such as the rest of a stop that a bar's volume has not filled.
            if (_taken is not { } taken) return;
            _taken = null;
            _waiting[order.Id] = taken;
            if (order.Role != OrderRole.Entry) return;
            taken.Trade = order.TradeNumber;
            _entries[order.TradeNumber] = taken;
            return;
        }
        _waiting.TryGetValue(order.Id, out var working);
        if (order.State is OrderState.Filled or OrderState.PartiallyFilled)
        {
            if (working is not null) (working.State, working.Filled) = (order.State, order.FilledQuantity);
            return;
        }
        _faults.Forget(order.Id);
        if (!_waiting.Remove(order.Id)) return;
        End(working!, order.State, WhyOf(market, working!, order.State));
    }

    private string WhyOf(Market market, WorkingOrder working, OrderState state)
    {
        var (why, symbol, time) = (_why, working.Order.Symbol, market.Last.Time);
        if (why == NoCash) _why = "";
        return why.Length > 0 ? why
            : state == OrderState.Expired ? "its time was over"
            : state == OrderState.Rejected && market.Instrument.Borrow.IsGiven && working.Order is { Side: Side.Sell, Closes: null }
            ? $"data.borrow has no more of {symbol} to borrow"
            : market.End ?? (_account.IsRuined ? _execution.Margin == MarginMode.Cross ? Liquidated : NoEquity
            : working.Order.Closes is not null ? "there is nothing left to close"
            : market.Instrument.Membership?.Contains(time) == false ? $"{symbol} is not in the universe" : "its trade was closed");
    }

    private void OnFill(in TradeFill fill)
    {
        if (_waiting.TryGetValue(fill.Order, out var working))
        {
            if (working.State == OrderState.Filled) _waiting.Remove(fill.Order);
            Tell(working, fill, "", working.Order.Side);
        }
        else Hit(fill);
    }

    private void OnTrade(in Trade trade)
    {
        if (!_entries.Remove(trade.Number, out var entry)) return;
        entry.Trade = 0;
        // The broker bears the loss beyond zero, and keeps what is left of a liquidated account.
        var missing = trade.Financing / trade.Rate - entry.Financing;
        if (Math.Abs(missing) <= _settings.Cash * Tolerance.Arithmetic) return;
        Tell(entry, new BrokerFinancing(entry.Order.ClientId, entry.Order.Symbol, FinancingKind.WriteOff, missing, trade.ExitTime));
    }

    // A fill that no order of the client's has asked for.
    private void Hit(in TradeFill fill)
    {
        var entry = _entries[fill.Number];
        Tell(entry, fill, fill.Reason == ExitReason.TrailingStop ? "trail" : fill.Reason.Word(), (Side)(-(int)entry.Order.Side));
    }

    private void Pay(Market market, int trade, FinancingKind kind, double amount, long time)
    {
        var entry = _entries[trade];
        entry.Financing += amount;
        Tell(entry, new BrokerFinancing(entry.Order.ClientId, market.Instrument.Symbol, kind, amount, time));
    }

    private void End(WorkingOrder working, OrderState state, string? why = null)
    {
        (working.State, working.Reason) = (state, why ?? _why);
        Tell(working, null);
    }

    private void Tell(WorkingOrder to, in TradeFill fill, string leg, Side side) => _events.Add(new BrokerEvent(_events.Count + 1,
        new BrokerFill($"X{++_executions}", to.Order.ClientId, leg, to.Order.Symbol, side, fill.Price, fill.Quantity, fill.Commission,
            fill.Time), to.Status));

    private void Tell(WorkingOrder to, BrokerFinancing? financing) =>
        _events.Add(new BrokerEvent(_events.Count + 1, null, to.Status) { Financing = financing });

    // Uniform in [0, 1); a function of the seed, the order's id and the index of the draw.
    private double Draw(string clientId, uint which)
    {
        var h = _settings.Seed * 0x9E3779B97F4A7C15 + which * 0xD6E8FEB86659FD93;
        foreach (var b in Encoding.UTF8.GetBytes(clientId)) h = (h ^ b) * 0x100000001B3;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93;
        h ^= h >> 32;
        return (h >> 11) * (1.0 / (1UL << 53));
    }
}
