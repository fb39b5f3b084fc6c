using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The bars that close at one time in the books of one account, and the order in which the books process them. A bar is known when it has
/// closed, so bars of all lengths that close together are processed together; those that opened earlier come first.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Interest of the nights before the bars (<see cref="SharedAccount.BookInterest"/>).</item>
/// <item>The open of each bar up to its orders, by time, then symbol: <see cref="StrategyBook.BeginBar"/>.</item>
/// <item>Orders at the opens: exits of all books in the order of their making, then entries, for which their proceeds pay. What a portfolio
/// is given fills before its own orders of that kind (<see cref="GivenStep"/>).</item>
/// <item>The rest of each bar, book by book: <see cref="StrategyBook.ProcessAfterOpen(int)"/>.</item>
/// <item>Cross margin that several books use up in one instrument is liquidated. Recalled shorts get an exit.</item>
/// </list>
/// The host then values the account at the closes, ends it if nothing is left, and lets strategies decide.
/// </remarks>
internal sealed class AccountSlice(SharedAccount account, ExecutionSettings execution)
{
    private readonly List<(StrategyBook Book, int Index)> _bars = [];
    private readonly List<(long Open, string Symbol, int Added, (StrategyBook Book, int Index) Bar)> _sorted = [];
    private readonly HashSet<AccountMarket> _recalled = [];
    private readonly List<(long Order, int Bar)> _orders = [];

    /// <summary>Adds a bar of a book.</summary>
    public void Add(StrategyBook book, int index) => _bars.Add((book, index));

    /// <summary>Processes the bars.</summary>
    public void Process()
    {
        if (_bars.Count == 0) return;
        if (_bars.Count > 1) Sort();
        foreach (var (book, index) in _bars) book.BeginBar(index);
        foreach (var (book, index) in _bars) book.TakeGiven(GivenStep.Exits, index);
        WorkOpen(exits: true);
        foreach (var (book, index) in _bars) book.TakeGiven(GivenStep.Entries, index);
        WorkOpen(exits: false);
        foreach (var (book, index) in _bars)
        {
            book.TakeGiven(GivenStep.AfterOpen, index);
            book.ProcessAfterOpen(index);
            book.TakeGiven(GivenStep.Rest, index);
        }
        if (execution.Margin == MarginMode.Cross) LiquidateWithin();
        CloseRecalled();
        _bars.Clear();
    }

    // Neither the order of the symbols in a file nor that of the timeframes decides.
    private void Sort()
    {
        _sorted.Clear();
        foreach (var bar in _bars) _sorted.Add((bar.Book.OpenTimeOf(bar.Index), bar.Book.Instrument.Symbol, _sorted.Count, bar));
        _sorted.Sort(static (a, b) => a.Open.CompareTo(b.Open) is not 0 and var byTime ? byTime
            : string.CompareOrdinal(a.Symbol, b.Symbol) is not 0 and var bySymbol ? bySymbol : a.Added.CompareTo(b.Added));
        for (var i = 0; i < _sorted.Count; i++) _bars[i] = _sorted[i].Bar;
    }

    private void WorkOpen(bool exits)
    {
        _orders.Clear();
        for (var bar = 0; bar < _bars.Count; bar++)
        {
            var book = _bars[bar].Book;
            for (var at = 0; at < book.OrderCount; at++)
                if (book.OrderAt(at).Role == OrderRole.Exit == exits)
                    _orders.Add((book.OrderAt(at).Id.Value, bar));
        }
        if (_bars.Count > 1) _orders.Sort();
        foreach (var (order, bar) in _orders)
        {
            var (book, index) = _bars[bar];
            book.ProcessAtOpen(new OrderId(order), index);
            if (!exits) book.TakeGiven(GivenStep.AfterEntry, index);
        }
    }

    // A single book finds the price itself, among its stops and targets.
    private void LiquidateWithin()
    {
        if (account.OpenTrades == 0) return;
        AccountMarket? market = null;
        foreach (var one in account.Markets)
            if (one.OpenTrades == account.OpenTrades)
                market = one;
        if (market is null) return;
        var (books, seen) = (0, default(Market.Bar));
        foreach (var (book, index) in _bars)
        {
            if (book.Market != market || book.OpenTradeCount == 0) continue;
            if (!book.IsExposedTo(index)) return;
            (seen, books) = (book.SeenIn(index), books + 1);
        }
        var open = 0;
        foreach (var book in market.Books)
            if (book.OpenTradeCount > 0)
                open++;
        if (books < 2 || books < open) return;
        var sums = market.Sums;
        var side = sums.Longs > sums.Shorts ? Side.Buy : Side.Sell;
        var level = market.Margin.PriceOfAccount(account.Cash / market.Rate, sums.Longs, sums.Shorts);
        if (!PositionMargin.IsReached(side, level, seen)) return;
        var price = PositionMargin.PriceAt(side, level, seen.Open, seen);
        foreach (var (book, index) in _bars)
            if (book.Market == market)
                book.LiquidateAt(price, index);
    }

    // Once for each instrument, at its first book.
    private void CloseRecalled()
    {
        _recalled.Clear();
        foreach (var (book, index) in _bars)
            if (book.Instrument.Borrow.ClosesRecalled && book.Market is { OpenTrades: > 0 } market && _recalled.Add(market))
                StrategyBook.CloseRecalled(market, _bars, book.CloseTimeOf(index));
    }
}
