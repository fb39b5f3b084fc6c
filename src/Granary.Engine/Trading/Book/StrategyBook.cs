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
/// <para>
/// A run binds bars, processes each bar that the account must see (<see cref="IsTouchedBy"/>), and then lets the strategy make requests at
/// its close. All state is private. After each call these hold:
/// </para>
/// <list type="number">
/// <item>The net position is the sum of the open trades. <see cref="OpenTrades"/> changes both together.</item>
/// <item>
/// Bars are marked before a change of cash or trades, since bars between two changes are marked in one pass. Each method that changes
/// them begins with <c>MarkBefore</c>; see <see cref="EquityMarks"/>.
/// </item>
/// <item>
/// The trigger levels belong to the open trades, and <see cref="Active"/> is true while an order waits, a trade is protected or a
/// call-back is pending. Each call that changes them ends with <c>Refresh</c>, or with <c>Send</c> if it only adds an order.
/// </item>
/// <item>Each event is recorded once, in the order of the changes; see <see cref="BookEvents"/>.</item>
/// </list>
/// <para>Within a bar the sequence is that in which its prices can have occurred:</para>
/// <list type="number">
/// <item>financing, dividends, splits and rolls since the last bar;</item>
/// <item>ruin, if the open leaves no equity, and the liquidation of trades whose margin the open has used up;</item>
/// <item>orders that fill at the open, in the order of their making;</item>
/// <item>
/// stops and targets of open trades, then orders that fill after the open or on the close. With smaller bars, this is done on each of
/// them in turn, so they fill in the order in which the market reached them. Ruin and
/// liquidation come where a stop comes;
/// </item>
/// <item>trailing stops move; trades whose time is over or whose margin is called get an exit for the next open;</item>
/// <item>call-backs, and then the strategy.</item>
/// </list>
/// <para>
/// Each file of the class has one duty. <c>Requests</c> takes the strategy's requests. <c>Orders</c> keeps the life of an order,
/// <c>Fills</c> leads from orders to fills, and <c>Trades</c> from fills to trades. <c>Bar</c> has the sequence within a bar, and
/// <c>Triggers</c> the bars to process.
/// </para>
/// <para>
/// <c>Exits</c> makes closing orders. <c>Protection</c> has stops and targets, <c>Ruin</c> the end of the account, <c>Margin</c>
/// liquidation. <c>Financing</c>, <c>Funding</c> and <c>Interest</c> book amounts over time. <c>Funds</c> has the available cash, and
/// <c>Borrowing</c> the availability of shorts. <c>Universe</c> has the membership of the symbol, <c>Listings</c> its contracts.
/// </para>
/// </remarks>
internal sealed partial class StrategyBook
{
    // ---- what does not change ----

    private readonly TradingSettings _settings;
    private readonly ExecutionSettings _execution;
    private readonly FillRule _fillRule;
    private readonly BuyingPower _power;
    private readonly PositionMargin _margin;
    private readonly Timeframe _timeframe;
    private readonly double _multiplier;
    // The protection of entries without prices of their own.
    private readonly Protection _usual;
    // Whether orders take longer than until the next bar, a bar's volume limits fills, and fees are in proportion to size.
    private readonly bool _hasLatency, _isVolumeLimited, _hasProportionalFees;
    private readonly bool _hasFinancing, _isDelisted, _hasFunding, _hasMarks;
    // Null if the run has no universe.
    private readonly Membership? _members;
    // Null if any quantity can be borrowed.
    private readonly BorrowSeries? _borrow;
    // The open times from which on the instrument's splits and dividends have taken effect, in order.
    private readonly long[] _exTimes;
    // The account of several books, and the book's instrument in it; null if the strategy has one instrument.
    private readonly SharedAccount? _shared;
    private readonly AccountMarket? _market;
    private readonly int _place;
    // The smaller bars; null if there are none, or if the batch does not use them.
    private readonly IntrabarPath? _path;
    // Recently traded value of the account; null if no fee depends on it.
    private readonly TradedNotional? _traded;
    // The balances of an account in another currency than the instrument's; null if it is the same.
    private readonly ForeignBalance? _foreign;

    // ---- the account: these four stand next to each other in memory, because a block reads those of a thousand strategies in turn ----

    private EquityMarks _marks;
    private CashAccount _account;
    private OpenTrades _trades;
    private WaitingOrders _orders = new();

    private TradeMeter _meter;
    private BookEvents _events;
    private BarVolume _volume = new();
    // The terms of the next fill, if its price depends on the quantity.
    private FillTerms _terms;
    private double _lastPrice;
    // The open trades that the shared account counts.
    private int _counted;
    // Whether the account accepts no more orders, and whether that is because it had no equity left; its equity then stays at zero.
    private bool _isClosed, _isRuined;
    private long _lastOrderId;
    // The period of TradingSettings.EntryEvery in which the last entry was sent.
    private long _lastEntryPeriod = -1;
    // Whether the strategy has read the quantity of its size rule.
    private bool _knowsUsualQuantity;

    // ---- the place in time ----

    private BarBlock _block = null!;
    // The part of the bar on which fills are tried.
    private int _step;
    // The index of the next split or dividend of the instrument.
    private int _nextAction;
    // The index of the next funding of the instrument.
    private int _nextFunding;
    // UTC ticks of the current time slice if this instrument has no bar that closes in it, so that no order can fill at its close; else 0.
    private long _staleAt;
    // The bars to process, as Refresh computes them.
    private double _triggerLow = double.NegativeInfinity, _triggerHigh = double.PositiveInfinity;
    private bool _everyBar;

    /// <param name="account">The account of several books; this book is then closed until <see cref="Open"/>.</param>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    /// <param name="everyFill">Whether the listener receives also fills that it can compute from their trade.</param>
    public StrategyBook(MarketSeries series, TradingSettings settings, ExecutionSettings execution, IRunListener? listener,
        SharedAccount? account = null, int symbol = 0, bool everyFill = false)
    {
        Instrument = series.Instrument;
        execution = execution.For(Instrument.Symbol);
        _timeframe = series.Timeframe;
        _settings = settings;
        _usual = settings.ToProtection(execution);
        _execution = execution;
        _fillRule = new FillRule(Instrument, execution);
        _power = new BuyingPower(Instrument, execution);
        _margin = new PositionMargin(Instrument, execution);
        _multiplier = Instrument.Multiplier;
        _shared = account;
        _account = new CashAccount(account is null ? settings.Cash : 0);
        if (account is not null)
        {
            _market = account.MarketOf(Instrument);
            _foreign = _market.Foreign;
            (Place, _place) = (account.Add(this), _market.Add(this));
        }
        else if (Instrument.Rates.IsForeign)
        {
            _foreign = new ForeignBalance(new OwnCash(_account.Cash), Instrument.Rates, execution);
            _account.Cash = _foreign.Cash;
        }
        _trades = new OpenTrades(_multiplier);
        _isClosed = account is not null;
        _hasLatency = execution.LatencyBars > 0;
        _isVolumeLimited = execution.VolumeShare > 0;
        _hasProportionalFees = execution.Fee.IsProportional;
        _events = new BookEvents(listener, symbol, _isVolumeLimited, _hasProportionalFees && !everyFill);
        _marks = new EquityMarks(account is null ? new EquityMeter(settings.Cash, settings.TradeFrom) : null, _timeframe);
        TrackExcursions();
        _path = execution.UsePath ? series.Path : null;
        _traded = account is not null ? account.Traded : execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;
        var actions = Instrument.CorporateActions;
        _exTimes = actions.Count == 0 ? [] : [.. actions.Select(a => a.From(series.Timeframe))];
        _isDelisted = Instrument.DelistedAt > 0;
        _hasFunding = Instrument.Funding.Count > 0;
        _hasMarks = execution.Margin != MarginMode.None && Instrument.Marks.Count > 0;
        _borrow = Instrument.Borrow.IsGiven ? Instrument.Borrow : null;
        _interest = execution.Interest;
        _nights = new InterestNights(settings.TradeFrom, settings.TradeUntil);
        _hasFinancing = new FinancingRate(execution, Instrument.Borrow).IsCharged || _borrow is not null || actions.Count > 0
            || _hasFunding;
        _members = Instrument.Membership;
        _changes = Instrument.Changes.IsNone ? null : Instrument.Changes;
    }

    public Instrument Instrument { get; }

    public int SignalCount { get; private set; }

    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds => _events.SignalEnds;

    public UInt128 Digest => _events.Digest;

    /// <summary>Whether call-backs wait for <see cref="Dispatch"/>.</summary>
    public bool HasNotices => _events.HasNotices;

    /// <summary>The index among the books of a shared account.</summary>
    public int Place { get; }

    /// <summary>The instrument in a shared account; null if the account is the book's own.</summary>
    public AccountMarket? Market => _market;

    /// <summary>The last close, at which a shared account counts the position.</summary>
    public double LastPrice => _market is null ? _lastPrice : _market.Price;

    /// <summary>
    /// The last close of the book's own bars, at which its orders at the market count: they fill at its next open, whatever shorter bars
    /// show since.
    /// </summary>
    public double OwnClose => _lastPrice;

    /// <summary>The equity of the book's own account at the last bar, account currency.</summary>
    // A long block is marked as it is processed; blocks that are collected are marked later.
    public double Equity => _block is null || !_marks.AreCollected(_block) ? _marks.Equity : EquityAtClose(_block.Count - 1);

    /// <summary>Sets the receiver of the strategy's call-backs.</summary>
    public void CallBack(IRunListener callBacks) => _events.CallBack(callBacks);

    /// <summary>Returns the average true range, in which distances of the settings count, at a bar; null if none does.</summary>
    public Func<int, double>? AverageTrueRange { get; set; }

    /// <summary>Sets a model that filters every entry.</summary>
    public void FilterEntries(IEntryFilter filter)
    {
        _events.FilterBy(filter);
        TrackExcursions();
    }

    private void TrackExcursions() =>
        _marks.TracksExcursions = _events.Want(RunEventKinds.Trade | RunEventKinds.ClosedPart);

    /// <summary>Opens the book at the instrument's first bar.</summary>
    public void Open() => _isClosed = _isRuined;

    /// <summary>Switches to other bars, after the previous ones are marked.</summary>
    /// <param name="marks">The bars that are marked together, which begin with the block.</param>
    /// <param name="before">Open time and close of the last bar before them; a close of NaN if there is none.</param>
    public void Bind(BarBlock block, BarBlock marks, BlockCalendar calendar, (long Time, double Close) before)
    {
        MarkAll();
        _block = block;
        _marks.Bind(marks, calendar, before);
    }

    /// <summary>Keeps the last bar of a block that ends, until another block is bound.</summary>
    public void Keep(BarBlock last, BlockCalendar calendar)
    {
        MarkAll();
        _block = last;
        _marks.Bind(last, calendar, (0, double.NaN), areMarked: true);
    }

    /// <summary>Starts a block, whose bars were bound.</summary>
    /// <param name="offset">The index of its first bar in the bars that are marked together.</param>
    public void Begin(int offset)
    {
        _marks.Offset = offset;
        if (_trades.Net < 0 || _account.Cash < 0 || _foreign is not null && (_trades.Count > 0 || _foreign.Owes)) Refresh();
    }

    /// <summary>Starts a time slice in which the instrument has no bar, so a model makes no prediction.</summary>
    /// <param name="time">UTC ticks.</param>
    public void BeginSlice(long time) => _staleAt = time;

    /// <summary>Starts a time slice in which the instrument has a bar.</summary>
    public void BeginSlice() => _staleAt = 0;

    /// <summary>The price at a bar's close that the account trades: strategies may see an adjusted one.</summary>
    public double CloseAt(int index) => _block.CloseColumn[index];

    /// <summary>Takes a bar's close as the last one of the book's own bars.</summary>
    public void KeepOwnClose(int index) => _lastPrice = _block.CloseColumn[index];

    /// <summary>Takes a bar's close as the last price.</summary>
    public void KeepClose(int index)
    {
        KeepOwnClose(index);
        if (_market is not null) _market.Price = _lastPrice;
    }

    // The trades have changed: the shared account counts their positions.
    private void Share()
    {
        if (_market is not null) ShareWith(_market);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ShareWith(AccountMarket market)
    {
        market.Set(_place, _trades.Sums(_power));
        if (_trades.Count == _counted) return;
        _shared!.Count(market, _trades.Count - _counted);
        _counted = _trades.Count;
    }

    /// <summary>Open time, UTC ticks, of the bar before a bar of the block.</summary>
    public long TimeBefore(int index) => _marks.TimeBefore(index);

    // UTC ticks of a bar's open, or of the time slice if the instrument has no bar in it.
    private long TimeAt(int index) => _staleAt == 0 ? _block.TimeColumn[index] : _staleAt;

    // Marks the bars before this one with the current position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MarkBefore(int index)
    {
        if (_marks.HasUnmarkedBefore(index)) _marks.MarkBefore(index, _account.Cash, _trades, _foreign);
    }

    /// <summary>Marks all bars so far.</summary>
    public void MarkAll()
    {
        if (_marks.HasUnmarked) _marks.MarkAll(_account.Cash, _trades, _foreign);
    }

    /// <summary>Delivers call-backs of events since the last call, including those that the strategy's own reactions cause.</summary>
    public void Dispatch()
    {
        _events.Deliver();
        Refresh();
    }

    /// <summary>Reports open trades and waiting orders at the last bar's close, and closes the meters.</summary>
    /// <returns>The statistics of the equity; null for a shared account.</returns>
    public EquitySums? Finish(long time, double close, long lastIndex)
    {
        MarkAll();
        if (_foreign is not null) ValueAt(_timeframe.CloseOf(time));
        _isClosed = true;
        EndWaiting(ref _events, time);
        ReportOpen(ref _events, time, close, lastIndex, counts: true);
        var sums = _marks.Finish();
        if (sums is not null) _events.Equity(sums);
        return sums;
    }

    /// <summary>Returns the digest that <see cref="Finish"/> would give now. The book goes on.</summary>
    /// <param name="listener">Receives what stays open; null = it is dropped.</param>
    public UInt128 DigestIfEnded(long time, double close, long lastIndex, IRunListener? listener)
    {
        MarkAll();
        if (_foreign is not null) ValueAt(_timeframe.CloseOf(time));
        var events = _events.CopyFor(listener);
        EndWaiting(ref events, time);
        ReportOpen(ref events, time, close, lastIndex, counts: false);
        if (_marks.SoFar() is { } sums) events.Equity(sums);
        return events.Digest;
    }
}
