using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The simulated account of one strategy on one instrument: its cash, its waiting orders and its open trades, each entry a trade of its
/// own. It fills orders against bars, and tells its meters and observers what happened.
/// </summary>
/// <remarks>
/// One object, so that a bar finds all of it in a few cache lines, and a file for each thing that it does: what a strategy asks for
/// (…Requests), how orders come and go (…Orders), the course of a bar (…Bar), stops and targets (…Protection), prices and fees of fills
/// (…Fills), trades (…Trades), what holding them costs (…Carry), calls for margin (…Margin), marking (…Marks), and who is notified
/// (…Notices).
/// </remarks>
internal sealed partial class StrategyBook
{
    private readonly Instrument _instrument;
    private readonly TradingSettings _settings;
    private readonly ExecutionSettings _execution;
    private readonly BuyingPower _power;
    private readonly double _multiplier;
    private readonly long _barTicks;
    // Null where the strategy has one instrument, and so the account for itself.
    private readonly SharedAccount? _account;
    private WaitingOrders _orders = new();
    private OpenTrades _trades = new();
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
    private bool _closed, _knowsUsualQuantity;

    /// <summary>An entry at the market with the batch's own size and protection.</summary>
    public static readonly EntryOptions AtMarket;

    /// <param name="account">That of several books; this one is closed then until <see cref="Open"/>.</param>
    public StrategyBook(MarketSeries series, TradingSettings settings, ExecutionSettings execution, IRunObserver? observer,
        SharedAccount? account = null)
    {
        _instrument = series.Instrument;
        _barTicks = series.Timeframe.Ticks;
        _settings = settings;
        _execution = execution;
        _power = new BuyingPower(_instrument, execution);
        _multiplier = _instrument.Multiplier;
        _account = account;
        _cash = account is null ? settings.Cash : 0;
        _closed = account is not null;
        _meter = new EquityMeter(settings.Cash, settings.TradeFrom);
        _observer = observer;
        _sender = observer as IOrderObserver;
        _excursions = observer is not null;
        _late = execution.LatencyBars > 0;
        _limited = execution.VolumeShare > 0;
        _proportional = execution.Fee.IsProportional;
        _path = execution.UsePath ? series.Path : null;
        _traded = account is not null ? account.Traded : execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;
        (_exTimes, _hasFinancing) = FinancingOf(series);
    }

    /// <summary>Whether the next bar has to be looked at: an order waits or a trade is protected.</summary>
    public bool Active
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get;
        private set;
    }

    internal EquityMeter Meter => _meter;

    public int OpenTradeCount => _trades.Count;

    public int SignalCount => _signals;

    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds { get; private set; }

    public TradeMeter Trades => _tradeMeter;

    /// <summary>Of everything that has happened so far.</summary>
    public Fingerprint Fingerprint => _fingerprint;

    public double LastEntryPrice => _trades.Count > 0 ? _trades.Last.EntryPrice : double.NaN;

    public double Cash => _cash;

    public double NetQuantity => _net / _multiplier;

    /// <summary>Is asked about every entry; null where there is no model.</summary>
    public IEntryFilter? EntryFilter { get; set; }

    /// <summary>The instrument has had its first bar.</summary>
    public void Open() => _closed = IsRuined;

    /// <param name="marked">How many of the block's bars are marked already.</param>
    public void Bind(BarBlock block, BlockCalendar calendar, int marked = 0)
    {
        if (_hasFinancing && _block is not null) _closeBefore = _block.CloseColumn[^1];
        _block = block;
        _calendar = calendar;
        _marked = marked;
        if (_net < 0 || _cash < 0) Refresh();
    }

    /// <summary>The last close; kept by the run that has several books on one account.</summary>
    public double LastPrice { get; set; }

    /// <summary>
    /// UTC ticks of the current time slice where no bar of this instrument closes in it, so that nothing can trade at its close; else 0.
    /// </summary>
    public long StaleAt { get; set; }

    private long TimeAt(int index) => StaleAt == 0 ? _block.TimeColumn[index] : StaleAt;

    public bool HasOpen(Side side) => _trades.Has(side);

    public bool HasPendingEntry(Side side) => _orders.EntriesOf(side) > 0;

    public long BarsInTrade(long barNumber) => _trades.Count > 0 ? barNumber - _trades.Last.EntryIndex : -1;

    public Position NetPosition() => _trades.Netted();

    public double EquityAt(double price) => _account is null ? OwnEquity(price) : _account.Equity;

    /// <summary>What this book adds to the account's equity.</summary>
    public double OwnEquity(double price) => _cash + _net * price;

    /// <summary>What the size rule gives an entry at this price without a stop.</summary>
    public double UsualQuantity(double price)
    {
        if (_account is null) _knowsUsualQuantity = true;
        else _account.KnowsUsualQuantity = true;
        return _settings.Size.Quantity(EquityAt(price), price, 0, _multiplier);
    }

    /// <summary>What new entries may cost.</summary>
    public double Available(double price) => _account is null ? OwnAvailable(price) : _account.Available(this, price);

    /// <summary>This book's part of it.</summary>
    public double OwnAvailable(double price) => _power.Available(_cash, OwnEquity(price), _trades, price);
}
