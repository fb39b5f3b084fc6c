using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies;

/// <summary>The bar that has just closed, with the orders that a strategy may place. It gives no access to later bars.</summary>
public class StrategyContext
{
    private readonly StrategyBook _book;
    // Null if the prices are those that the account trades.
    private readonly SeenPrices? _prices;
    private BarBlock _block = null!;

    internal StrategyContext(StrategyBook book, MarketSeries series)
    {
        _book = book;
        _prices = SeenPrices.Of(series.Instrument);
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

    /// <summary>
    /// The close at which the account trades, for quantities: of an adjusted chain the contract's own, otherwise <see cref="Close"/>.
    /// </summary>
    public double TradedClose => _prices is null ? Close : _book.CloseAt(Index);

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
    public double EntryPrice => Seen(_book.LastEntryPrice);

    /// <summary>The net position of longs and shorts.</summary>
    public Position Position => _prices is not null && _book.NetPosition is { SignedQuantity: not 0 } position
        ? position with { AveragePrice = Seen(position.AveragePrice) } : _book.NetPosition;

    /// <summary>Cash plus positions at this bar's close, in the account's currency.</summary>
    public double Equity
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.InAccount(_book.EquityAt(TradedClose));
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
            return _book.UsualQuantity(TradedClose);
        }
    }

    /// <summary>Cash that can be spent now, account currency.</summary>
    public double AvailableCash
    {
        get
        {
            _book.ValueAtClose(Index);
            return _book.InAccount(_book.Available(TradedClose));
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
    public OrderId Enter(Side side, in EntryOptions options) => _book.Enter(side, _prices is null ? options : Traded(options), Index);

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
    public void MoveStop(Side side, double price) => _book.MoveStop(side, Traded(price), Index);

    /// <summary>Submits a manual order, which nets against open trades.</summary>
    public OrderId Submit(in OrderRequest request) => _book.Submit(_prices is null ? request : Traded(request), Index);

    /// <summary>Cancels a waiting order; false if it is no longer waiting.</summary>
    public bool Cancel(OrderId id) => _book.Cancel(id, Index);

    /// <summary>Cancels every waiting entry of one side.</summary>
    public void CancelEntries(Side side) => _book.CancelEntries(side, Index);

    internal void Bind(BarBlock block) => _block = block;

    // ---- adjusted prices ----

    private long BarTime => _block.TimeColumn[Index];

    private double Seen(double price) => _prices is null || double.IsNaN(price) ? price : _prices.ToSeen(price, BarTime);

    private double Traded(double price) => _prices is null ? price : _prices.ToTraded(price, BarTime);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private EntryOptions Traded(in EntryOptions options) => options with
    {
        LimitPrice = Traded(options.LimitPrice),
        StopPrice = Traded(options.StopPrice),
        StopLoss = Traded(options.StopLoss),
        TakeProfit = Traded(options.TakeProfit),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OrderRequest Traded(in OrderRequest request) => request with
    {
        LimitPrice = Traded(request.LimitPrice),
        StopPrice = Traded(request.StopPrice),
    };

    /// <summary>An order as the strategy sees prices.</summary>
    internal Order Seen(in Order order) => _prices is null ? order : order.Seen(p => p == 0 ? 0 : Seen(p));

    /// <summary>A trade as the strategy sees prices: those of its entry and exit, each at its own time.</summary>
    internal Trade Seen(in Trade trade) => _prices is null ? trade : trade with
    {
        EntryPrice = _prices.ToSeen(trade.EntryPrice, trade.EntryTime),
        ExitPrice = _prices.ToSeen(trade.ExitPrice, trade.ExitTime),
    };

    /// <summary>A distance of seen prices as the account counts it.</summary>
    internal double TradedDistance(double distance) => _prices is null ? distance : _prices.DistanceToTraded(distance, BarTime);
}
