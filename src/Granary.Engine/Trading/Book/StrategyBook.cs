using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The simulated account of one strategy on one instrument: its cash, its waiting orders and its open trades. Each entry is a separate
/// trade.
/// </summary>
/// <remarks>
/// This class holds the state: one object, so that a bar needs few cache lines. Other classes do the work. Each has one duty and may use
/// those before it in this list: <see cref="BookEvents"/> (digest, observers, call-backs), <see cref="BookMarks"/> (equity at each close),
/// <see cref="BookFunds"/> (available cash), <see cref="BookTriggers"/> (bars to process), <see cref="BookOrders"/> (order life cycle),
/// <see cref="BookTrades"/> (trades from fills), <see cref="BookFills"/> (orders to fills), <see cref="BookExits"/> (closing orders),
/// <see cref="BookProtection"/> (stops and targets), <see cref="BookRuin"/> (ruin of an account), <see cref="BookFinancing"/> (financing
/// and splits), <see cref="BookBar"/> (the sequence within a bar) and <see cref="BookRequests"/> (requests of a strategy).
/// </remarks>
internal sealed class StrategyBook
{
    /// <summary>An entry at the market with the batch's own size and protection.</summary>
    public static readonly EntryOptions AtMarket;

    public readonly Instrument Instrument;
    public readonly TradingSettings Settings;
    public readonly ExecutionSettings Execution;
    public readonly FillRule FillRule;
    public readonly BuyingPower Power;
    public readonly double Multiplier;
    public readonly Timeframe Timeframe;
    /// <summary>The account of several books; null if the strategy has one instrument.</summary>
    public readonly SharedAccount? Shared;
    public readonly EquityMeter EquityMeter;
    /// <summary>Whether an observer needs the excursions of trades.</summary>
    public readonly bool TracksExcursions;
    /// <summary>Whether orders take longer than until the next bar.</summary>
    public readonly bool HasLatency;
    /// <summary>Whether a bar's volume limits fills.</summary>
    public readonly bool IsVolumeLimited;
    /// <summary>Whether fees depend on size alone.</summary>
    public readonly bool HasProportionalFees;
    public readonly bool HasFinancing;
    /// <summary>The smaller bars; null if there are none, or if the batch does not use them.</summary>
    public readonly IntrabarPath? Path;
    /// <summary>Recently traded value of the account; null if no fee depends on it.</summary>
    public readonly TradedNotional? Traded;
    /// <summary>The open times from which on the instrument's splits and dividends have taken effect, in order.</summary>
    public readonly long[] ExTimes;
    public readonly IRunObserver? Observer;
    /// <summary>Null if no observer receives the orders.</summary>
    public readonly IOrderObserver? OrderObserver;
    /// <summary>Null if no observer follows the levels of open trades.</summary>
    public readonly IProtectionObserver? ProtectionObserver;

    public WaitingOrders Orders = new();
    public OpenTrades OpenTrades = new();
    public CashAccount Account;
    /// <summary>Longs less shorts in base units times the multiplier: equity is cash + net · close.</summary>
    public double Net;
    public double TriggerLow = double.NegativeInfinity, TriggerHigh = double.PositiveInfinity;
    public bool EveryBar;
    public TradeMeter TradeMeter;
    public RunDigest Digest = new();
    public BarBlock Block = null!;
    /// <summary>
    /// The bars that are marked together, with their calendar: the current block, and the bars before it that may still be unmarked.
    /// </summary>
    public BarBlock Marks = null!;
    public BlockCalendar Calendar = null!;
    /// <summary>The index of the block's first bar in <see cref="Marks"/>.</summary>
    public int Offset;
    public BarVolume Volume = new();
    /// <summary>Whether the book accepts no more orders.</summary>
    public bool IsClosed;
    /// <summary>Whether the strategy has read the quantity of its size rule.</summary>
    public bool KnowsUsualQuantity;
    /// <summary>The number of bars of <see cref="Marks"/> that are marked.</summary>
    public int Marked;
    /// <summary>The part of the bar on which fills are tried; see <see cref="BarStep"/>.</summary>
    public int Step;
    /// <summary>The index of the next split or dividend of the instrument.</summary>
    public int NextAction;
    public double CloseBefore = double.NaN;
    public long LastOrderId;
    /// <summary>The period of <see cref="TradingSettings.EntryEvery"/> in which the last entry was sent.</summary>
    public long LastEntryPeriod = -1;
    /// <summary>Null if the strategy has no call-backs.</summary>
    public StrategyNotices? Notices;

    /// <param name="account">The account of several books; this book is then closed until <see cref="Open"/>.</param>
    public StrategyBook(MarketSeries series, TradingSettings settings, ExecutionSettings execution, IRunObserver? observer,
        SharedAccount? account = null)
    {
        Instrument = series.Instrument;
        Timeframe = series.Timeframe;
        Settings = settings;
        Execution = execution;
        FillRule = new FillRule(Instrument, execution);
        Power = new BuyingPower(Instrument, execution);
        Multiplier = Instrument.Multiplier;
        Shared = account;
        Account = new CashAccount(account is null ? settings.Cash : 0);
        IsClosed = account is not null;
        EquityMeter = new EquityMeter(settings.Cash, settings.TradeFrom);
        Observer = observer;
        OrderObserver = observer as IOrderObserver;
        ProtectionObserver = observer as IProtectionObserver;
        TracksExcursions = observer is not null;
        HasLatency = execution.LatencyBars > 0;
        IsVolumeLimited = execution.VolumeShare > 0;
        HasProportionalFees = execution.Fee.IsProportional;
        Path = execution.UsePath ? series.Path : null;
        Traded = account is not null ? account.Traded : execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;
        var actions = Instrument.CorporateActions;
        ExTimes = actions.Count == 0 ? [] : [.. actions.Select(a => a.From(series.Timeframe))];
        HasFinancing = new FinancingRate(execution).IsCharged || actions.Count > 0;
    }

    /// <summary>Whether the next bar must be checked: an order is waiting or a trade is protected.</summary>
    public bool Active
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get;
        set;
    }

    public int OpenTradeCount => OpenTrades.Count;

    public int SignalCount { get; set; }

    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds { get; set; }

    public double LastEntryPrice => OpenTrades.Count > 0 ? OpenTrades.Last.EntryPrice : double.NaN;

    public double NetQuantity => Net / Multiplier;

    /// <summary>Filters every entry; null without a model.</summary>
    public IEntryFilter? EntryFilter { get; set; }

    /// <summary>The last close; set by a run with several books on one account.</summary>
    public double LastPrice { get; set; }

    /// <summary>
    /// UTC ticks of the current time slice if this instrument has no bar that closes in it, so that no order can fill at its close;
    /// otherwise 0.
    /// </summary>
    public long StaleAt { get; set; }

    /// <summary>Whether the account had no equity left and was closed; its equity then stays at zero.</summary>
    public bool IsRuined { get; set; }

    public bool HasNotices => Notices is { Any: true };

    /// <summary>Registers the listener that receives notifications of trades.</summary>
    public void Listen(ITradeListener listener) => Notices = new StrategyNotices(listener);

    /// <summary>Opens the book at the instrument's first bar.</summary>
    public void Open() => IsClosed = IsRuined;

    /// <summary>Switches to other bars, after the previous ones are marked.</summary>
    /// <param name="closeBefore">The last close before them; NaN if there is none.</param>
    public void Bind(BarBlock block, BarBlock marks, BlockCalendar calendar, double closeBefore)
    {
        MarkAll();
        (Block, Marks, Calendar, CloseBefore, Marked) = (block, marks, calendar, closeBefore, 0);
    }

    /// <summary>Starts a block, whose bars are in <see cref="Block"/>.</summary>
    /// <param name="offset">The index of its first bar in <see cref="Marks"/>.</param>
    public void Begin(int offset)
    {
        Offset = offset;
        if (Net < 0 || Account.Cash < 0) BookTriggers.Refresh(this);
    }

    /// <summary>UTC ticks of a bar's open, or of the time slice if the instrument has no bar in it.</summary>
    public long TimeAt(int index) => StaleAt == 0 ? Block.TimeColumn[index] : StaleAt;

    public bool HasOpen(Side side) => OpenTrades.Has(side);

    public bool HasPendingEntry(Side side) => Orders.EntriesOf(side) > 0;

    public long BarsInTrade(long barNumber) => OpenTrades.Count > 0 ? barNumber - OpenTrades.Last.EntryIndex : -1;

    public Position NetPosition() => OpenTrades.Netted();

    /// <summary>The account's equity, with this book's instrument at a price.</summary>
    public double EquityAt(double price) => Shared is null ? OwnEquity(price) : Shared.Equity;

    /// <summary>Returns this book's contribution to the account's equity.</summary>
    public double OwnEquity(double price) => Account.Cash + Net * price;

    /// <summary>Whether <see cref="Process"/> must run on a bar with this low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTouchedBy(double low, double high) => Orders.Count > 0 || EveryBar || low <= TriggerLow || high >= TriggerHigh;

    /// <summary>Fills orders, stops and targets on a bar.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(int index) => BookBar.Process(this, index);

    /// <summary>Marks the bars before <paramref name="index"/> with the current position; call it before any change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkTo(int index)
    {
        if (Marked < Offset + index) BookMarks.Mark(this, Offset + index);
    }

    /// <summary>Marks all bars so far.</summary>
    public void MarkAll()
    {
        if (Marks is not null && Marked < Marks.Count) BookMarks.Mark(this, Marks.Count);
    }

    /// <summary>Delivers call-backs of events since the last call, including those that the strategy's own reactions cause.</summary>
    public void Dispatch()
    {
        Notices!.Deliver();
        BookTriggers.Refresh(this);
    }

    /// <summary>Reports open trades and waiting orders at the last bar's close, and closes the meters.</summary>
    public EquitySums Finish(long time, double close, long lastIndex)
    {
        IsClosed = true;
        BookOrders.EndWaiting(this, time);
        BookTrades.ReportOpen(this, time, close, lastIndex);
        var sums = EquityMeter.Finish();
        if (Shared is null) Digest.Equity(sums);
        return sums;
    }
}
