using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The simulated account of one strategy on one instrument: its cash, its waiting orders and its open trades. Each entry is a trade of its
/// own.
/// </summary>
/// <remarks>
/// This class is the memory: one object, so that a bar finds it in a few cache lines. The classes over it do the work, each with one duty,
/// and each may use those before it: <see cref="BookEvents"/> (digest, observers, call-backs), <see cref="BookMarks"/> (equity at each
/// close),
/// <see cref="BookFunds"/> (what can be spent), <see cref="BookTriggers"/> (which bars need work), <see cref="BookOrders"/> (the life of an
/// order), <see cref="BookTrades"/> (trades from fills), <see cref="BookFills"/> (orders to fills), <see cref="BookExits"/> (orders that
/// close),
/// <see cref="BookProtection"/> (stops and targets), <see cref="BookRuin"/> (the end of an account), <see cref="BookFinancing"/> (what
/// holding costs), <see cref="BookBar"/> (the course of a bar) and <see cref="BookRequests"/> (what a strategy asks for).
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
    /// <summary>Null where the strategy has one instrument, and so the account for itself.</summary>
    public readonly SharedAccount? Shared;
    public readonly EquityMeter EquityMeter;
    /// <summary>Whether somebody wants to know how far trades went for and against.</summary>
    public readonly bool TracksExcursions;
    /// <summary>Orders take longer than to the next bar.</summary>
    public readonly bool HasLatency;
    /// <summary>A bar's volume bounds fills.</summary>
    public readonly bool IsVolumeLimited;
    /// <summary>Fees follow from size alone.</summary>
    public readonly bool HasProportionalFees;
    public readonly bool HasFinancing;
    /// <summary>The smaller bars; null where there are none, or the batch does not ask for them.</summary>
    public readonly IntrabarPath? Path;
    /// <summary>What the account has traded lately; null where no fee depends on it.</summary>
    public readonly TradedNotional? Traded;
    /// <summary>From which open times on the instrument's splits and dividends have happened, in order.</summary>
    public readonly long[] ExTimes;
    public readonly IRunObserver? Observer;
    /// <summary>Null where orders are not sent on.</summary>
    public readonly IOrderObserver? OrderObserver;
    /// <summary>Null where the levels of open trades are not followed.</summary>
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
    /// <summary>Bars that are marked together: the block's and as many before it as may have been left; and their calendar.</summary>
    public BarBlock Marks = null!;
    public BlockCalendar Calendar = null!;
    /// <summary>The place of the block's first bar in <see cref="Marks"/>.</summary>
    public int Offset;
    public BarVolume Volume = new();
    /// <summary>Nothing new is accepted.</summary>
    public bool IsClosed;
    /// <summary>The strategy has asked what its size rule gives.</summary>
    public bool KnowsUsualQuantity;
    /// <summary>How many of <see cref="Marks"/> are marked.</summary>
    public int Marked;
    /// <summary>The part of the bar that is being tried; see <see cref="BarStep"/>.</summary>
    public int Step;
    /// <summary>Of the instrument's splits and dividends.</summary>
    public int NextAction;
    public double CloseBefore = double.NaN;
    public long LastOrderId;
    /// <summary>The period of <see cref="TradingSettings.EntryEvery"/> in which the last entry was sent.</summary>
    public long LastEntryPeriod = -1;
    /// <summary>Null where the strategy has no call-backs.</summary>
    public StrategyNotices? Notices;

    /// <param name="account">That of several books; this one is closed then until <see cref="Open"/>.</param>
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

    /// <summary>Whether the next bar has to be looked at: an order waits or a trade is protected.</summary>
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

    /// <summary>Is asked about every entry; null where there is no model.</summary>
    public IEntryFilter? EntryFilter { get; set; }

    /// <summary>The last close; kept by the run that has several books on one account.</summary>
    public double LastPrice { get; set; }

    /// <summary>
    /// UTC ticks of the current time slice where no bar of this instrument closes in it, so that nothing can trade at its close; else 0.
    /// </summary>
    public long StaleAt { get; set; }

    /// <summary>The account had no equity left and was closed; it stays at zero.</summary>
    public bool IsRuined { get; set; }

    public bool HasNotices => Notices is { Any: true };

    /// <summary>Who gets call-backs.</summary>
    public void Listen(ITradeListener listener) => Notices = new StrategyNotices(listener);

    /// <summary>The instrument has had its first bar.</summary>
    public void Open() => IsClosed = IsRuined;

    /// <summary>Begins other bars, when those before are marked.</summary>
    /// <param name="closeBefore">The last close before them; NaN where there is none.</param>
    public void Bind(BarBlock block, BarBlock marks, BlockCalendar calendar, double closeBefore)
    {
        MarkAll();
        (Block, Marks, Calendar, CloseBefore, Marked) = (block, marks, calendar, closeBefore, 0);
    }

    /// <summary>Begins a block, whose bars are in <see cref="Block"/>.</summary>
    /// <param name="offset">The place of its first bar in <see cref="Marks"/>.</param>
    public void Begin(int offset)
    {
        Offset = offset;
        if (Net < 0 || Account.Cash < 0) BookTriggers.Refresh(this);
    }

    /// <summary>UTC ticks of a bar's open, or of the time slice in which the instrument has no bar.</summary>
    public long TimeAt(int index) => StaleAt == 0 ? Block.TimeColumn[index] : StaleAt;

    public bool HasOpen(Side side) => OpenTrades.Has(side);

    public bool HasPendingEntry(Side side) => Orders.EntriesOf(side) > 0;

    public long BarsInTrade(long barNumber) => OpenTrades.Count > 0 ? barNumber - OpenTrades.Last.EntryIndex : -1;

    public Position NetPosition() => OpenTrades.Netted();

    /// <summary>Of the account, with this book's instrument at a price.</summary>
    public double EquityAt(double price) => Shared is null ? OwnEquity(price) : Shared.Equity;

    /// <summary>What this book adds to the account's equity.</summary>
    public double OwnEquity(double price) => Account.Cash + Net * price;

    /// <summary>Whether <see cref="Process"/> has anything to do on a bar with this low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTouchedBy(double low, double high) => Orders.Count > 0 || EveryBar || low <= TriggerLow || high >= TriggerHigh;

    /// <summary>Fills orders, stops and targets on a bar.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(int index) => BookBar.Process(this, index);

    /// <summary>
    /// Marks the bars up to, but not with, <paramref name="index"/> as they stand now: to be called before anything changes.
    /// </summary>
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

    /// <summary>Delivers call-backs of what has happened since the last call; what the strategy does in answer is delivered too.</summary>
    public void Dispatch()
    {
        Notices!.Deliver();
        BookTriggers.Refresh(this);
    }

    /// <summary>Reports what is still open or waiting, at the last bar's close, and closes the meters.</summary>
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
