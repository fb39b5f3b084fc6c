using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Sends a strategy's orders to an exchange, books its events, and lets a portfolio follow the strategy.</summary>
internal sealed class FollowedOrders : IRunListener
{
    private readonly Instrument _instrument;
    private readonly ExecutionSettings _execution;
    private readonly Dictionary<int, (Side Side, double Quantity)> _open = [];
    private readonly Dictionary<int, Side> _sides = [];
    private readonly PortfolioFollower _follower;
    private readonly HashSet<int> _parted = [];
    private readonly TradingSettings _settings;
    private long _now, _booked;

    public FollowedOrders(MarketSeries series, Bar[] bars, TradingSettings settings, ExecutionSettings execution)
    {
        var instrument = series.Instrument;
        (_instrument, _execution, _settings) = (instrument, execution, settings);
        var instruments = new Dictionary<string, Instrument> { [instrument.Symbol] = instrument };
        Venue = new SimulatedExchange(new PaperSettings { Cash = settings.Cash }, execution, instruments);
        Ledger = new AccountLedger(settings.Cash, _ => instrument.Multiplier);
        Portfolio = new PortfolioRun(settings.Cash, new PortfolioLimits(), [instrument],
            [new PortfolioMember("random", [0], 1) { Timeframe = series.Timeframe, Settings = settings }], execution);
        Portfolio.ReportFills(f => PortfolioQuantity += (int)f.Side * (f.Kind == PortfolioFillKind.Exit ? -f.Quantity : f.Quantity));
        Portfolio.Books.Closed = t => PortfolioTrades.Add(t.Trade);
        _follower = new PortfolioFollower(Portfolio, series.Timeframe, bars);
    }

    /// <summary>Runs a strategy over bars, which the exchange sees first.</summary>
    public static FollowedOrders Over(Strategy strategy, MarketSeries series, Bar[] bars, TradingSettings settings,
        ExecutionSettings execution)
    {
        var orders = new FollowedOrders(series, bars, settings, execution);
        var plan = new FactorPlan();
        var run = new StrategyRun("random", strategy, series, settings, execution, plan, orders);
        var pipeline = new FeedPipeline(series, plan);
        for (var i = 0; i < bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            orders.Close(bars[i], series.Timeframe);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        orders._follower.End();
        orders.Result = run.Finish();
        return orders;
    }

    public StrategyResult Result { get; private set; } = null!;

    /// <summary>The strategy's trades: closed ones, closed parts of open ones, and the open rest.</summary>
    public List<Trade> Trades { get; } = [];

    /// <summary>The same of the portfolio, without its open ones.</summary>
    public List<Trade> PortfolioTrades { get; } = [];

    /// <summary>Funding that the strategy's trades have received less paid, by number.</summary>
    public Dictionary<int, double> Funding { get; } = [];

    public List<BrokerFill> Fills { get; } = [];

    public List<TradeFill> StrategyFills { get; } = [];

    public SimulatedExchange Venue { get; }

    public AccountLedger Ledger { get; }

    public PortfolioRun Portfolio { get; }

    public List<SeenFill> Strategy { get; } = [];

    public List<SeenFill> Exchange { get; } = [];

    public double PortfolioQuantity { get; private set; }

    public void Close(in Bar bar, Timeframe timeframe)
    {
        _now = bar.Time + timeframe.Ticks;
        Venue.OnBars(_now, [new ClosedBar(_instrument.Symbol, bar, timeframe)]);
        foreach (var e in Venue.Poll(_booked))
        {
            _booked = e.Sequence;
            Ledger.Report(e, out _);
            if (e.Fill is not { } fill) continue;
            Fills.Add(fill);
            var parts = fill.ClientId.Split('-');
            Exchange.Add(new SeenFill(int.Parse(parts[0]), parts[1] == "e" && fill.Leg.Length == 0, fill.At, fill.Price,
                fill.Quantity));
        }
    }

    public void Sort()
    {
        Exchange.Sort(Order);
        Strategy.Sort(Order);
    }

    // Within one bar the exchange works its orders by submission, a strategy's account trade by trade.
    private static int Order(SeenFill a, SeenFill b) =>
        (a.Time, a.Trade, !a.IsEntry, a.Price, a.Quantity).CompareTo((b.Time, b.Trade, !b.IsEntry, b.Price, b.Quantity));

    public void On(in RunEvent e)
    {
        _follower.On(e);
        switch (e.Kind)
        {
            case RunEventKinds.Order:
                OnOrder(e.Order);
                break;
            case RunEventKinds.StopMoved:
                Venue.MoveStop($"{e.Number}-e", e.StopMoved.Price);
                break;
            case RunEventKinds.Signal:
                _sides[e.Number] = e.Signal.Side;
                break;
            case RunEventKinds.Fill:
                OnFill(e.Fill);
                break;
            case RunEventKinds.Financing when e.Financing is var financing:
                if (financing.Kind == FinancingKind.Funding)
                    Funding[e.Number] = Funding.GetValueOrDefault(e.Number) + financing.Amount * _open[e.Number].Quantity;
                break;
            case RunEventKinds.ClosedPart:
                Trades.Add(e.Trade);
                break;
            case RunEventKinds.Trade:
                Trades.Add(e.Trade);
                if (e.IsClosedTrade) OnTrade(e.Trade);
                break;
        }
    }

    private void OnOrder(in Order order)
    {
        var id = $"{order.TradeNumber}-{(order.Role == OrderRole.Entry ? "e" : "x")}";
        if (order.State is OrderState.Cancelled or OrderState.Expired) Venue.Cancel(id);
        if (order.State != OrderState.Submitted || order.Role is not (OrderRole.Entry or OrderRole.Exit)) return;
        var sent = new BrokerOrder
        {
            ClientId = id,
            Symbol = _instrument.Symbol,
            Side = order.Side,
            Type = order.Type,
            Quantity = order.Quantity,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            ExpiresAt = order.ExpiresAt,
            Closes = order.Role == OrderRole.Exit ? $"{order.TradeNumber}-e" : null,
            Protection = order.Role == OrderRole.Exit ? Protection.None : _settings.ToProtection(_execution).Of(order),
            CreatedAt = _now,
        };
        Ledger.Intend(new OrderIntended(_now, sent, order.Role, order.TradeNumber, order.Reason));
        Ledger.Answer(id, Venue.Submit(sent));
    }

    private void OnFill(in TradeFill fill)
    {
        StrategyFills.Add(fill);
        Strategy.Add(new SeenFill(fill.Number, fill.IsFirst, fill.Time, fill.Price, fill.Quantity));
        var open = fill.IsFirst ? 0 : _open[fill.Number].Quantity;
        _open[fill.Number] = (_sides[fill.Number], fill.IsFirst ? fill.Quantity : open - fill.Quantity);
        if (!fill.IsFirst) _parted.Add(fill.Number);
    }

    private void OnTrade(in Trade trade)
    {
        if (!_parted.Contains(trade.Number))
            Strategy.Add(new SeenFill(trade.Number, false, trade.ExitTime, trade.ExitPrice, trade.Quantity));
        _open.Remove(trade.Number);
    }
}
