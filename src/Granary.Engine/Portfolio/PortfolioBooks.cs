using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The books of a portfolio: for each symbol of a strategy one with the strategy's orders, the granted quantities, and the portfolio's
/// account as its cash. They process bars by the law of a strategy's own book.
/// </summary>
internal sealed class PortfolioBooks
{
    /// <summary>The portfolio's own data on a strategy's trade; the book has the others.</summary>
    /// <param name="Weight">The strategy's weight at the signal.</param>
    /// <param name="Scale">The granted quantity as a multiple of the strategy's.</param>
    /// <param name="Financing">Reported so far, quote currency.</param>
    private readonly record struct Held(double Weight, double Scale, double Financing = 0);

    private readonly PortfolioAccount _account;
    private readonly RuleSet _rules;
    private readonly PortfolioPolicy _policy;
    private readonly AccountSlice _slice;
    // In the order of their making; those of a market, and those that have a bar now.
    private readonly List<PortfolioFeed> _feeds = [], _now = [];
    private readonly List<PortfolioFeed>?[] _ofMarket;
    private readonly MemberBook?[][] _ofMember;
    private readonly Dictionary<long, Held> _held = [];
    private readonly HashSet<long> _borrowed = [];
    // Amounts that fills have brought and cost, with the closes at which they were known, over the length of the longest bars. They are
    // only kept if there are bars of several lengths.
    private readonly List<(long Close, double Amount)> _flows = [];
    private long _longest;
    // Open time of the latest bars that have closed, and their close.
    private long _open, _close;
    private bool _isProcessed = true;
    // Whether a strategy's order is being taken.
    private bool _isTheirs;

    public PortfolioBooks(PortfolioAccount account, RuleSet rules, PortfolioPolicy policy, int members)
    {
        (_account, _rules, _policy) = (account, rules, policy);
        _slice = new AccountSlice(account.Shared, account.Execution);
        _ofMember = [.. Enumerable.Range(0, members).Select(m => new MemberBook?[account.Member(m).Symbols.Count])];
        _ofMarket = new List<PortfolioFeed>?[account.Markets];
        account.BooksOf = m => _ofMember[m];
        account.Shared.InterestPaid = OnInterest;
    }

    /// <summary>The smaller bars within those of an instrument at a timeframe; null if there are none.</summary>
    public Func<int, Timeframe, IntrabarPath?>? PathOf { get; set; }

    /// <summary>Receives closed trades.</summary>
    public Action<PortfolioTrade>? Closed { get; set; }

    /// <summary>Receives each change of a position.</summary>
    public Action<PortfolioFill>? Filled { get; set; }

    /// <summary>Receives trades that the portfolio closes itself, when it sends the exit or the exchange has closed them.</summary>
    public Action<int, int, ExitReason>? ClosedItself { get; set; }

    /// <summary>Receives parts of trades, 0 to 1, that the portfolio has not paid for or closes itself.</summary>
    public Action<int, int, double>? Cut { get; set; }

    /// <summary>Receives accepted entries that have ended without a fill, and whether they had waited for volume.</summary>
    public Action<int, int, SignalEnd, bool>? EndedUnfilled { get; set; }

    /// <summary>The most recent closed trades; null if they are not recorded.</summary>
    public RecentTrades? Recent { get; set; }

    /// <summary>Entries that were reduced at their fill to what cash could pay for.</summary>
    public int Resized { get; private set; }

    /// <summary>Entries that were reduced to what could be borrowed.</summary>
    public int Borrowed => _borrowed.Count;

    public void CountBorrowed(long trade) => _borrowed.Add(trade);

    // ---- bars ----

    /// <summary>A bar of an instrument has closed. Bars that close together are processed together.</summary>
    public void OnBar(int market, Timeframe timeframe, BarBlock block, int index)
    {
        if (_isProcessed)
        {
            foreach (var feed in _now) feed.IsNow = false;
            _now.Clear();
            _isProcessed = false;
        }
        var moved = FeedOf(market, timeframe);
        if (!moved.IsNow) _now.Add(moved);
        moved.Move(block, index);
    }

    private PortfolioFeed FeedOf(int market, Timeframe timeframe)
    {
        var own = _ofMarket[market] ??= [];
        foreach (var feed in own)
            if (feed.Timeframe == timeframe)
                return feed;
        return MakeFeed(own, market, timeframe);
    }

    // A method of its own: its lambdas allocate.
    private PortfolioFeed MakeFeed(List<PortfolioFeed> own, int market, Timeframe timeframe)
    {
        var made = new PortfolioFeed(market, timeframe, _feeds.Count);
        if (_feeds.Exists(f => f.Timeframe != timeframe))
            _longest = Math.Max(timeframe.Ticks, _feeds.Max(f => f.Timeframe.Ticks));
        own.Add(made);
        _feeds.Add(made);
        return made;
    }

    /// <summary>Processes the bars that have closed since the last call; at some times only strategies have events.</summary>
    public void Process()
    {
        if (_isProcessed) return;
        _isProcessed = true;
        if (_now.Count > 1) _now.Sort(static (a, b) => a.Place.CompareTo(b.Place));
        var (open, close) = (long.MinValue, long.MinValue);
        foreach (var feed in _now) (open, close) = (Math.Max(open, feed.Time), Math.Max(close, feed.Timeframe.CloseOf(feed.Time)));
        ForgetFlows(close - _longest);
        (_open, _close) = (open, close);
        _account.Shared.BookInterest(open);
        foreach (var feed in _now)
            if (feed.Active.Count > 0)
                Add(feed);
        _slice.Process();
        foreach (var feed in _now)
        {
            _account.MarketAt(feed.Market).Price = feed.Last.Close;
            foreach (var member in feed.Active) member.Book.KeepOwnClose(feed.Index);
            Forget(feed);
        }
        _account.ValueAt(close);
    }

    // Flows stand in the order of their closes.
    private void ForgetFlows(long until)
    {
        var count = 0;
        while (count < _flows.Count && _flows[count].Close <= until) count++;
        if (count > 0) _flows.RemoveRange(0, count);
    }

    private void Add(PortfolioFeed feed)
    {
        var (bar, late) = (feed.Last, LateSince(feed.Time));
        var changes = _account.InstrumentOf(feed.Market).Changes.Count > 0;
        foreach (var member in feed.Active)
        {
            var book = member.Book;
            book.BeginSlice();
            book.Late = late;
            if (changes || book.HasGiven || book.Active && book.IsTouchedBy(bar.Low, bar.High) || book.MayEndIn(feed.Index))
                _slice.Add(book, feed.Index);
        }
    }

    // Books without orders and trades need no bars.
    private static void Forget(PortfolioFeed feed)
    {
        var kept = 0;
        for (var i = 0; i < feed.Active.Count; i++)
        {
            var member = feed.Active[i];
            member.IsActive = member.Book.HasWork || member.Book.HasGiven;
            if (member.IsActive) feed.Active[kept++] = member;
        }
        feed.Active.RemoveRange(kept, feed.Active.Count - kept);
    }

    // ---- orders of strategies ----

    // The book of a strategy's symbol, at its last bar. Null before the symbol has one.
    private MemberBook? BookOf(int member, int symbol, long time)
    {
        var book = MemberOf(member, symbol);
        if (!book.Feed.HasBar) return null;
        book.Feed.Bind(book);
        if (book.Feed.IsNow) book.Book.BeginSlice();
        else book.Book.BeginSlice(time);
        return book;
    }

    private MemberBook MemberOf(int member, int symbol) => _ofMember[member][symbol] ??= Make(member, symbol);

    private MemberBook Make(int member, int symbol)
    {
        var of = _account.Member(member);
        var market = of.Symbols[symbol];
        var made = new MemberBook(this, member, symbol, FeedOf(market, of.Timeframe));
        var series = new MarketSeries(_account.InstrumentOf(market), of.Timeframe) { Path = PathOf?.Invoke(market, of.Timeframe) };
        // Exits by time come as the strategy's orders.
        var settings = (of.Settings ?? new TradingSettings()) with
        {
            Cash = _account.StartingCash,
            ResizeToCash = _policy.OnInsufficientCash == InsufficientCash.Resize,
            MaxBars = 0,
            ExitAt = null,
        };
        made.Book = new StrategyBook(series, settings, _account.Execution, made, _account.Shared, symbol, everyFill: true);
        made.Book.Serve();
        if (_policy.HoldsLimitsAtEveryBar)
            made.Book.Fits = (number, quantity, price) => Fitting(made, number, quantity, price);
        made.Book.Open();
        return made;
    }

    // The part of an entry's fill that the limits allow at its price.
    private double Fitting(MemberBook member, int number, double quantity, double price)
    {
        var instrument = _account.InstrumentOf(member.Market);
        var side = _account.Reserved.TryGet(TradeKey.Of(member.Member, number), out var reservation) ? reservation.Side : Side.Buy;
        var unit = Math.Abs(price) * instrument.Multiplier * _account.RateOf(member.Market);
        var room = _rules.RoomFor(new PositionScope(member.Member, member.Market, side, CountsReserved: false));
        return quantity * unit <= room ? quantity : Math.Max(0, instrument.RoundQuantity(room / unit));
    }

    private static void Activate(MemberBook member)
    {
        if (member.IsActive) return;
        member.IsActive = true;
        member.Feed.Active.Add(member);
    }

    /// <summary>Takes the entry of an accepted signal.</summary>
    /// <returns>false if its symbol has no bar yet.</returns>
    public bool TakeSignal(int member, int symbol, in Signal signal, in Reservation reservation)
    {
        // Fills by hand come in the bar after their signal, which may be the first of the symbol.
        var book = signal.IsByHand ? MemberOf(member, symbol) : BookOf(member, symbol, signal.Time);
        if (book is null) return false;
        var key = TradeKey.Of(member, signal.Number);
        _held[key] = new Held(_account.Member(member).Weight, reservation.Scale);
        _account.Reserved.Add(key, reservation);
        _account.Occupy(member, book.Market);
        if (signal.IsByHand) return true;
        Activate(book);
        book.Book.TakeSignal(signal, reservation.Quantity, book.Feed.Index);
        return true;
    }

    /// <summary>A strategy has sent an exit. What a lender recalls depends on what the account itself holds.</summary>
    public void TakeExit(int member, int symbol, in ExitingEvent exit)
    {
        if (exit.Reason == ExitReason.Recalled) return;
        if (_ofMember[member][symbol] is null || BookOf(member, symbol, exit.Time) is not { } book) return;
        _isTheirs = true;
        book.Book.TakeExit(exit, book.Feed.Index);
        _isTheirs = false;
    }

    /// <summary>A strategy has moved a stop.</summary>
    public void MoveStop(int member, int symbol, in StopMovedEvent moved)
    {
        if (_held.ContainsKey(TradeKey.Of(member, moved.Number)) && _ofMember[member][symbol] is { } book)
            book.Book.MoveStopOf(moved.Number, moved.Price);
    }

    /// <summary>A strategy's entry, or its rest, is not filled any more.</summary>
    public void Withdraw(int member, int symbol, int number)
    {
        var key = TradeKey.Of(member, number);
        if (!_account.Reserved.TryGet(key, out var reservation)) return;
        if (!reservation.IsByHand && _ofMember[member][symbol] is { } book) book.Book.Withdraw(number, book.Feed.Time);
        else Release(key, reservation);
    }

    private void Release(long key, in Reservation reservation)
    {
        _account.Reserved.Release(key, out _);
        if (!reservation.IsRest) _held.Remove(key);
    }

    /// <summary>A strategy's trade has ended: what the portfolio still holds of it is closed at the next open.</summary>
    public void Follow(int member, in Trade trade)
    {
        var (key, symbol) = (TradeKey.Of(member, trade.Number), trade.SymbolIndex);
        if (!_held.ContainsKey(key)) return;
        Withdraw(member, symbol, trade.Number);
        if (_ofMember[member][symbol] is not { } book || !book.Book.IsHeld(trade.Number)) return;
        var reason = trade.Reason is ExitReason.Ruined or ExitReason.Liquidation ? ExitReason.Signal : trade.Reason;
        TakeExit(member, symbol, new ExitingEvent(trade.Number, book.Feed.Time, Reason: reason));
    }

    /// <summary>A fill by hand of a strategy's trade, within the bars that are processed next.</summary>
    public void Give(int member, int symbol, in TradeFill fill)
    {
        var key = TradeKey.Of(member, fill.Number);
        if (!_held.TryGetValue(key, out var held)) return;
        var book = BookOf(member, symbol, fill.Time) ?? MemberOf(member, symbol);
        var (side, own) = (Side.Buy, 0.0);
        if (fill.IsEntry)
        {
            own = _account.InstrumentOf(book.Market).RoundQuantity(fill.Quantity * held.Scale);
            side = _account.Reserved.Release(key, out var reservation) ? reservation.Side
                : book.Book.OpenQuantityOf(fill.Number) > 0 ? book.Book.TradeOf(fill.Number).Side : side;
            if (reservation.Quantity - own > Tolerance.Quantity * reservation.Quantity)
                _account.Reserved.Add(key, reservation.Of(reservation.Quantity - own) with { IsRest = true });
        }
        book.Book.Give(fill, side, own);
        Activate(book);
    }

    /// <summary>Books the given fills of a strategy at the last close, for a host that has no bars to come.</summary>
    public void TakeGiven(int member, int symbol)
    {
        if (_ofMember[member][symbol] is not { Book.HasGiven: true } book) return;
        book.Book.TakeGiven(GivenStep.Rest, book.Feed.Index);
    }

    // ---- exits of the portfolio's own ----

    private IEnumerable<MemberBook> Open
    {
        get
        {
            foreach (var books in _ofMember)
                foreach (var book in books)
                    if (book is { Book.OpenTradeCount: > 0 })
                        yield return book;
        }
    }

    // The book at the bars that close now.
    private MemberBook At(MemberBook book) => BookOf(book.Member, book.Symbol, _open)!;

    /// <summary>Closes all positions at the last closes, since nothing is left of the account.</summary>
    public void Liquidate()
    {
        foreach (var book in Open.ToList()) At(book).Book.Liquidate(book.Feed.Index);
    }

    /// <summary>Sends exits of all trades, since the equity is below the maintenance requirement.</summary>
    public void CallMargin()
    {
        foreach (var book in Open.ToList()) At(book).Book.CallMargin(book.Feed.Index);
    }

    /// <summary>Closes trades in instruments that have stopped trading, at their last closes.</summary>
    public void CloseEnded(MarketActivity activity)
    {
        foreach (var book in Open.Where(b => activity.IsInactive(b.Market)).ToList()) At(book).Book.CloseEnded(book.Feed.Index);
    }

    /// <summary>The open trades, in the order of their keys, with their sides.</summary>
    public IReadOnlyList<(long Key, MemberBook Book)> OpenTrades =>
        [.. Open.SelectMany(b => b.Book.OpenNumbers.Select(n => (TradeKey.Of(b.Member, n), b))).OrderBy(t => t.Item1)];

    /// <summary>Closes a part of a trade at the last close.</summary>
    /// <param name="share">The part, 0 to 1; the rest stays in whole lots.</param>
    /// <returns>Whether the part was a lot or more.</returns>
    public bool CutAtClose(long key, MemberBook book, double share, ExitReason reason)
    {
        var number = TradeKey.Number(key);
        var quantity = book.Book.OpenQuantityOf(number);
        var stays = _account.InstrumentOf(book.Market).Staying(quantity, quantity * (1 - share));
        var goes = quantity - stays;
        if (!(goes > 0)) return false;
        At(book).Book.CloseAtClose(number, goes, reason, book.Feed.Index);
        Cut?.Invoke(book.Member, number, goes / quantity);
        return true;
    }

    /// <summary>Sends an exit of a trade, or of a part of it, on behalf of an operator.</summary>
    public void Operate(long key, MemberBook book, double share) => At(book).Book.TakeExit(
        new ExitingEvent(TradeKey.Number(key), _open, Reason: ExitReason.Operator, Share: share), book.Feed.Index);

    // ---- what a reader asks ----

    /// <summary>The portfolio's quantity of a strategy's trade that no exit closes, base units.</summary>
    public double QuantityOf(int member, int number)
    {
        foreach (var book in _ofMember[member])
            if (book?.Book.RestOf(number) is > 0 and var quantity)
                return quantity;
        return 0;
    }

    /// <summary>The net profit of the portfolio's part in an open trade, at the last close; null if it holds none.</summary>
    public double? NetOf(int member, int number)
    {
        foreach (var book in _ofMember[member])
            if (book?.Book.OpenQuantityOf(number) > 0)
                return book.Book.InAccount(book.Book.NetOf(number));
        return null;
    }

    /// <summary>Returns the open trades as of now, each after its closed part. The books go on.</summary>
    public IReadOnlyList<PortfolioTrade> OpenAtEnd()
    {
        var found = new List<PortfolioTrade>();
        foreach (var book in Open)
        {
            var (member, weights) = (book.Member, _held);
            var listener = new OpenParts(t => found.Add(new PortfolioTrade(member, t, weights[TradeKey.Of(member, t.Number)].Weight)));
            _ = At(book).Book.DigestIfEnded(book.Feed.Time, book.Book.LastPrice, book.Feed.Number, listener);
        }
        return found;
    }

    private sealed class OpenParts(Action<Trade> take) : IRunListener
    {
        public RunEventKinds Kinds => RunEventKinds.Trade | RunEventKinds.ClosedPart;

        public void On(in RunEvent e) => take(e.Trade);
    }

    private IEnumerable<PortfolioFeed> WithBars(int market) =>
        _ofMarket[market] is { } feeds ? feeds.Where(f => f.HasBar) : [];

    /// <summary>The price of a market order at an instrument's last close.</summary>
    /// <param name="quantity">Base units.</param>
    public double PriceAtClose(int market, Side side, double quantity)
    {
        var at = _account.MarketAt(market);
        var bar = WithBars(market).MinBy(f => f.Timeframe.Ticks)?.Last ?? default;
        return at.Fills.Price(new FillTerms(FillSlippage.Order, at.Price, double.NaN, bar), side, quantity);
    }

    /// <summary>The fee of an order that would fill at once; it counts nothing.</summary>
    /// <param name="time">UTC ticks.</param>
    public double FeeAtOnce(int market, long time, double price, double quantity, bool maker)
    {
        var paid = default(OrderFees);
        var instrument = _account.InstrumentOf(market);
        return _account.Execution.For(instrument.Symbol).Fee.NextFee(price, quantity, instrument.Multiplier, maker,
            _account.Shared.Traded?.Seen(time) ?? 0, ref paid);
    }

    /// <summary>Open time of an instrument's last bar, UTC ticks.</summary>
    public long LastBarOf(int market) => WithBars(market).Max(f => f.Time);

    // ---- what the books book ----

    /// <summary>An event of a book.</summary>
    public void On(MemberBook book, in RunEvent e)
    {
        var key = TradeKey.Of(book.Member, e.Number);
        switch (e.Kind)
        {
            case RunEventKinds.Order:
                if (e.Order.Role == OrderRole.Entry) OnEntry(key, e.Order);
                else if (!_isTheirs && e.Order is { Role: OrderRole.Exit, State: OrderState.Submitted }) OnOwnExit(book, e.Order);
                break;
            case RunEventKinds.Fill:
                OnFill(key, book, e.Fill);
                break;
            case RunEventKinds.Trade when e.IsClosedTrade:
                OnTrade(key, book, e.Trade);
                break;
            case RunEventKinds.Financing:
                OnFinancing(key, book, e.Financing);
                break;
            case RunEventKinds.Split:
                OnSplit(key, book, e.Split);
                break;
            case RunEventKinds.Roll:
                OnRoll(key, book, e.Roll);
                break;
            case RunEventKinds.SignalEnded:
                EndedUnfilled?.Invoke(book.Member, e.Number, e.SignalEnded.End, _account.Execution.VolumeShare > 0);
                _account.Reserved.Release(key, out _);
                _held.Remove(key);
                break;
            case RunEventKinds.EntryCut when e.EntryCut.IsBorrowed:
                CountBorrowed(key);
                break;
            case RunEventKinds.EntryCut:
                OnCut(key, book, e.EntryCut);
                break;
        }
    }

    private void OnEntry(long key, in Order order)
    {
        if (order.State == OrderState.Submitted || !_account.Reserved.TryGet(key, out var reservation)) return;
        _account.Reserved.Release(key, out _);
        if (order.State == OrderState.PartiallyFilled) _account.Reserved.Add(key, reservation.Of(order.Rest) with { IsRest = true });
    }

    // A call for margin and a recall are orders of the portfolio's own; other exits are the strategy's, too.
    private void OnOwnExit(MemberBook book, in Order order)
    {
        if (order.Reason is not (ExitReason.MarginCall or ExitReason.Recalled)) return;
        if (order.IsPart) Cut?.Invoke(book.Member, order.TradeNumber, order.Quantity / book.Book.OpenQuantityOf(order.TradeNumber));
        else ClosedItself?.Invoke(book.Member, order.TradeNumber, order.Reason);
    }

    private void OnCut(long key, MemberBook book, in EntryCutEvent cut)
    {
        Resized++;
        if (!_account.Reserved.TryGet(key, out var reservation) || !(reservation.Quantity > cut.Rest)) return;
        var open = book.Book.OpenQuantityOf(cut.Number);
        Cut?.Invoke(book.Member, cut.Number, (reservation.Quantity - cut.Rest) / (open + reservation.Quantity));
    }

    private void OnFill(long key, MemberBook book, in TradeFill fill)
    {
        ref readonly var trade = ref book.Book.TradeOf(fill.Number);
        var (rate, multiplier) = (book.Book.RateAt(fill.Time), book.Book.Instrument.Multiplier);
        var made = new PortfolioFill(book.Member, fill.Number, book.Market, trade.Side,
            fill.IsEntry ? PortfolioFillKind.Entry : PortfolioFillKind.Exit, fill.Time, fill.Price, fill.Quantity, fill.Commission)
        { Rate = rate };
        _account.Count(made.ValueOf(multiplier), fill.Commission * rate);
        if (fill.IsFirst) _account.Occupy(book.Member, book.Market);
        if (_longest > 0) CountFlow(book, trade.Side, trade.EntryPrice, fill, rate);
        _account.Record((ulong)key | (fill.IsEntry ? fill.IsFirst ? 0UL : 1UL << 62 : 3UL << 62), (ulong)fill.Time);
        _account.Record(fill.Price, fill.Quantity);
        Filled?.Invoke(made);
    }

    // The proceeds of an exit pay for no entry of a longer bar that has opened before.
    private void CountFlow(MemberBook book, Side side, double entry, in TradeFill fill, double rate)
    {
        var power = _account.MarketAt(book.Market).Power;
        _flows.Add((_close, (fill.IsEntry ? -power.WithFee(power.Outlay(fill.Price, fill.Quantity), fill.Commission)
            : power.WithFee(power.Released(side, entry, fill.Quantity, fill.Price), -fill.Commission)) * rate));
    }

    // Cash that came after a time and before the bars that close now, less the cost of entries since then.
    private double LateSince(long open)
    {
        var first = _flows.Count;
        while (first > 0 && _flows[first - 1].Close > open) first--;
        var late = 0.0;
        for (; first < _flows.Count; first++) late = Math.Max(0, late + _flows[first].Amount);
        return late;
    }

    private void OnTrade(long key, MemberBook book, in Trade trade)
    {
        _held.Remove(key, out var held);
        var missing = trade.Financing - held.Financing * trade.Rate;
        // The loss beyond zero that the broker bears is in no other report.
        if (Math.Abs(missing) > _account.StartingCash * Tolerance.Amount) _account.Finance(missing);
        _account.Record((ulong)key | 1UL << 63, (ulong)trade.ExitTime);
        _account.Record(trade.ExitPrice, trade.NetProfit);
        Recent?.Add(trade.Return(book.Book.Instrument.Multiplier));
        Closed?.Invoke(new PortfolioTrade(book.Member, trade, held.Weight));
        if (trade.Reason is ExitReason.Ruined or ExitReason.Liquidation or ExitReason.DataEnded or ExitReason.Operator)
            ClosedItself?.Invoke(book.Member, trade.Number, trade.Reason);
    }

    private void OnFinancing(long key, MemberBook book, in FinancingEvent paid)
    {
        var (cash, rate) = (paid.Amount * book.Book.OpenQuantityOf(paid.Number), book.Book.RateAt(paid.Time));
        if (_held.TryGetValue(key, out var held)) _held[key] = held with { Financing = held.Financing + cash };
        if (paid.Kind == FinancingKind.Funding) _account.Funding.Add(book.Market, cash * rate, paid.Time);
        if (paid.Kind == FinancingKind.BorrowFee) _account.Costs.AddFee(book.Market, -cash);
        _account.Finance(cash * rate);
        _account.Record((ulong)key | 1UL << 61, (ulong)paid.Time);
        _account.Record(paid.Amount, cash);
    }

    private void OnInterest(FinancingKind kind, string currency, double amount, double rate, long time)
    {
        _account.Finance(amount * rate);
        _account.Costs.AddInterest(currency, amount);
        _account.Record(15UL << 60 | (uint)kind, (ulong)time);
        _account.Record(amount, rate);
    }

    private void OnSplit(long key, MemberBook book, in SplitEvent split)
    {
        ref readonly var trade = ref book.Book.TradeOf(split.Number);
        Filled?.Invoke(new PortfolioFill(book.Member, split.Number, book.Market, trade.Side, PortfolioFillKind.Split, split.Time, 0,
            trade.Quantity - trade.Quantity / split.Ratio, 0));
        _account.Record((ulong)key | 5UL << 61, (ulong)split.ExDate);
        _account.Record(split.Ratio, trade.Quantity);
    }

    private void OnRoll(long key, MemberBook book, in RollEvent roll)
    {
        var rate = book.Book.RateAt(roll.Time);
        var opens = new PortfolioFill(book.Member, roll.Number, book.Market, roll.Side, PortfolioFillKind.Roll, roll.Time, roll.NewPrice,
            roll.Quantity, roll.Commission - roll.ClosingCommission)
        { Rate = rate };
        var closes = opens with { Price = roll.OldPrice, Quantity = -roll.Quantity, Commission = roll.ClosingCommission };
        var multiplier = book.Book.Instrument.Multiplier;
        _account.Count(closes.ValueOf(multiplier) + opens.ValueOf(multiplier), roll.Commission * rate);
        _account.Record((ulong)key | 7UL << 61, (ulong)roll.Time);
        _account.Record(roll.OldPrice, roll.NewPrice);
        Filled?.Invoke(closes);
        Filled?.Invoke(opens);
    }
}
