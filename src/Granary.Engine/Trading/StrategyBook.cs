using System.Runtime.CompilerServices;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Strategies;

namespace Granary.Engine.Trading;

/// <summary>
/// The simulated account of one strategy on one instrument: its cash, its waiting orders and its open trades, each entry a trade of its own.
/// It fills orders against bars, and tells its meters and observers what happened.
/// </summary>
/// <remarks>
/// Within a bar: first what trades at the open, in the order of submission; then stops and targets of open trades; then what trades after the
/// open; then orders on the close. The strategy is asked after that.
/// </remarks>
internal sealed partial class StrategyBook
{
    private readonly Instrument _instrument;
    private readonly TradingSettings _settings;
    private readonly ExecutionSettings _execution;
    private readonly IRunObserver? _observer;
    // Null where nobody sends the orders on.
    private readonly IOrderObserver? _sender;
    private readonly double _multiplier, _margin;
    private readonly long _barTicks;
    private readonly EquityMeter _meter;
    private readonly bool _excursions;
    // Whether orders take longer than to the next bar, whether a bar's volume bounds their fills, and whether fees follow from size alone.
    private readonly bool _late, _limited, _proportional;
    private readonly double _leverage;
    private readonly IntrabarPath? _path;
    // What the account has traded lately; null where no fee depends on it.
    private readonly TradedNotional? _traded;
    // Null where the strategy has one instrument, and so the account for itself.
    private readonly SharedAccount? _account;
    private Order[] _orders = new Order[2];
    private OpenTrade[] _trades = new OpenTrade[1];
    private int _orderCount, _tradeCount, _pendingLong, _pendingShort;
    private int _signals;
    private long _lastOrderId;
    // Equity is _cash + _net · close: the notional of every fill is booked in full, margined or not.
    private double _cash;
    private double _net;
    private double _triggerLow = double.NegativeInfinity, _triggerHigh = double.PositiveInfinity;
    private bool _everyBar;
    private TradeMeter _tradeMeter;
    private Fingerprint _fingerprint = new();
    private BarBlock _block = null!;
    private BlockCalendar _calendar = null!;
    private int _marked;
    private Strategy? _listener;
    private StrategyContext? _context;
    private List<Notice>? _notices;
    private bool _closed;

    /// <summary>An entry at the market with the batch's own size and protection.</summary>
    public static readonly EntryOptions AtMarket;

    private readonly record struct Notice(bool IsTrade, Order Order, Trade Trade);

    /// <param name="account">That of several books; this one is closed then until <see cref="Open"/>.</param>
    public StrategyBook(MarketSeries series, TradingSettings settings, ExecutionSettings execution, IRunObserver? observer, SharedAccount? account = null)
    {
        _instrument = series.Instrument;
        _barTicks = series.Timeframe.Ticks;
        _settings = settings;
        _execution = execution;
        _observer = observer;
        _sender = observer as IOrderObserver;
        _multiplier = _instrument.Multiplier;
        _margin = _instrument.MarginPerUnit;
        _account = account;
        _cash = account is null ? settings.Cash : 0;
        _closed = account is not null;
        _meter = new EquityMeter(settings.Cash, settings.TradeFrom);
        _excursions = observer is not null;
        _late = execution.LatencyBars > 0;
        _limited = execution.VolumeShare > 0;
        _proportional = execution.Fee.IsProportional;
        _leverage = execution.Leverage;
        _path = execution.UsePath ? series.Path : null;
        _traded = account is not null ? account.Traded : execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;
        (_exTimes, _carries) = Carries(series);
    }

    /// <summary>Whether the next bar has to be looked at: an order waits or a trade is protected.</summary>
    public bool Active
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get;
        private set;
    }

    internal EquityMeter Meter => _meter;

    public int OpenTradeCount => _tradeCount;

    public int SignalCount => _signals;

    public TradeMeter Trades => _tradeMeter;

    /// <summary>Of everything that has happened so far.</summary>
    public Fingerprint Fingerprint => _fingerprint;

    public double LastEntryPrice => _tradeCount > 0 ? _trades[_tradeCount - 1].EntryPrice : double.NaN;

    public double Cash => _cash;

    public double NetQuantity => _net / _multiplier;

    /// <summary>Is asked about every entry; null where there is no model.</summary>
    public IEntryJudge? Judge { get; set; }

    /// <summary>Who gets call-backs; null where the strategy has none.</summary>
    public void Listen(Strategy strategy, StrategyContext context)
    {
        _listener = strategy;
        _context = context;
        _notices = [];
    }

    /// <param name="marked">How many of the block's bars are marked already.</param>
    public void Bind(BarBlock block, BlockCalendar calendar, int marked = 0)
    {
        if (_carries && _block is not null) _closeBefore = _block.CloseColumn[^1];
        _block = block;
        _calendar = calendar;
        _marked = marked;
    }

    public bool HasOpen(Side side)
    {
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Side == side)
                return true;
        return false;
    }

    public bool HasPendingEntry(Side side) => (side == Side.Buy ? _pendingLong : _pendingShort) > 0;

    public long BarsInTrade(long barNumber) => _tradeCount > 0 ? barNumber - _trades[_tradeCount - 1].EntryIndex : -1;

    public double EquityAt(double price) => _account is null ? OwnEquity(price) : _account.Equity;

    /// <summary>What the size rule gives an entry at this price without a stop.</summary>
    public double UsualQuantity(double price) => _settings.Size.Quantity(EquityAt(price), price, 0, _multiplier);

    /// <summary>What this book adds to the account's equity.</summary>
    public double OwnEquity(double price) => _cash + _net * price;

    /// <summary>The last close; kept by whoever runs several books on one account.</summary>
    public double LastPrice { get; set; }

    /// <summary>UTC ticks of the present instant where no bar of this instrument closes at it, so that nothing can trade at its close; else 0.</summary>
    public long StaleAt { get; set; }

    /// <summary>The instrument has had its first bar.</summary>
    public void Open() => _closed = false;

    public Position NetPosition()
    {
        var position = default(Position);
        for (var i = 0; i < _tradeCount; i++)
            position = position.Apply((int)_trades[i].Side * _trades[i].Quantity, _trades[i].EntryPrice).Next;
        return position;
    }

    /// <summary>What new entries may cost. The proceeds of a short sale stay locked, and as much again as its collateral.</summary>
    public double Available(double price) => _account is null ? OwnAvailable(price) : _account.Available(this, price);

    /// <summary>This book's part of it.</summary>
    public double OwnAvailable(double price)
    {
        if (_leverage > 0) return LeveragedAvailable(price);
        var available = _margin > 0 ? OwnEquity(price) : _cash;
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            if (_margin > 0) available -= trade.Quantity * _margin;
            else if (trade.Side == Side.Sell) available -= 2 * trade.Quantity * trade.EntryPrice * _multiplier;
        }
        return available;
    }

    private double OutlayOf(double price, double quantity) => _margin > 0 ? (_leverage > 0 ? _leverage : 1) * quantity * _margin : quantity * price * _multiplier;

    private double CostOf(double price, double quantity, bool maker) =>
        OutlayOf(price, quantity) + _execution.Fee.Fee(price, quantity, _multiplier, maker);

    // What can be spent again when so much of a trade is closed, before the fee.
    private double Released(in OpenTrade trade, double quantity, double price) =>
        _leverage > 0 ? OutlayOf(price, quantity)
        : _margin > 0 ? quantity * _margin
        : trade.Side == Side.Buy ? quantity * price * _multiplier
        : quantity * (2 * trade.EntryPrice - price) * _multiplier;

    // Rounding of the size itself must not cost an order that spends all there is.
    private static bool Exceeds(double cost, double available) => cost > available + Math.Abs(available) * 1e-12;

    // ---- what a strategy asks for -----------------------------------------------------------------------------------------

    [MethodImpl(MethodImplOptions.NoInlining)]
    public OrderId Enter(Side side, in EntryOptions options, int index)
    {
        if (_closed || TimeAt(index) < _settings.TradeFrom || (_settings.Sides & (side == Side.Buy ? Sides.Long : Sides.Short)) == 0) return default;
        var open = side == Side.Buy ? _pendingLong : _pendingShort;
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Side == side && !_trades[i].Exiting && !_trades[i].EntryWorking)
                open++;
        if (open >= _settings.MaxOpenTrades) return default;

        var close = _block.CloseColumn[index];
        var time = TimeAt(index);
        var price = options.Type == OrderType.Market ? close : PriceOf(options, close);
        var sign = (int)side;
        var advice = Judge is null ? EntryAdvice.NoOpinion : Judge.Judge(index, side);
        var ownStop = options.StopLoss > 0 ? options.StopLoss : advice.StopFraction > 0 ? price * (1 - sign * advice.StopFraction) : 0;
        var stop = ownStop > 0 ? _instrument.RoundPrice(ownStop)
            : _settings.StopLossPercent > 0 ? _instrument.RoundPrice(price * (1 - sign * _settings.StopLossPercent / 100)) : 0;
        var target = options.TakeProfit > 0 ? _instrument.RoundPrice(options.TakeProfit)
            : _settings.TakeProfitPercent > 0 ? _instrument.RoundPrice(price * (1 + sign * _settings.TakeProfitPercent / 100)) : 0;
        var trail = (options.TrailingStopPercent > 0 ? options.TrailingStopPercent : _settings.TrailingStopPercent) / 100;
        var riskStop = stop > 0 ? stop : trail > 0 ? price * (1 - sign * trail) : 0;

        var quantity = options.Quantity > 0
            ? options.Quantity
            : _settings.Size.Quantity(EquityAt(close), price, riskStop, _multiplier) * (options.SizeFactor > 0 ? options.SizeFactor : 1);
        var noStop = double.IsNaN(quantity);
        if (_instrument.LotSize > 0 && !noStop) quantity = _instrument.RoundQuantity(quantity);

        ref var order = ref New(OrderRole.Entry, options.Type, side, noStop ? 0 : quantity, time);
        order.LimitPrice = options.Type is OrderType.Limit or OrderType.StopLimit ? price : 0;
        order.StopPrice = options.Type is OrderType.Stop or OrderType.StopLimit ? _instrument.RoundPrice(options.StopPrice) : 0;
        order.TimeInForce = options.TimeInForce == TimeInForce.GoodTillCancelled ? _execution.EntryTimeInForce : options.TimeInForce;
        order.ExpiresAt = options.TimeInForce == TimeInForce.GoodTillDate ? options.ExpiresAt : long.MaxValue;
        // Absolute prices are kept; percentages are taken from the fill.
        order.StopLoss = ownStop > 0 ? stop : 0;
        order.TakeProfit = options.TakeProfit > 0 ? target : 0;
        order.TrailFraction = trail;
        order.TradeNumber = NextSignal();
        if (_late) Delay(ref order, index);
        var id = order.Id;

        _fingerprint.Add((ulong)(uint)order.TradeNumber << 8 | (byte)side, (ulong)time);
        if (riskStop > 0 || target > 0) _fingerprint.Add(riskStop, target);
        if (!double.IsNaN(advice.Prediction)) _fingerprint.Add(advice.Prediction, advice.SizeFactor);
        if (_observer is not null) TellSignal(order, price, riskStop, target, advice);

        if (noStop || !(quantity > 0))
        {
            Reject(ref order, noStop ? SignalEnd.NoStop : SignalEnd.NoQuantity, time);
            return default;
        }
        if (Exceeds(CostOf(price, quantity, maker: options.Type == OrderType.Limit), Available(close) + Promised(close)))
        {
            Reject(ref order, SignalEnd.NoCash, time);
            return default;
        }
        order.Become(OrderState.Submitted);
        Tell(order);
        if (side == Side.Buy) _pendingLong++;
        else _pendingShort++;
        _orderCount++;
        Active = true;
        if (FillsNow(options.Type)) FillAtClose(_orderCount - 1, index);
        return id;
    }

    // What an entry expects to pay.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double PriceOf(in EntryOptions options, double close)
    {
        var price = options.Type switch
        {
            OrderType.MarketOnClose => close,
            OrderType.Limit or OrderType.StopLimit => _instrument.RoundPrice(options.LimitPrice),
            OrderType.Stop => _instrument.RoundPrice(options.StopPrice),
            _ => throw new ArgumentException($"an entry cannot be a {options.Type} order", nameof(options)),
        };
        return price > 0 ? price : throw new ArgumentException($"a {options.Type} entry needs a positive price", nameof(options));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellSignal(in Order order, double price, double stop, double target, in EntryAdvice advice) =>
        _observer!.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, price, order.Quantity, stop, target, order.ExpiresAt)
        {
            Prediction = advice.Prediction,
            SizeFactor = advice.SizeFactor,
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Exit(Side side, int index, OrderType type = OrderType.Market)
    {
        if (_closed) return;
        for (var i = 0; _settings.ExitOnSignal && i < _tradeCount; i++)
            if (_trades[i].Side == side && !_trades[i].Exiting && Close(ref _trades[i], index, type, ExitReason.Signal))
                i--;
        if ((side == Side.Buy ? _pendingLong : _pendingShort) > 0) CancelEntries(side, index);
    }

    private bool FillsNow(OrderType type) => _execution.Fill == FillTiming.SameClose && type == OrderType.Market && StaleAt == 0 && !_late;

    // An order under way: on which bar it is there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Delay(ref Order order, int index)
    {
        order.WorksFrom = _block.FirstIndex + index + 1 + _execution.LatencyBars;
        if (_execution.Fill != FillTiming.SameClose || order.Type != OrderType.Market || StaleAt != 0) return;
        // What would have filled on this close fills on a later one.
        order.Type = OrderType.MarketOnClose;
        order.WorksFrom--;
    }

    private long TimeAt(int index) => StaleAt == 0 ? _block.TimeColumn[index] : StaleAt;

    // Orders and signals are numbered within the strategy run, over all its books.
    private int NextSignal()
    {
        _signals++;
        return _account is null ? _signals : ++_account.Signals;
    }

    private OrderId NextOrder() => new(_account is null ? ++_lastOrderId : ++_account.LastOrderId);

    // Sends an exit; true where it has filled at once.
    private bool Close(ref OpenTrade trade, int index, OrderType type, ExitReason reason)
    {
        if (trade.EntryWorking) EndEntry(trade.Number, TimeAt(index));
        ref var order = ref New(OrderRole.Exit, type, (Side)(-(int)trade.Side), trade.Quantity, TimeAt(index));
        order.TradeNumber = trade.Number;
        order.Reason = reason;
        order.ExpiresAt = long.MaxValue;
        if (_late) Delay(ref order, index);
        order.Become(OrderState.Submitted);
        Tell(order);
        _orderCount++;
        trade.Exiting = true;
        Active = true;
        if (!FillsNow(type)) return false;
        FillAtClose(_orderCount - 1, index);
        return true;
    }

    public OrderId Submit(in OrderRequest request, int index)
    {
        if (_closed) return default;
        var quantity = _instrument.RoundQuantity(request.Quantity);
        if (!(quantity > 0)) return default;
        ref var order = ref New(OrderRole.Net, request.Type, request.Side, quantity, TimeAt(index));
        order.LimitPrice = _instrument.RoundPrice(request.LimitPrice);
        order.StopPrice = _instrument.RoundPrice(request.StopPrice);
        order.TimeInForce = request.TimeInForce;
        order.ExpiresAt = request.TimeInForce == TimeInForce.GoodTillDate ? request.ExpiresAt : long.MaxValue;
        order.OcoGroup = request.OcoGroup;
        order.Reason = ExitReason.Signal;
        if (_late) Delay(ref order, index);
        order.Become(OrderState.Submitted);
        Tell(order);
        var id = order.Id;
        _orderCount++;
        Active = true;
        if (FillsNow(request.Type)) FillAtClose(_orderCount - 1, index);
        return id;
    }

    public bool Cancel(OrderId id, int index)
    {
        for (var i = 0; i < _orderCount; i++)
            if (_orders[i].Id == id)
            {
                Drop(i, OrderState.Cancelled, TimeAt(index));
                Refresh();
                return true;
            }
        return false;
    }

    public void CancelEntries(Side side, int index)
    {
        for (var i = _orderCount - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Side == side)
                Drop(i, OrderState.Cancelled, TimeAt(index));
        Refresh();
    }

    public void MoveStop(Side side, double price)
    {
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Side == side)
            {
                ref var trade = ref _trades[i];
                trade.Stop = _instrument.RoundPrice(price);
                if (_listener is not null && trade.StopOrder.IsNone)
                    trade.StopOrder = One(trade, OrderRole.StopLoss, OrderType.Stop, trade.Stop, trade.StopOrder, OrderState.Submitted, 0);
                _sender?.OnStopMoved(trade.Number, trade.Stop);
            }
        Refresh();
    }

    private ref Order New(OrderRole role, OrderType type, Side side, double quantity, long time)
    {
        if (_orderCount == _orders.Length) Array.Resize(ref _orders, _orders.Length * 2);
        ref var order = ref _orders[_orderCount];
        order = default;
        order.Id = NextOrder();
        order.Role = role;
        order.Type = type;
        order.Side = side;
        order.Quantity = quantity;
        order.CreatedAt = time;
        return ref order;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reject(ref Order order, SignalEnd end, long time)
    {
        order.Become(OrderState.Rejected);
        Tell(order);
        End(order.TradeNumber, end, time);
        Refresh();
    }

    private void End(int number, SignalEnd end, long time)
    {
        _fingerprint.Add((ulong)(uint)number << 8 | 0x80 | (byte)end, (ulong)time);
        _observer?.OnSignalEnded(number, end, time);
    }

    // Takes a waiting order out, unfilled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Drop(int at, OrderState state, long time)
    {
        ref var order = ref _orders[at];
        order.Become(state);
        Tell(order);
        if (order.Role == OrderRole.Entry)
        {
            if (order.Side == Side.Buy) _pendingLong--;
            else _pendingShort--;
            if (order.FilledQuantity > 0) EntryEnded(order.TradeNumber, time);
            else End(order.TradeNumber, state switch
            {
                OrderState.Expired => SignalEnd.Expired,
                OrderState.Rejected => SignalEnd.NoCash,
                _ => SignalEnd.Cancelled,
            }, time);
        }
        Remove(at);
    }

    private void Remove(int at)
    {
        _orderCount--;
        if (at < _orderCount) Array.Copy(_orders, at + 1, _orders, at, _orderCount - at);
    }

    // What exits on their way will bring, less what waiting entries will cost.
    private double Promised(double close) =>
        _account is not null ? _account.Promised
        : _tradeCount + _orderCount == 0 ? 0
        : ExitProceeds(close) - Reserved(close);

    // What market exits on their way will bring, at the last close.
    public double ExitProceeds(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting) continue;
            sum += Released(trade, trade.Quantity, close) - _execution.Fee.Fee(close, trade.Quantity, _multiplier, maker: false);
        }
        return sum;
    }

    // What waiting market entries will cost, so that cash is not promised twice.
    public double Reserved(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _orderCount; i++)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Type is OrderType.Market or OrderType.MarketOnClose)
                sum += CostOf(close, _orders[i].Rest, maker: false);
        return sum;
    }

    // ---- what a bar does --------------------------------------------------------------------------------------------------

    /// <summary>Whether <see cref="Process"/> has anything to do on a bar with this low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTouchedBy(double low, double high) =>
        _orderCount > 0 || _everyBar || low <= _triggerLow || high >= _triggerHigh;

    /// <summary>Works orders, stops and targets on a bar.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(int index)
    {
        var bar = _block[index];
        if (_carries) BeginBar(index);
        for (var i = 0; i < _orderCount; i++)
            if (WorkAtOpen(i, bar, index))
                i = -1;
        ProcessAfterOpen(index, bar);
        if (_notices is { Count: > 0 }) Dispatch();
    }

    /// <summary>The waiting order that was made next after this one; none where it was the last.</summary>
    public OrderId OrderAfter(OrderId id)
    {
        // Orders stand in the order of their making.
        for (var i = 0; i < _orderCount; i++)
            if (_orders[i].Id.Value > id.Value)
                return _orders[i].Id;
        return default;
    }

    /// <summary>Works one order at a bar's open: for books that share an account, whose orders take turns.</summary>
    public void WorkAtOpen(OrderId id, int index)
    {
        for (var i = 0; i < _orderCount; i++)
            if (_orders[i].Id == id)
            {
                WorkAtOpen(i, _block[index], index);
                return;
            }
    }

    /// <summary>The rest of a bar whose open has been worked; call-backs wait for <see cref="Dispatch"/>.</summary>
    public void ProcessAfterOpen(int index) => ProcessAfterOpen(index, _block[index]);

    // Whether it is not waiting any more.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool WorkAtOpen(int i, in Bar bar, int index)
    {
        ref var order = ref _orders[i];
        if (bar.Time > order.ExpiresAt)
        {
            Drop(i, OrderState.Expired, bar.Time);
            return true;
        }
        if (_late && _block.FirstIndex + index < order.WorksFrom) return false;
        if (order.TimeInForce != TimeInForce.GoodTillCancelled && order.ExpiresAt == long.MaxValue) Expire(ref order, bar.Time);
        var price = order.Type == OrderType.Market ? bar.Open : _execution.FillModel.AtOpen(ref order, bar);
        return !double.IsNaN(price) && Fill(i, price, bar, index, atOpen: true);
    }

    private void ProcessAfterOpen(int index, in Bar bar)
    {
        var feedIndex = _block.FirstIndex + index;

        for (var i = 0; i < _tradeCount; i++)
            if (Protect(ref _trades[i], i, bar, index, feedIndex))
                i--;

        for (var i = 0; i < _orderCount; i++)
        {
            ref var order = ref _orders[i];
            if (_late && feedIndex < order.WorksFrom) continue;
            var price = _execution.FillModel.Within(ref order, bar);
            if (double.IsNaN(price)) continue;
            var trades = _tradeCount;
            var at = order.OcoGroup == 0 ? i : FirstOfGroup(i, bar, feedIndex, ref price);
            var changed = Fill(at, price, bar, index, atOpen: false);
            // A trade that was entered after the open may be stopped out on the rest of its bar.
            if (_tradeCount > trades) changed |= Protect(ref _trades[_tradeCount - 1], _tradeCount - 1, bar, index, feedIndex);
            if (changed) i = -1;
        }

        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.TrailFraction > 0) Trail(ref trade, bar.Close, feedIndex);
            if (trade.Exiting) continue;
            var filled = _settings.MaxBars > 0 && feedIndex - trade.FirstWholeBar + 1 >= _settings.MaxBars
                ? Close(ref trade, index, OrderType.Market, ExitReason.MaxBars)
                : bar.Time + _barTicks >= trade.TimeExit && Close(ref trade, index, OrderType.Market, ExitReason.Time);
            if (filled) i--;
        }
        if (_execution.Maintenance > 0 && _account is null && IsCalledAt(bar.Close)) CallMargin(index);
        Refresh();
    }

    // Of the orders of a group that one bar touches, the one that the intrabar rule fills.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FirstOfGroup(int at, in Bar bar, long feedIndex, ref double price)
    {
        var limitFirst = _execution.Intrabar == IntrabarRule.TargetFirst;
        if (_orders[at].Type == OrderType.Limit == limitFirst) return at;
        for (var i = 0; i < _orderCount; i++)
        {
            if (_orders[i].OcoGroup != _orders[at].OcoGroup || _orders[i].Type == OrderType.Limit != limitFirst) continue;
            if (_late && feedIndex < _orders[i].WorksFrom) continue;
            var other = _execution.FillModel.Within(ref _orders[i], bar);
            if (double.IsNaN(other)) continue;
            price = other;
            return i;
        }
        return at;
    }

    private void Trail(ref OpenTrade trade, double close, long feedIndex)
    {
        var sign = (int)trade.Side;
        if (double.IsNaN(trade.TrailBest) || sign * (close - trade.TrailBest) > 0) trade.TrailBest = close;
        trade.TrailLevel = _instrument.RoundPrice(trade.TrailBest * (1 - sign * trade.TrailFraction));
        if (trade.ProtectedFrom == feedIndex) trade.TargetWaits = false;
    }

    // Whether the trade's stop or target closed it on this bar.
    private bool Protect(ref OpenTrade trade, int at, in Bar bar, int index, long feedIndex)
    {
        if (feedIndex < trade.ProtectedFrom || !trade.IsProtected) return false;
        var isLong = trade.Side == Side.Buy;
        var stop = trade.Stop;
        var reason = ExitReason.Stop;
        if (trade.TrailFraction > 0 && trade.TrailLevel > 0 && (stop <= 0 || (isLong ? trade.TrailLevel > stop : trade.TrailLevel < stop)))
        {
            stop = trade.TrailLevel;
            reason = ExitReason.TrailingStop;
        }
        var stopped = stop > 0 && (isLong ? bar.Low <= stop : bar.High >= stop);
        var targetWaits = trade.TargetWaits && feedIndex == trade.EntryIndex;
        var reached = trade.Target > 0 && !targetWaits && (isLong ? bar.High >= trade.Target : bar.Low <= trade.Target);
        if (!stopped && !reached) return false;
        // Where the market stands before the bar's range is tried: at the open, or where the trade was entered after it.
        var from = trade.EntryIndex == feedIndex && !trade.EnteredAtOpen ? trade.EntryPrice : bar.Open;
        var stopFirst = _execution.Intrabar == IntrabarRule.StopFirst;
        if (stopped && reached && _execution.UsePath) stopFirst = IsStopFirst(trade, stop, feedIndex, bar.Time, ref from);
        if (stopped && (!reached || stopFirst))
        {
            var gapped = isLong ? from <= stop : from >= stop;
            if (_limited) return StopInParts(at, gapped ? from : stop, reason, bar, index);
            var price = Slipped((Side)(-(int)trade.Side), gapped ? from : stop, trade.Quantity, bar);
            var paid = default(OrderFees);
            CloseTrade(at, trade.Quantity, price, FeeOf(price, trade.Quantity, maker: false, bar.Time, ref paid), maker: false, default, reason, bar, index);
        }
        else
        {
            var gapped = isLong ? from > trade.Target : from < trade.Target;
            var price = trade.Target;
            var quantity = trade.Quantity;
            if (_limited)
            {
                quantity = Fillable(quantity, bar, index);
                if (quantity <= 0) return false;
                if (trade.TargetOrder.IsNone) trade.TargetOrder = NextOrder();
            }
            if (gapped)
            {
                price = Slipped((Side)(-(int)trade.Side), from, quantity, bar);
                price = isLong ? Math.Max(price, trade.Target) : Math.Min(price, trade.Target);
            }
            var fee = FeeOf(price, quantity, !gapped, bar.Time, ref trade.TargetFees);
            return CloseTrade(at, quantity, price, fee, maker: !gapped, _limited ? trade.TargetOrder : default, ExitReason.Target, bar, index);
        }
        return true;
    }

    private double Slipped(Side side, double price, double quantity, in Bar bar)
    {
        if (_execution.Slippage is null) return price;
        var slipped = _execution.Slippage.Slip(side, price, quantity, bar.Volume, _instrument.TickSize);
        return side == Side.Buy ? Math.Min(slipped, Math.Max(bar.High, price)) : Math.Max(slipped, Math.Min(bar.Low, price));
    }

    private void FillAtClose(int at, int index)
    {
        var bar = _block[index];
        var trades = _tradeCount;
        ref var order = ref _orders[at];
        if (order.TimeInForce != TimeInForce.GoodTillCancelled && order.ExpiresAt == long.MaxValue) Expire(ref order, bar.Time);
        Fill(at, bar.Close, bar, index, atOpen: false);
        // The close at which it was entered is a close since the entry.
        if (_tradeCount > trades && _trades[_tradeCount - 1].TrailFraction > 0) Trail(ref _trades[_tradeCount - 1], bar.Close, _block.FirstIndex + index);
        Refresh();
    }

    // Fills a waiting order, whole or as far as the bar's volume allows; true where it is not waiting any more (or others are not).
    private bool Fill(int at, double reference, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref _orders[at];
        var maker = false;
        double price;
        var quantity = order.Quantity;
        if (_limited)
        {
            quantity = Fillable(order, bar, index);
            if (quantity <= 0) return false;
        }
        if (order.Type is OrderType.Limit or OrderType.StopLimit)
        {
            // At its own limit price an order has waited for the market; at a better one it takes what is there, and slips, but never past its limit.
            maker = reference == order.LimitPrice;
            price = maker ? reference : Slipped(order.Side, reference, quantity, bar);
            price = order.Side == Side.Buy ? Math.Min(price, order.LimitPrice) : Math.Max(price, order.LimitPrice);
        }
        else
        {
            price = Slipped(order.Side, reference, quantity, bar);
        }
        if (order.Role == OrderRole.Net) return FillNet(at, quantity, reference, price, maker, bar, index, atOpen);
        var paid = order.Fees;
        var fee = FeeOf(price, quantity, maker, bar.Time, ref paid);
        bool whole;
        if (order.Role == OrderRole.Entry)
        {
            var first = order.FilledQuantity == 0;
            if (Exceeds(OutlayOf(price, quantity) + fee, Available(price)))
            {
                Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
                return true;
            }
            order.Fees = paid;
            whole = Filled(ref order, quantity, price);
            if (first) OpenNew(order, quantity, price, fee, maker, bar, index, atOpen);
            else Increase(order, quantity, price, fee, maker, bar, index);
            if (whole) Remove(at);
            return whole;
        }
        order.Fees = paid;
        var (number, id, reason) = (order.TradeNumber, order.Id, order.Reason);
        whole = Filled(ref order, quantity, price);
        if (whole) Remove(at);
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Number == number)
            {
                CloseTrade(i, whole ? _trades[i].Quantity : quantity, price, fee, maker, id, reason, bar, index);
                break;
            }
        return whole;
    }

    // The fee of an order's next fill, and what it has paid with it.
    private double FeeOf(double price, double quantity, bool maker, long time, ref OrderFees paid) => _proportional
        ? _execution.Fee.Fee(price, quantity, _multiplier, maker)
        : _execution.Fee.NextFee(price, quantity, _multiplier, maker, _traded?.At(time) ?? 0, ref paid);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FillNet(int at, double quantity, double reference, double price, bool maker, in Bar bar, int index, bool atOpen)
    {
        var order = _orders[at];
        var waiting = _orderCount;
        var (left, released) = (quantity, 0.0);
        for (var i = 0; i < _tradeCount && left > 0; i++)
        {
            if (_trades[i].Side == order.Side) continue;
            var part = Math.Min(left, _trades[i].Quantity);
            left -= part;
            released += Released(_trades[i], part, price);
        }
        if (left > 0 && Exceeds(CostOf(price, left, maker), Available(price) + released))
        {
            Drop(at, order.FilledQuantity == 0 ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
            return true;
        }
        // A fee that does not follow from size is split over what the fill closes and opens by quantity, the last taking what is left of it.
        var paid = order.Fees;
        var fees = _proportional ? 0 : FeeOf(price, quantity, maker, bar.Time, ref paid);
        _orders[at].Fees = paid;
        var whole = Filled(ref _orders[at], quantity, price);
        if (whole) Remove(at);
        left = quantity;
        double Share(double part)
        {
            if (_proportional) return _execution.Fee.Fee(price, part, _multiplier, maker);
            var fee = left > 0 ? fees * (part / quantity) : fees;
            fees -= fee;
            return fee;
        }
        for (var i = 0; i < _tradeCount && left > 0; i++)
        {
            if (_trades[i].Side == order.Side) continue;
            var part = Math.Min(left, _trades[i].Quantity);
            left -= part;
            if (CloseTrade(i, part, price, Share(part), maker, order.Id, ExitReason.Signal, bar, index)) i--;
        }
        if (left > 0)
        {
            var part = left;
            left = 0;
            var fee = Share(part);
            if (order.TradeNumber != 0 && HasTrade(order.TradeNumber))
            {
                Increase(order, part, price, fee, maker, bar, index);
            }
            else
            {
                order.TradeNumber = NextSignal();
                _fingerprint.Add((ulong)(uint)order.TradeNumber << 8 | (byte)order.Side, (ulong)order.CreatedAt);
                _observer?.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, reference, part, 0, 0, order.ExpiresAt) { AtFill = true });
                OpenNew(order, part, price, fee, maker, bar, index, atOpen);
            }
        }
        for (var i = _orderCount - 1; i >= 0; i--)
            if (_orders[i].Id == order.Id) _orders[i].TradeNumber = order.TradeNumber;
            else if (order.OcoGroup != 0 && _orders[i].OcoGroup == order.OcoGroup) Drop(i, OrderState.Cancelled, bar.Time);
        return _orderCount != waiting;
    }

    // Books a fill with its order; true where it is filled whole.
    private bool Filled(ref Order order, double quantity, double price)
    {
        var before = order.FilledQuantity;
        var whole = quantity == order.Rest;
        order.FilledPrice = before == 0 ? price : (order.FilledPrice * before + price * quantity) / (before + quantity);
        order.FilledQuantity = whole ? order.Quantity : before + quantity;
        order.Become(whole ? OrderState.Filled : OrderState.PartiallyFilled);
        Tell(order);
        if (!whole || order.Role != OrderRole.Entry) return whole;
        if (order.Side == Side.Buy) _pendingLong--;
        else _pendingShort--;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenNew(in Order order, double quantity, double price, double fee, bool maker, in Bar bar, int index, bool atOpen)
    {
        MarkTo(index);
        if (_limited || _traded is not null) Count(bar.Time, price, quantity);
        var sign = (int)order.Side;
        _cash -= sign * quantity * price * _multiplier + fee;
        _net += sign * quantity * _multiplier;
        _tradeMeter.Commission += fee;
        if (_tradeCount == _trades.Length) Array.Resize(ref _trades, _trades.Length * 2);
        ref var trade = ref _trades[_tradeCount++];
        trade = default;
        trade.Number = order.TradeNumber;
        trade.Side = order.Side;
        trade.Quantity = trade.EntryQuantity = quantity;
        trade.EntryPrice = price;
        trade.SignalTime = order.CreatedAt;
        trade.EntryTime = bar.Time;
        trade.EntryIndex = _block.FirstIndex + index;
        trade.Commission = fee;
        trade.LowestLow = trade.HighestHigh = price;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.BorrowedTo = bar.Time / TimeSpan.TicksPerDay;
        if (order.Role == OrderRole.Entry)
        {
            trade.Stop = order.StopLoss > 0 ? order.StopLoss
                : _settings.StopLossPercent > 0 ? _instrument.RoundPrice(price * (1 - sign * _settings.StopLossPercent / 100)) : 0;
            trade.Target = order.TakeProfit > 0 ? order.TakeProfit
                : _settings.TakeProfitPercent > 0 ? _instrument.RoundPrice(price * (1 + sign * _settings.TakeProfitPercent / 100)) : 0;
            trade.TrailFraction = order.TrailFraction;
        }
        // An entry on the close has no rest of its bar to be protected on.
        var onClose = order.Type == OrderType.MarketOnClose || (_execution.Fill == FillTiming.SameClose && order.Type == OrderType.Market);
        trade.FirstWholeBar = trade.EntryIndex + (onClose ? 1 : 0);
        trade.ProtectedFrom = _execution.ProtectFrom == ProtectFrom.NextBar ? trade.EntryIndex + 1 : trade.FirstWholeBar;
        trade.EnteredAtOpen = atOpen;
        trade.TargetWaits = !atOpen && order.Type == OrderType.Limit;
        trade.TrailBest = _execution.ProtectFrom == ProtectFrom.EntryBar ? price : double.NaN;
        trade.TrailLevel = _execution.ProtectFrom == ProtectFrom.EntryBar && trade.TrailFraction > 0
            ? _instrument.RoundPrice(price * (1 - sign * trade.TrailFraction)) : 0;
        trade.TimeExit = _settings.ExitAt is { } at ? NextTimeOfDay(bar.Time, at) : long.MaxValue;
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x40 | (byte)sign, (ulong)bar.Time);
        _fingerprint.Add(price, quantity);
        _observer?.OnFill(new TradeFill(trade.Number, bar.Time, price, quantity, fee, order.Id, IsEntry: true, IsFirst: true, maker));
        if (_listener is not null) TellProtection(ref trade, OrderState.Submitted, OrderState.Submitted, OrderState.Submitted);
    }

    // True where the trade is closed whole.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CloseTrade(int at, double quantity, double price, double fee, bool maker, OrderId order, ExitReason reason, in Bar bar, int index)
    {
        MarkTo(index);
        if (_limited || _traded is not null) Count(bar.Time, price, quantity);
        ref var trade = ref _trades[at];
        var sign = (int)trade.Side;
        _cash += sign * quantity * price * _multiplier - fee;
        _tradeMeter.Commission += fee;
        trade.Commission += fee;
        trade.Quantity -= quantity;
        trade.ExitNotional += price * quantity;
        if (trade.Quantity > 0)
        {
            _net -= sign * quantity * _multiplier;
            // An exit that waits has only the rest to close.
            for (var i = 0; trade.Exiting && i < _orderCount; i++)
                if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == trade.Number)
                    _orders[i].Quantity = _orders[i].FilledQuantity + trade.Quantity;
            trade.Parted = true;
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x20, (ulong)bar.Time);
            _fingerprint.Add(price, quantity);
            _observer?.OnFill(new TradeFill(trade.Number, bar.Time, price, quantity, fee, order, IsEntry: false, IsFirst: false, maker));
            return false;
        }
        if (trade.EntryWorking) EndEntry(trade.Number, bar.Time);
        if (_observer is not null && (trade.Parted || !_proportional))
            _observer.OnFill(new TradeFill(trade.Number, bar.Time, price, quantity, fee, order, IsEntry: false, IsFirst: false, maker));

        if (_excursions) Excursion(ref trade, bar.Low, bar.High, price);
        var exitPrice = quantity == trade.EntryQuantity ? price : trade.ExitNotional / trade.EntryQuantity;
        var profit = sign * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * _multiplier;
        var bars = (int)(_block.FirstIndex + index - trade.EntryIndex);
        var net = profit - trade.Commission;
        if (trade.Carry != 0) net += trade.Carry;
        _tradeMeter.Add(net, bars);
        _account?.Add(net, bars);
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x60 | (byte)reason, (ulong)bar.Time);
        _fingerprint.Add(exitPrice, net);
        if (_observer is not null || _listener is not null) TellTrade(ref trade, bar.Time, price, exitPrice, profit, bars, reason);
        var exiting = trade.Exiting;
        var number = trade.Number;
        _tradeCount--;
        if (at < _tradeCount) Array.Copy(_trades, at + 1, _trades, at, _tradeCount - at);
        // Exactly what is open, so that rounding never leaves a crumb of a position.
        _net = 0;
        for (var i = 0; i < _tradeCount; i++) _net += (int)_trades[i].Side * _trades[i].Quantity * _multiplier;
        if (exiting)
            for (var i = _orderCount - 1; i >= 0; i--)
                if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == number)
                    Drop(i, OrderState.Cancelled, bar.Time);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellTrade(ref OpenTrade trade, long time, double price, double exitPrice, double profit, int bars, ExitReason reason)
    {
        var closed = Snapshot(trade, time, exitPrice, profit, bars, reason);
        _observer?.OnTrade(closed);
        if (_listener is null) return;
        TellProtection(ref trade,
            reason == ExitReason.Stop ? OrderState.Filled : OrderState.Cancelled,
            reason == ExitReason.Target ? OrderState.Filled : OrderState.Cancelled,
            reason == ExitReason.TrailingStop ? OrderState.Filled : OrderState.Cancelled, price);
        _notices!.Add(new Notice(true, default, closed));
    }

    private static Trade Snapshot(in OpenTrade trade, long time, double price, double profit, int bars, ExitReason reason)
    {
        var worst = trade.Side == Side.Buy ? trade.EntryPrice - trade.LowestLow : trade.HighestHigh - trade.EntryPrice;
        var best = trade.Side == Side.Buy ? trade.HighestHigh - trade.EntryPrice : trade.EntryPrice - trade.LowestLow;
        return new Trade(trade.Number, trade.Side, trade.EntryQuantity, trade.SignalTime, trade.EntryTime, trade.EntryPrice, time, price, profit,
            trade.Commission, bars, reason, worst / trade.EntryPrice, best / trade.EntryPrice) { Carry = trade.Carry };
    }

    // The bar of the exit counts as far as the exit price; its other extreme may have come later.
    private static void Excursion(ref OpenTrade trade, double low, double high, double exit)
    {
        trade.LowestLow = Math.Min(trade.LowestLow, Math.Clamp(exit, low, high));
        trade.HighestHigh = Math.Max(trade.HighestHigh, Math.Clamp(exit, low, high));
    }

    private void Refresh()
    {
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        var everyBar = false;
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            var (below, above) = trade.Side == Side.Buy ? (trade.Stop, trade.Target) : (trade.Target, trade.Stop);
            if (below > 0 && below > low) low = below;
            if (above > 0 && above < high) high = above;
            everyBar |= trade.TrailFraction > 0 || _settings.MaxBars > 0 || trade.TimeExit != long.MaxValue;
        }
        if (_tradeCount > 0 && (_carries || _execution.Maintenance > 0)) everyBar = true;
        _triggerLow = low;
        _triggerHigh = high;
        _everyBar = everyBar;
        // Notices, too, make the run loop stop, so that they are delivered at the bar that they are about.
        Active = _orderCount > 0 || everyBar || low > double.NegativeInfinity || high < double.PositiveInfinity || HasNotices;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long EndOfDay(long time)
    {
        var calendar = _instrument.Calendar;
        var day = calendar.LocalDay(time);
        if (calendar.IsContinuous) return (day + 1L) * TimeSpan.TicksPerDay - 1;
        // After the session, or on a day without one, the day ends at local midnight.
        return calendar.Session(DateOnly.FromDayNumber(day)) is { } session && session.Close > time
            ? session.Close - 1
            : NextTimeOfDay(time, TimeSpan.Zero) - 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long NextTimeOfDay(long time, TimeSpan at)
    {
        var calendar = _instrument.Calendar;
        if (calendar.IsContinuous)
        {
            var today = time - time % TimeSpan.TicksPerDay + at.Ticks;
            return today > time ? today : today + TimeSpan.TicksPerDay;
        }
        var local = calendar.ToLocal(time);
        var wanted = local.Date + at;
        if (wanted <= local) wanted = wanted.AddDays(1);
        if (calendar.Zone.IsInvalidTime(wanted)) wanted = wanted.AddHours(1);
        return TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(wanted, DateTimeKind.Unspecified), calendar.Zone).Ticks;
    }

    // ---- marking ----------------------------------------------------------------------------------------------------------

    /// <summary>Marks the bars up to, but not with, <paramref name="index"/> as they stand now: to be called before anything changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkTo(int index)
    {
        if (_marked < index) Mark(index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mark(int index)
    {
        if (_account is null) _meter.Mark(_cash, _net, _tradeCount > 0, _block, _calendar, _marked, index);
        if (_excursions)
            for (var i = 0; i < _tradeCount; i++)
            {
                ref var trade = ref _trades[i];
                // A trade that was entered on a close has not lived through that bar.
                var from = (int)Math.Max(_marked, trade.FirstWholeBar - _block.FirstIndex);
                if (from >= index) continue;
                var lows = _block.Low[from..index];
                var highs = _block.High[from..index];
                trade.LowestLow = Math.Min(trade.LowestLow, Extremes.Least(lows));
                trade.HighestHigh = Math.Max(trade.HighestHigh, Extremes.Greatest(highs));
            }
        _marked = index;
    }

    // ---- the end ----------------------------------------------------------------------------------------------------------

    /// <summary>Reports what is still open or waiting, at the last bar's close, and closes the meters.</summary>
    public EquitySums Finish(long time, double close, long lastIndex)
    {
        _closed = true;
        for (var i = _orderCount - 1; i >= 0; i--)
        {
            if (_orders[i].Role != OrderRole.Entry || _orders[i].FilledQuantity > 0) continue;
            End(_orders[i].TradeNumber, SignalEnd.Unfilled, time);
        }
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            var exitPrice = (trade.ExitNotional + close * trade.Quantity) / trade.EntryQuantity;
            var profit = (int)trade.Side * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * _multiplier;
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x60, (ulong)time);
            _fingerprint.Add(exitPrice, profit);
            _observer?.OnTrade(Snapshot(trade, time, exitPrice, profit, (int)(lastIndex - trade.EntryIndex), ExitReason.Open));
        }
        var sums = _meter.Finish();
        if (_account is null) sums.AddTo(ref _fingerprint);
        return sums;
    }

    // ---- call-backs -------------------------------------------------------------------------------------------------------

    private void Tell(in Order order)
    {
        if (_listener is not null) Note(order);
        if (_sender is not null) Send(order);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Send(in Order order) => _sender!.OnOrder(order);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(in Order order) => _notices!.Add(new Notice(false, order, default));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellProtection(ref OpenTrade trade, OrderState stop, OrderState target, OrderState trailing, double price = 0)
    {
        trade.StopOrder = One(trade, OrderRole.StopLoss, OrderType.Stop, trade.Stop, trade.StopOrder, stop, price);
        trade.TargetOrder = One(trade, OrderRole.TakeProfit, OrderType.Limit, trade.Target, trade.TargetOrder, target, price);
        trade.TrailOrder = One(trade, OrderRole.TrailingStop, OrderType.TrailingStop, trade.TrailFraction, trade.TrailOrder, trailing, price);
    }

    private OrderId One(in OpenTrade trade, OrderRole role, OrderType type, double level, OrderId id, OrderState state, double price)
    {
        if (level <= 0) return id;
        if (id.IsNone) id = NextOrder();
        var order = new Order
        {
            Id = id,
            Role = role,
            Type = type,
            Side = (Side)(-(int)trade.Side),
            Quantity = trade.EntryQuantity,
            TradeNumber = trade.Number,
            StopPrice = role == OrderRole.StopLoss ? level : role == OrderRole.TrailingStop ? trade.TrailLevel : 0,
            LimitPrice = role == OrderRole.TakeProfit ? level : 0,
            CreatedAt = trade.EntryTime,
            ExpiresAt = long.MaxValue,
        };
        order.Become(OrderState.Submitted);
        if (state != OrderState.Submitted)
        {
            if (state == OrderState.Filled) (order.FilledQuantity, order.FilledPrice) = (order.Quantity, price);
            order.Become(state);
        }
        Tell(order);
        return id;
    }

    /// <summary>Delivers what has happened since the last call; what the strategy does in answer is delivered too.</summary>
    public void Dispatch()
    {
        for (var i = 0; i < _notices!.Count; i++)
        {
            var notice = _notices[i];
            if (notice.IsTrade) _listener!.OnTrade(_context!, notice.Trade);
            else _listener!.OnOrder(_context!, notice.Order);
            if (i > 10_000) throw new InvalidOperationException("the strategy answers its own order events without end");
        }
        _notices.Clear();
        Refresh();
    }

    public bool HasNotices => _notices is { Count: > 0 };
}
