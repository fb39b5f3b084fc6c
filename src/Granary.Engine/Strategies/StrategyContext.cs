using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies;

/// <summary>The bar that has just closed, with the orders that a strategy may place. It gives no access to later bars.</summary>
public class StrategyContext
{
    private readonly StrategyBook _book;
    private BarBlock _block = null!;

    internal StrategyContext(StrategyBook book, MarketSeries series)
    {
        _book = book;
        Series = series;
    }

    // Index in the block; the run loop advances it.
    internal int Index;

    /// <summary>Instrument and timeframe of the bars.</summary>
    public MarketSeries Series { get; }

    /// <summary>Symbol, tick, lot, multiplier and trading hours.</summary>
    public Instrument Instrument => Series.Instrument;

    /// <summary>The bar's index in the feed, from 0.</summary>
    public long BarNumber => _block.FirstIndex + Index;

    /// <summary>The bar's open time, UTC.</summary>
    public DateTime Time => new(_block.TimeColumn[Index], DateTimeKind.Utc);

    /// <summary>Opening price of the bar.</summary>
    public double Open => _block.OpenColumn[Index];

    /// <summary>Highest price of the bar.</summary>
    public double High => _block.HighColumn[Index];

    /// <summary>Lowest price of the bar.</summary>
    public double Low => _block.LowColumn[Index];

    /// <summary>Closing price of the bar.</summary>
    public double Close => _block.CloseColumn[Index];

    /// <summary>Traded volume of the bar, in the unit of the source.</summary>
    public double Volume => _block.VolumeColumn[Index];

    /// <summary>A declared factor's value at this bar; NaN if it has none.</summary>
    public double this[Factor factor]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => factor.At(Index);
    }

    /// <summary>Whether a trade is open on either side.</summary>
    public bool InMarket => _book.OpenTradeCount > 0;

    /// <summary>The number of open trades on both sides.</summary>
    public int OpenTrades => _book.OpenTradeCount;

    /// <summary>Whether a long trade is open.</summary>
    public bool IsLong => _book.HasOpen(Side.Buy);

    /// <summary>Whether a short trade is open.</summary>
    public bool IsShort => _book.HasOpen(Side.Sell);

    /// <summary>Whether an entry on this side is waiting for its fill.</summary>
    public bool HasPendingEntry(Side side) => _book.HasPendingEntry(side);

    /// <summary>Bars since the entry of the newest open trade; -1 without an open trade.</summary>
    public long BarsInTrade => _book.BarsInTrade(BarNumber);

    /// <summary>The fill price of the newest open trade; NaN without an open trade.</summary>
    public double EntryPrice => _book.LastEntryPrice;

    /// <summary>The net position of longs and shorts.</summary>
    public Position Position => _book.NetPosition;

    /// <summary>Cash plus positions at this bar's close, in the account's currency.</summary>
    public double Equity
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.InAccount(_book.EquityAt(Close));
        }
    }

    /// <summary>The value of one unit of the currency of the prices in the account's currency, at this bar's close.</summary>
    public double CurrencyRate
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.Rate;
        }
    }

    /// <summary>
    /// Quantity of an entry at this close by the batch's size rule, before rounding to lots; NaN if the rule needs a stop.
    /// </summary>
    public double UsualQuantity
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.UsualQuantity(Close);
        }
    }

    /// <summary>Cash that can be spent now, account currency.</summary>
    public double AvailableCash
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.InAccount(_book.Available(Close));
        }
    }

    // Strategies act at few bars. Methods that act are not inlined, so that the loop over bars keeps its registers.

    /// <summary>
    /// Requests a trade with the batch's size, stop and target. Does nothing if the side is not allowed, or if the allowed number of trades
    /// is already open or pending on it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public OrderId Enter(Side side) => _book.Enter(side, StrategyBook.AtMarket, Index);

    /// <summary>Requests a trade with a different order type, size or protection.</summary>
    public OrderId Enter(Side side, in EntryOptions options) => _book.Enter(side, options, Index);

    /// <summary>Sets the position to this side: closes open trades on the other side and enters, each as far as the batch allows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Go(Side side)
    {
        _book.Exit((Side)(-(int)side), Index);
        _book.Enter(side, StrategyBook.AtMarket, Index);
    }

    /// <summary>Closes every open trade at the market.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Exit()
    {
        _book.Exit(Side.Buy, Index);
        _book.Exit(Side.Sell, Index);
    }

    /// <summary>Closes the open trades of one side at the market, and cancels its waiting entries.</summary>
    public void Exit(Side side) => _book.Exit(side, Index);

    /// <summary>Closes every open trade at the next bar's close.</summary>
    public void ExitAllOnClose()
    {
        _book.Exit(Side.Buy, Index, OrderType.MarketOnClose);
        _book.Exit(Side.Sell, Index, OrderType.MarketOnClose);
    }

    /// <summary>Closes the open trades of one side at the next bar's close.</summary>
    public void ExitOnClose(Side side) => _book.Exit(side, Index, OrderType.MarketOnClose);

    /// <summary>Moves the stop of the open trades of one side; takes effect from the next bar.</summary>
    public void MoveStop(Side side, double price) => _book.MoveStop(side, price, Index);

    /// <summary>Submits a manual order, which nets against open trades.</summary>
    public OrderId Submit(in OrderRequest request) => _book.Submit(request, Index);

    /// <summary>Cancels a waiting order; false if it is no longer waiting.</summary>
    public bool Cancel(OrderId id) => _book.Cancel(id, Index);

    /// <summary>Cancels every waiting entry of one side.</summary>
    public void CancelEntries(Side side) => _book.CancelEntries(side, Index);

    internal void Bind(BarBlock block) => _block = block;
}
