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
/// <item>Orders at the opens: exits of all books in the order of their making, whose proceeds pay for entries, then entries. Fills that a
/// portfolio is given come before its own orders of their kind, and an exit after the entry that it follows (<see cref="GivenStep"/>).</item>
/// <item>The rest of each bar, book by book: <see cref="StrategyBook.ProcessAfterOpen(int)"/>.</item>
/// <item>The liquidation of cross margin that several books use up in one instrument, and recalls of what they hold short.</item>
/// </list>
/// The host then values the account at the closes, ends it if nothing is left, and lets strategies decide.
/// </remarks>
internal sealed class AccountSlice(SharedAccount account, ExecutionSettings execution)
{
    private readonly List<(StrategyBook Book, int Index)> _bars = [];
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
        for (var i = 1; i < _bars.Count; i++)
            for (var k = i; k > 0 && IsBefore(_bars[k], _bars[k - 1]); k--) (_bars[k], _bars[k - 1]) = (_bars[k - 1], _bars[k]);
    }

    private static bool IsBefore((StrategyBook Book, int Index) a, (StrategyBook Book, int Index) b) =>
        a.Book.OpenTimeOf(a.Index).CompareTo(b.Book.OpenTimeOf(b.Index)) is not 0 and var byTime ? byTime < 0
            : string.CompareOrdinal(a.Book.Instrument.Symbol, b.Book.Instrument.Symbol) < 0;

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
        for (var at = 0; at < _bars.Count; at++)
        {
            var (book, index) = _bars[at];
            if (book.Instrument.Borrow.ClosesRecalled && book.Market is { OpenTrades: > 0 } market && IsFirstOf(market, at))
                StrategyBook.CloseRecalled(market, _bars, book.CloseTimeOf(index));
        }
    }

    private bool IsFirstOf(AccountMarket market, int at)
    {
        for (var before = 0; before < at; before++)
            if (_bars[before].Book.Market == market)
                return false;
        return true;
    }
}
