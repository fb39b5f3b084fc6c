using System.Runtime.InteropServices;
using System.Text;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Brokerage;

/// <summary>
/// A venue in memory that fills orders against given bars, by the same rules as the simulated account of a strategy. It can add latency,
/// partial fills and failures. The same calls always give the same state.
/// </summary>
/// <remarks>
/// An order works from the first bar that opens after its arrival. A market order that arrives within a bar fills on the straight line from
/// that bar's open to its close. Sequence within a bar: orders at the open, by submission; then stops, targets and liquidations; then the
/// remaining orders.
/// </remarks>
public sealed class SimulatedExchange(PaperSettings settings, ExecutionSettings execution, IReadOnlyDictionary<string,
    Instrument> instruments)
{
    private sealed class WorkingOrder
    {
        public required BrokerOrder Order;
        public required string VenueId;
        public OrderState State = OrderState.Submitted;
        public string Reason = "";
        public double Filled, FilledNotional, Open;
        public long Arrives;
        public int Parts, Part, BarsToWait;
        public Order Simulated;
        // The trade that an entry opened.
        public TradeProtection Levels = new() { TrailBest = double.NaN };
        public double EntryPrice;
        public long EntryTime = -1;
        // The times up to which interest and borrow fees, and dividends, have been booked.
        public long FinancedTo, DividendsTo;
        public bool AtOpen;
        // Whether the client has moved the stop.
        public bool StopMoved;

        public bool Waits => !State.IsFinal();

        public BrokerOrderStatus Status => new(Order.ClientId, VenueId, State, Filled, Reason);
    }

    private const string NoEquity = "the account had no equity left and was closed";

    private readonly Dictionary<string, WorkingOrder> _orders = new(StringComparer.Ordinal);
    // Pending and open orders, in the order of submission.
    private readonly List<WorkingOrder> _live = [];
    private readonly List<BrokerEvent> _events = [];
    private readonly NetPositions _positions = new();
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FillRule> _rules =
        instruments.ToDictionary(i => i.Key, i => new FillRule(i.Value, execution.For(i.Key)), StringComparer.Ordinal);
    private readonly Dictionary<string, double> _closes = new(StringComparer.Ordinal);
    // When the last bar of each symbol closed, UTC ticks.
    private readonly Dictionary<string, long> _closedAt = new(StringComparer.Ordinal);
    // The index of the next funding by symbol.
    private readonly Dictionary<string, int> _funded = new(StringComparer.Ordinal);
    private readonly FinancingRate _rate = new(execution);
    private CashAccount _account = new(settings.Cash);
    private long _timestamp = long.MinValue;
    private int _executions;
    // The entry of the trade that was closed last.
    private WorkingOrder? _lastClosed;
    private bool _isClosed;

    public double Cash => _account.Cash;

    public long Timestamp => _timestamp;

    /// <summary>Whether an order is waiting or a trade is open.</summary>
    public bool HasWork => _live.Count > 0;

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
            return working.Status;
        }
        working.Arrives = order.CreatedAt + (long)(settings.Latency.Ticks * (0.5 + Draw(order.ClientId, 1)));
        working.Parts = Draw(order.ClientId, 2) < settings.PartialShare ? 2 + (int)(Draw(order.ClientId, 3) * 3) : 1;
        var simulated = new Order
        {
            Type = order.Type,
            Side = order.Side,
            Quantity = order.Quantity,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            TimeInForce = order.TimeInForce,
            ExpiresAt = order.ExpiresAt,
        };
        working.Simulated = simulated;
        working.BarsToWait = execution.LatencyBars;
        _live.Add(working);
        return working.Status;
    }

    /// <summary>
    /// Whether a submission's answer is lost, and whether the order had arrived; only the first submission of an order can be lost.
    /// </summary>
    public (bool Lost, bool Arrived) AnswerOf(string clientId)
    {
        var attempt = _asked[clientId] = _asked.GetValueOrDefault(clientId) + 1;
        if (attempt > 1 || Draw(clientId, 5) >= settings.TimeoutShare) return (false, true);
        return (true, Draw(clientId, 6) < 0.5);
    }

    private string? Refusal(BrokerOrder order)
    {
        if (_isClosed) return NoEquity;
        if (!instruments.TryGetValue(order.Symbol, out var instrument)) return $"unknown symbol {order.Symbol}";
        if (!(order.Quantity > 0)) return "the quantity is not positive";
        if (instrument.DelistedAt > 0 && order.CreatedAt > instrument.DelistedAt) return $"{order.Symbol} was delisted";
        var price = order.LimitPrice > 0 ? order.LimitPrice : order.StopPrice > 0 ? order.StopPrice
            : _closes.GetValueOrDefault(order.Symbol);
        if (order.Closes is null && instrument.MinimumOf(order.Quantity, price) is > 0 and var minimum)
            return FormattableString.Invariant($"the order is below the instrument's minimum of {minimum}");
        if (order.Closes is { } entry && (!_orders.TryGetValue(entry, out var closed) || !(closed.Open > 0)))
            return "there is nothing open to close";
        if (!settings.Short && order is { Closes: null, Side: Side.Sell }) return "a spot market cannot sell short";
        if (settings.OrderTypes?.Contains(order.Type) == false) return $"the exchange has no {order.Type.Word()} orders";
        return Draw(order.ClientId, 4) < settings.RejectShare ? "refused at random, as its settings ask" : null;
    }

    public BrokerOrderStatus? Cancel(string clientId)
    {
        if (!_orders.TryGetValue(clientId, out var working)) return null;
        if (working.Waits) End(working, OrderState.Cancelled, "cancelled by the client");
        return working.Status;
    }

    public BrokerOrderStatus? MoveStop(string clientId, double price)
    {
        if (!_orders.TryGetValue(clientId, out var working)) return null;
        (working.Levels.Stop, working.StopMoved) = (price, true);
        return working.Status;
    }

    public BrokerOrderStatus? Find(string clientId) => _orders.TryGetValue(clientId, out var working) ? working.Status : null;

    public IReadOnlyList<BrokerEvent> Poll(long after) =>
        after >= _events.Count ? [] : _events.GetRange((int)after, _events.Count - (int)after);

    public BrokerSnapshot Snapshot() => new(
        _positions.BySymbol.Where(p => p.Value != 0).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal), _account.Cash,
        [.. _live.Where(w => w.Waits).Select(w => w.Status)]);

    /// <summary>Fills the orders of a symbol against a bar that closes now.</summary>
    /// <param name="timestamp">The close, UTC ticks.</param>
    public void OnBars(long timestamp, IReadOnlyList<ClosedBar> bars)
    {
        if (timestamp <= _timestamp) return;
        _timestamp = timestamp;
        var lent = _rate.ChargesInterest ? MarginPart() : 0;
        foreach (var closed in bars)
        {
            Finance(closed, lent);
            Fund(closed.Symbol, closed.Bar.Time + 1, closed.Bar);
        }
        foreach (var closed in bars)
        {
            Work(closed);
            _closes[closed.Symbol] = closed.Bar.Close;
            _closedAt[closed.Symbol] = closed.Timeframe.CloseOf(closed.Bar.Time);
        }
        if (!_isClosed && _executions > 0 && !(Equity() > Floor()))
        {
            var isLiquidated = execution.Margin == MarginMode.Cross && HasOpen();
            End(bars.Max(b => b.Bar.Time), isLiquidated ? ExitReason.Liquidation : ExitReason.Ruined, isLiquidated ? Liquidated : NoEquity);
        }
        _live.RemoveAll(w => !w.Waits && !(w.Open > 0));
    }

    // Books borrow fees and interest of the nights since the last bar, at the close before them, and dividends, as a strategy's account
    // does.
    private void Finance(in ClosedBar closed, double lent)
    {
        var (symbol, bar) = (closed.Symbol, closed.Bar);
        var rate = new FinancingRate(execution.For(symbol));
        foreach (var w in _live)
        {
            if (!(w.Open > 0) || w.Order.Symbol != symbol) continue;
            var value = _closes[symbol] * instruments[symbol].Multiplier;
            if (FinancingRate.Nights(ref w.FinancedTo, bar.Time) is > 0 and var days)
            {
                if (w.Order.Side == Side.Sell) Pay(w, FinancingKind.BorrowFee, -value * rate.BorrowFee(days), bar.Time);
                else Pay(w, FinancingKind.Interest, -value * rate.Interest(days) * lent, bar.Time);
            }
            foreach (var action in instruments[symbol].CorporateActions)
            {
                var from = action.From(closed.Timeframe);
                if (from > w.DividendsTo && from <= bar.Time)
                    Pay(w, FinancingKind.Dividend, (int)w.Order.Side * action.Dividend * instruments[symbol].Multiplier, bar.Time);
            }
            w.DividendsTo = bar.Time;
        }
    }

    // Books the funding of a symbol before a time, as a strategy's account does: at the mark price, else at the last close before the bar,
    // or at the bar's open from its open time on.
    private void Fund(string symbol, long before, in Bar bar)
    {
        var (funding, multiplier) = (instruments[symbol].Funding, instruments[symbol].Multiplier);
        ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(_funded, symbol, out _);
        for (; next < funding.Count && funding.Times[next] < before; next++)
        {
            var price = funding.Times[next] < bar.Time ? _closes.GetValueOrDefault(symbol, double.NaN) : bar.Open;
            foreach (var w in _live)
                if (w.Open > 0 && w.Order.Symbol == symbol)
                    Pay(w, FinancingKind.Funding, funding.Amount(next, w.Order.Side == Side.Buy, price, multiplier), bar.Time);
        }
    }

    // The share of the long positions that was bought on margin.
    private double MarginPart()
    {
        var (settled, longValue) = (_account.Cash, 0.0);
        foreach (var w in _live)
        {
            if (!(w.Open > 0)) continue;
            var instrument = instruments[w.Order.Symbol];
            var value = w.Open * _closes[w.Order.Symbol] * instrument.Multiplier;
            if (instrument.MarginPerUnit > 0) settled += (int)w.Order.Side * value;
            else if (w.Order.Side == Side.Sell) settled -= value;
            else longValue += value;
        }
        return FinancingRate.MarginPart(settled, longValue);
    }

    // Books cash per open unit of an entry.
    private void Pay(WorkingOrder w, FinancingKind kind, double amount, long time)
    {
        if (amount == 0) return;
        var cash = amount * w.Open;
        _account.Pay(cash);
        Tell(w, null, new BrokerFinancing(w.Order.ClientId, w.Order.Symbol, kind, cash, time));
    }

    private double Equity()
    {
        var equity = _account.Cash;
        foreach (var w in _live)
            if (w.Open > 0)
                equity += (int)w.Order.Side * w.Open * _closes[w.Order.Symbol] * instruments[w.Order.Symbol].Multiplier;
        return equity;
    }

    private bool HasOpen() => _live.Exists(w => w.Open > 0);

    // Closes an account without equity, as that of a portfolio: all trades at the last closes. The broker bears the loss beyond zero, and
    // keeps what is left of a liquidated account.
    private void End(long time, ExitReason reason, string why)
    {
        _isClosed = true;
        foreach (var w in _live)
            if (w.Waits) End(w, OrderState.Cancelled, why);
        foreach (var w in _live)
            if (w.Open > 0) Close(w, w.Open, _closes[w.Order.Symbol], maker: false, reason.Word(), w, time);
        if (_account.Cash == 0 || _lastClosed is not { } last) return;
        var missing = -_account.Cash;
        _account.Pay(missing);
        Tell(last, null, new BrokerFinancing(last.Order.ClientId, last.Order.Symbol, FinancingKind.WriteOff, missing, time));
    }

    private void Work(in ClosedBar closed)
    {
        var (symbol, bar) = (closed.Symbol, closed.Bar);
        if (instruments[symbol].IsDelistedIn(closed.Timeframe, bar.Time))
        {
            CloseAll(symbol, bar.Close, bar.Time, ExitReason.Delisted, $"{symbol} was delisted");
            return;
        }
        if (instruments[symbol].Membership is { OnLeave: LeavePolicy.Close } members && _closedAt.TryGetValue(symbol, out var before)
            && members.Rejoins(before, bar.Time))
            CloseAll(symbol, _closes[symbol], bar.Time, ExitReason.LeftUniverse, $"{symbol} had left the universe");
        See(closed);
        if (execution.Margin == MarginMode.Isolated) LiquidateAtOpen(symbol, bar);
        var isCross = execution.Margin == MarginMode.Cross;
        if (isCross && EndsAtOpen(symbol, bar)) return;
        for (var i = 0; i < _live.Count; i++)
            if (_live[i].Waits && _live[i].Order.Symbol == symbol)
                WorkAtOpen(_live[i], bar, closed.Timeframe.CloseOf(bar.Time));
        Fund(symbol, closed.Timeframe.CloseOf(bar.Time), bar);
        if (isCross && EndsBeforeTargets(symbol, bar)) return;
        for (var i = 0; i < _live.Count; i++)
            if (_live[i].Open > 0 && _live[i].Order.Symbol == symbol)
                Protect(_live[i], bar);
        for (var i = 0; i < _live.Count; i++)
            if (_live[i].Waits && _live[i].Order.Symbol == symbol)
                WorkAfterOpen(_live[i], bar);
        if (isCross && Ends(symbol, bar)) return;
        foreach (var w in _live)
            if (w.Open > 0 && w.Order.Symbol == symbol && w.Levels.Terms.HasTrail)
                w.Levels.Trail(w.Order.Side, w.EntryPrice, bar, sinceOpen: w.EntryTime != bar.Time || w.AtOpen, instruments[symbol]);
    }

    // As a strategy's account does.
    private void CloseAll(string symbol, double price, long time, ExitReason reason, string why)
    {
        foreach (var w in _live)
            if (w.Waits && w.Order.Symbol == symbol) End(w, OrderState.Cancelled, why);
        foreach (var w in _live)
            if (w.Open > 0 && w.Order.Symbol == symbol) Close(w, w.Open, price, maker: false, reason.Word(), w, time);
    }

    private void WorkAtOpen(WorkingOrder w, in Bar bar, long close)
    {
        if (w.Order.Closes is null && instruments[w.Order.Symbol].Membership?.Contains(bar.Time) == false)
        {
            End(w, OrderState.Cancelled, $"{w.Order.Symbol} is not in the universe");
            return;
        }
        if (bar.Time > w.Simulated.ExpiresAt)
        {
            End(w, OrderState.Expired, "its time was over");
            return;
        }
        if (w.Order.TimeInForce == TimeInForce.Day)
            w.Simulated.ExpiresAt = Math.Min(w.Simulated.ExpiresAt,
                bar.Time - bar.Time % TimeSpan.TicksPerDay + TimeSpan.TicksPerDay - 1);
        if (w.Arrives >= close) return;
        if (w.BarsToWait > 0)
        {
            w.BarsToWait--;
            w.Arrives = close;
            return;
        }
        if (w.Arrives > bar.Time)
        {
            // The order arrived within this bar.
            if (w.Order.Type != OrderType.Market) return;
            var way = (double)(w.Arrives - bar.Time) / (close - bar.Time);
            Fill(w, bar.Open + (bar.Close - bar.Open) * way, bar, atOpen: false);
            return;
        }
        var price = FillRule.AtOpen(ref w.Simulated, bar);
        if (!double.IsNaN(price)) Fill(w, price, bar, atOpen: true);
    }

    private void WorkAfterOpen(WorkingOrder w, in Bar bar)
    {
        if (w.Arrives > bar.Time || w.Order.Type == OrderType.Market) return;
        var price = FillRule.Within(ref w.Simulated, bar);
        if (double.IsNaN(price)) return;
        Fill(w, price, bar, atOpen: false);
        if (w.Open > 0) Protect(w, bar);
    }

    private void Protect(WorkingOrder w, in Bar bar)
    {
        var isEntryBar = w.EntryTime == bar.Time;
        var works = !(w.Order.Protection.FromNextBar && isEntryBar);
        if (works) w.Levels.Fall(w.Order.Side, w.EntryPrice, bar.Time - w.EntryTime, instruments[w.Order.Symbol]);
        var isIsolated = execution.Margin == MarginMode.Isolated;
        if (isIsolated && IsLiquidated(w, bar, works, afterTargets: false) || !works) return;
        while (w.Open > 0 && HitsLevel(w, bar, enteredHere: isEntryBar && !w.AtOpen))
        {
        }
        if (isIsolated) IsLiquidated(w, bar, works, afterTargets: true);
    }

    // Returns whether a part was closed at its target, so that the next target works on the same bar.
    private bool HitsLevel(WorkingOrder w, in Bar bar, bool enteredHere)
    {
        var (side, instrument) = (w.Order.Side, instruments[w.Order.Symbol]);
        var touch = w.Levels.Touch(side, bar, byClose: enteredHere && w.Simulated.ReturnedToLimit);
        if (touch.IsNone) return false;
        var (rule, from) = (_rules[w.Order.Symbol], enteredHere ? w.EntryPrice : bar.Open);
        if (touch.Stopped && (!touch.Reached || execution.Intrabar == IntrabarRule.StopFirst))
        {
            var leg = touch.Reason == ExitReason.TrailingStop ? "trail" : "stop";
            Close(w, w.Open, rule.StopPrice(side, touch.Stop, from, w.Open, bar), maker: false, leg, w, bar.Time);
            return false;
        }
        var quantity = Math.Min(w.Open, w.Levels.TargetQuantity(w.Filled, instrument));
        var (price, maker) = rule.TargetPrice(side, w.Levels.Target, from, quantity, bar);
        Close(w, quantity, price, maker, "target", w, bar.Time);
        return w.Levels.Take(quantity, side, w.EntryPrice, w.Filled, instrument) > 0;
    }

    private void Fill(WorkingOrder w, double reference, in Bar bar, bool atOpen)
    {
        var order = w.Order;
        var left = order.Quantity - w.Filled;
        // The last part takes the remainder that rounding left.
        var quantity = ++w.Part >= w.Parts ? left : Math.Min(left, instruments[order.Symbol].RoundQuantity(order.Quantity / w.Parts));
        if (!(quantity > 0)) return;
        var (price, maker) = _rules[order.Symbol].Price(w.Simulated, reference, quantity, bar);
        w.Simulated.Rests = true;
        if (order.Closes is { } id)
        {
            var entry = _orders[id];
            quantity = Math.Min(quantity, entry.Open);
            if (quantity > 0) Close(entry, quantity, price, maker, "", w, bar.Time);
            if (!(entry.Open > 0) && w.Waits) End(w, OrderState.Cancelled, "there is nothing left to close");
            return;
        }
        Book(w, quantity, order.Side, price, maker, "", bar.Time);
        var (first, before) = (w.Open == 0, w.EntryPrice);
        w.Open += quantity;
        w.EntryPrice = w.Filled == quantity ? price : w.FilledNotional / w.Filled;
        if (first)
        {
            (w.EntryTime, w.AtOpen, w.DividendsTo) = (bar.Time, atOpen, bar.Time);
            w.FinancedTo = bar.Time / TimeSpan.TicksPerDay;
        }
        var instrument = instruments[order.Symbol];
        var moved = w.Levels.Stop;
        if (first) w.Levels.Start(order.Protection, order.Side, price, w.Filled, instrument);
        else w.Levels.Follow(order.Side, before, w.EntryPrice, w.Filled, instrument);
        if (w.StopMoved) w.Levels.Stop = moved;
    }

    // Closes a part of an entry's trade, by a separate order or by the entry's stop or target.
    private void Close(WorkingOrder entry, double quantity, double price, bool maker, string leg, WorkingOrder by, long time)
    {
        entry.Open = entry.Open - quantity <= 1e-12 * entry.Filled ? 0 : entry.Open - quantity;
        Book(by, quantity, (Side)(-(int)entry.Order.Side), price, maker, leg, time);
        _lastClosed = entry;
        if (entry.Open > 0) return;
        // Once its trade is closed, the unfilled part of the entry is cancelled, and so are other orders that would close the trade.
        if (entry.Waits) End(entry, OrderState.Cancelled, "its trade was closed");
        foreach (var w in _live)
            if (w.Waits && !ReferenceEquals(w, by) && w.Order.Closes == entry.Order.ClientId)
                End(w, OrderState.Cancelled, "there is nothing left to close");
    }

    private void Book(WorkingOrder w, double quantity, Side side, double price, bool maker, string leg, long time)
    {
        var multiplier = instruments[w.Order.Symbol].Multiplier;
        var fee = execution.For(w.Order.Symbol).Fee.Fee(price, quantity, multiplier, maker);
        _account.Book(side, quantity, price, multiplier, fee);
        _positions.Book(w.Order.Symbol, side, quantity);
        if (leg.Length == 0)
        {
            w.Filled = w.Order.Quantity - w.Filled - quantity <= 1e-12 * w.Order.Quantity ? w.Order.Quantity : w.Filled + quantity;
            w.FilledNotional += price * quantity;
            w.State = w.Filled >= w.Order.Quantity ? OrderState.Filled : OrderState.PartiallyFilled;
        }
        Tell(w, new BrokerFill($"X{++_executions}", w.Order.ClientId, leg, w.Order.Symbol, side, price, quantity, fee, time));
    }

    private void End(WorkingOrder w, OrderState state, string reason)
    {
        (w.State, w.Reason) = (state, reason);
        Tell(w, null);
    }

    private void Tell(WorkingOrder w, BrokerFill? fill, BrokerFinancing? financing = null) =>
        _events.Add(new BrokerEvent(_events.Count + 1, fill, w.Status) { Financing = financing });

    // Uniform in [0, 1); a function of the seed, the order's id and the index of the draw.
    private double Draw(string clientId, uint which)
    {
        var h = settings.Seed * 0x9E3779B97F4A7C15 + which * 0xD6E8FEB86659FD93;
        foreach (var b in Encoding.UTF8.GetBytes(clientId)) h = (h ^ b) * 0x100000001B3;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93;
        h ^= h >> 32;
        return (h >> 11) * (1.0 / (1UL << 53));
    }

    // ---- liquidation, by the rule of strategy accounts and the portfolio ----

    private const string Liquidated = "the account was liquidated";

    private readonly Dictionary<string, PositionMargin> _margins = instruments.ToDictionary(i => i.Key,
        i => new PositionMargin(i.Value, execution.For(i.Key)), StringComparer.Ordinal);

    // The prices of the bar that is worked by which the exchange liquidates.
    private Bar _seen;

    private void See(in ClosedBar closed) => _seen = execution.Margin == MarginMode.None || instruments[closed.Symbol].Marks.Count == 0
        ? closed.Bar : MarkedBar.Of(instruments[closed.Symbol].Marks, closed.Bar, closed.Timeframe.CloseOf(closed.Bar.Time));

    private double LevelOf(WorkingOrder w) => _margins[w.Order.Symbol].PriceOf(w.Order.Side, w.EntryPrice, w.Open);

    // ---- isolated margin ----

    // Liquidates the trades whose liquidation price the bar opens beyond.
    private void LiquidateAtOpen(string symbol, in Bar bar)
    {
        for (var i = 0; i < _live.Count; i++)
            if (_live[i] is { Open: > 0 } w && w.Order.Symbol == symbol && PositionMargin.IsBeyond(w.Order.Side, LevelOf(w), _seen.Open))
                Liquidate(w, _seen.Open, bar.Time);
    }

    // Whether the bar liquidates a trade, before its stop and target or after them.
    private bool IsLiquidated(WorkingOrder w, in Bar bar, bool works, bool afterTargets)
    {
        var isEntryBar = w.EntryTime == bar.Time;
        if (!(w.Open > 0) || isEntryBar && w.Order.Type == OrderType.MarketOnClose) return false;
        var (side, level, from) = (w.Order.Side, LevelOf(w), isEntryBar && !w.AtOpen ? w.EntryPrice : bar.Open);
        if (!PositionMargin.IsReached(side, level, _seen)) return false;
        var stop = _rules[w.Order.Symbol].StopPrice(side, w.Levels.WorkingStop(side).Price, from, w.Open, bar);
        if (!afterTargets && !PositionMargin.ComesFirst(side, level, w.Levels, bar, from, stop, (works, execution.Intrabar, false)))
            return false;
        Liquidate(w, PositionMargin.PriceAt(side, level, _seen == bar ? from : _seen.Open, _seen), bar.Time);
        return true;
    }

    // Takes a trade over with what is left of its margin; a loss beyond the margin is the exchange's.
    private void Liquidate(WorkingOrder w, double price, long time)
    {
        var symbol = w.Order.Symbol;
        var fee = execution.For(symbol).Fee.Fee(price, w.Open, instruments[symbol].Multiplier, maker: false);
        Pay(w, FinancingKind.Liquidation, -_margins[symbol].Left(w.Order.Side, w.EntryPrice, w.Open, price, fee) / w.Open, time);
        Close(w, w.Open, price, maker: false, ExitReason.Liquidation.Word(), w, time);
    }

    // ---- cross margin ----

    // The equity at which the account is closed: 0, or what the positions require at the last closes.
    private double Floor()
    {
        var needed = 0.0;
        if (execution.Margin != MarginMode.Cross) return needed;
        foreach (var symbol in _live.Where(w => w.Open > 0).Select(w => w.Order.Symbol).Distinct())
        {
            var (longs, shorts) = HeldIn(symbol);
            needed += _margins[symbol].Requirement(_closes[symbol], longs, shorts);
        }
        return needed;
    }

    private (double Longs, double Shorts) HeldIn(string symbol)
    {
        var (longs, shorts) = (0.0, 0.0);
        foreach (var w in _live)
            if (w.Open > 0 && w.Order.Symbol == symbol)
            {
                if (w.Order.Side == Side.Buy) longs += w.Open;
                else shorts += w.Open;
            }
        return (longs, shorts);
    }

    // The price of a symbol that liquidates the account. Only an account whose positions are all in the symbol has one within a bar; others
    // count at the closes.
    private (Side Side, double Level) LevelOfAccount(string symbol, in Bar bar)
    {
        foreach (var w in _live)
            if (w.Open > 0 && (w.Order.Symbol != symbol || w.EntryTime == bar.Time && w.Order.Type == OrderType.MarketOnClose))
                return (Side.Buy, double.NaN);
        var (longs, shorts) = HeldIn(symbol);
        return (longs > shorts ? Side.Buy : Side.Sell, _margins[symbol].PriceOfAccount(_account.Cash, longs, shorts));
    }

    private bool EndsAtOpen(string symbol, in Bar bar)
    {
        var (side, level) = LevelOfAccount(symbol, bar);
        if (!PositionMargin.IsBeyond(side, level, _seen.Open)) return false;
        EndInLiquidation(symbol, _seen.Open, bar.Time);
        return true;
    }

    // Whether the account ends before the targets of its trades; the stops that come before its price close theirs first.
    private bool EndsBeforeTargets(string symbol, in Bar bar)
    {
        if (execution.Intrabar != IntrabarRule.StopFirst) return false;
        while (LevelOfAccount(symbol, bar) is var (side, level) && PositionMargin.IsReached(side, level, _seen))
        {
            var before = _live.Find(w => w.Open > 0 && w.Order.Side == side && w.Levels.WorkingStop(side).Price is > 0 and var stop
                && (side == Side.Buy ? stop > level : stop < level));
            if (before is null) return Ends(symbol, bar);
            var open = before.Open;
            Protect(before, bar);
            if (before.Open == open) return Ends(symbol, bar);
        }
        return false;
    }

    private bool Ends(string symbol, in Bar bar)
    {
        var (side, level) = LevelOfAccount(symbol, bar);
        if (!PositionMargin.IsReached(side, level, _seen)) return false;
        var from = _seen.Open;
        foreach (var w in _live)
            if (w.Open > 0 && w.EntryTime == bar.Time && !w.AtOpen && _seen == bar)
                from = w.EntryPrice;
        EndInLiquidation(symbol, PositionMargin.PriceAt(side, level, from, _seen), bar.Time);
        return true;
    }

    private void EndInLiquidation(string symbol, double price, long time)
    {
        _closes[symbol] = price;
        End(time, ExitReason.Liquidation, Liquidated);
    }
}
