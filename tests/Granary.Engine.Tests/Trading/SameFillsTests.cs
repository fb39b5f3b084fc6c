using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Random orders go through a strategy's account, the simulated exchange, a live ledger and a portfolio: all have the same
/// fills.</summary>
public sealed class SameFillsTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    private static Dictionary<string, MarginTiers> Steps => new()
    {
        [""] = new MarginTiers([new MarginTier(0, 0.004, 0, 0), new MarginTier(1_000, 0.005, 1, 0), new MarginTier(5_000, 0.006, 6, 0)]),
    };

    [Theory, MemberData(nameof(Seeds))]
    public void Strategy_exchange_ledger_and_portfolio_fill_the_same_orders_at_the_same_prices(int seed)
    {
        var random = new Random(seed * 104729);
        var feed = SampleBars.Random(seed, 900, Timeframe.M5, decimals: 2);
        var instrument = feed.Series.Instrument with
        {
            TickSize = random.Next(2) == 0 ? 0.01 : 0.05,
            Multiplier = random.Next(2) == 0 ? 1 : 5,
            CorporateActions = random.Next(2) == 0 ? [] : [new CorporateAction(new DateTime(2024, 3, 6).Ticks, 1, 0.4)],
            Funding = seed % 2 == 0 ? FundingSeries.None : RandomFunding.Over(feed.Bars, Timeframe.M5, seed),
        };
        var series = feed.Series with { Instrument = instrument };
        var settings = new TradingSettings
        {
            Cash = 1e9,
            Size = SizeRule.Units(10),
            MaxOpenTrades = 3,
            TrailFrom = (TrailFrom)random.Next(2),
        };
        settings = Protected(settings, random);
        var execution = new ExecutionSettings
        {
            Fee = new PercentFee(0.05 * random.NextDouble()),
            Slippage = random.Next(3) == 0 ? null : new PercentSlippage(0.05),
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
            BorrowFeeRate = random.Next(2) == 0 ? 0 : 0.5,
        };
        // A third of the runs has positions that a move of about a hundredth liquidates.
        if (seed % 3 == 0)
            execution = execution with { Margin = MarginMode.Isolated, Leverage = 70, MarginTiers = Steps, LiquidationFeeRate = 0.0005 };
        var holders = new Holders(instrument, settings, execution);
        Run(series, feed.Bars, settings, execution, holders, seed);

        holders.Sort();
        holders.Exchange.Count.ShouldBeGreaterThan(40);
        FirstDifference(holders.Exchange, holders.Strategy).ShouldBeNull();
        holders.Ledger.Cash.ShouldBe(holders.Venue.Cash);
        holders.Ledger.PositionOf(instrument.Symbol).ShouldBe(holders.Portfolio.OpenTrades == 0 ? 0 : holders.PortfolioQuantity, 1e-9);
        holders.Portfolio.Cash.ShouldBe(holders.Venue.Cash, 1e-4);
        holders.Portfolio.Commission.ShouldBe(holders.Ledger.Fees, 1e-6);
        holders.Portfolio.Financing.ShouldBe(holders.Ledger.Financing, 1e-6);
        holders.Portfolio.Funding.ShouldBe(holders.Ledger.Funding, 1e-6);
        if (seed % 2 == 1) holders.Ledger.Funding.ShouldNotBe(0);
        holders.Ledger.Trades.Values.Sum(t => t.Financing).ShouldBe(holders.Ledger.Financing, 1e-6);
        if (seed % 3 == 0 && !settings.HasStop) holders.Ledger.Trades.Values.ShouldContain(t => t.Why == "liquidation");
        // Near targets close trades before a night.
        if (execution.BorrowFeeRate > 0 && !settings.HasTarget) holders.Ledger.Financing.ShouldNotBe(0);
    }

    // Half of the runs have stops and targets of the settings, for entries without their own.
    private static TradingSettings Protected(TradingSettings settings, Random random) => random.Next(8) switch
    {
        0 => settings with
        {
            TakeProfit = [new() { Percent = 0.2, Share = 0.3 }, new() { Percent = 0.5, Share = 0.3 }, new() { Percent = 1 }],
        },
        1 => settings with
        {
            StopLossPercent = 0.4,
            TakeProfitPercent = 1.5,
            TakeProfitOverTime =
                [new() { After = TimeSpan.FromMinutes(30), Percent = 0.5 }, new() { After = TimeSpan.FromHours(2), Percent = -0.2 }],
        },
        2 => settings with { StopLossAtr = 2, TakeProfitAtr = 3, TrailingStopAtr = 4, AtrBars = 10 },
        3 => settings with { TakeProfit = [new() { Percent = 0.3, Share = 0.5 }], TrailingStopPercent = 0.4, TrailingStartPercent = 0.5 },
        _ => settings,
    };

    private static string? FirstDifference(List<SeenFill> exchange, List<SeenFill> strategy)
    {
        for (var i = 0; i < Math.Max(exchange.Count, strategy.Count); i++)
        {
            var (a, b) = (exchange.ElementAtOrDefault(i), strategy.ElementAtOrDefault(i));
            if (a != b) return $"fill {i}: the exchange has {a}, the strategy's account {b}";
        }
        return null;
    }

    private static void Run(MarketSeries series, Bar[] bars, TradingSettings settings, ExecutionSettings execution, Holders holders,
        int seed)
    {
        var plan = new FactorPlan();
        var run = new StrategyRun("random", new Trader(seed), series, settings, execution, plan, holders);
        var pipeline = new FeedPipeline(series, plan);
        for (var i = 0; i < bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            holders.Close(bars[i], series.Timeframe);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
    }

    /// <summary>One fill: the trade's number, whether it is the entry, its price and its quantity.</summary>
    private readonly record struct SeenFill(int Trade, bool IsEntry, long Time, double Price, double Quantity);

    /// <summary>Enters with every type of order and protection, and leaves again.</summary>
    private sealed class Trader(int seed) : Strategy
    {
        private readonly Random _random = new(seed);

        public override void OnBar(StrategyContext bar)
        {
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            switch (_random.Next(8))
            {
                case 0: bar.Enter(side); break;
                case 1 or 2: bar.Enter(side, Options(bar, (int)side)); break;
                case 3 when _random.Next(3) == 0: bar.Exit(side); break;
                case 4 when _random.Next(4) == 0: bar.CancelEntries(side); break;
            }
        }

        private EntryOptions Options(StrategyContext bar, int sign)
        {
            var step = bar.Close * 0.004 * _random.NextDouble();
            var type = (OrderType[])[OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit];
            var chosen = type[_random.Next(type.Length)];
            return new EntryOptions
            {
                Type = chosen,
                LimitPrice = bar.Close + (chosen == OrderType.StopLimit ? sign * step * (0.5 + _random.NextDouble()) : -sign * step),
                StopPrice = bar.Close + sign * step,
                StopLoss = _random.Next(3) > 0 ? bar.Close * (1 - sign * 0.01 * (0.2 + _random.NextDouble())) : 0,
                TakeProfit = _random.Next(3) > 0 ? bar.Close * (1 + sign * 0.01 * (0.2 + _random.NextDouble())) : 0,
                TrailingStopPercent = _random.Next(4) == 0 ? 0.3 + _random.NextDouble() : 0,
            };
        }
    }

    /// <summary>Sends a strategy's orders to an exchange, books its events, and lets a portfolio follow the strategy.</summary>
    private sealed class Holders : IRunListener
    {
        private readonly Instrument _instrument;
        private readonly ExecutionSettings _execution;
        private readonly Dictionary<int, (Side Side, double Quantity)> _open = [];
        private readonly Dictionary<int, Side> _sides = [];
        private readonly HashSet<int> _parted = [];
        private readonly TradingSettings _settings;
        private long _now, _booked;

        public Holders(Instrument instrument, TradingSettings settings, ExecutionSettings execution)
        {
            (_instrument, _execution, _settings) = (instrument, execution, settings);
            var instruments = new Dictionary<string, Instrument> { [instrument.Symbol] = instrument };
            Venue = new SimulatedExchange(new PaperSettings { Cash = settings.Cash }, execution, instruments);
            Ledger = new AccountLedger(settings.Cash, _ => instrument.Multiplier);
            Portfolio = new PortfolioRun(settings.Cash, new PortfolioLimits(), [instrument], [new PortfolioMember("random", [0], 1)],
                execution);
        }

        public SimulatedExchange Venue { get; }

        public AccountLedger Ledger { get; }

        public PortfolioRun Portfolio { get; }

        public List<SeenFill> Strategy { get; } = [];

        public List<SeenFill> Exchange { get; } = [];

        public double PortfolioQuantity => _open.Values.Sum(o => (int)o.Side * o.Quantity);

        public void Close(in Bar bar, Timeframe timeframe)
        {
            _now = bar.Time + timeframe.Ticks;
            Venue.OnBars(_now, [new ClosedBar(_instrument.Symbol, bar, timeframe)]);
            foreach (var e in Venue.Poll(_booked))
            {
                _booked = e.Sequence;
                Ledger.Report(e, out _);
                if (e.Fill is not { } fill) continue;
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
            switch (e.Kind)
            {
                case RunEventKinds.Order:
                    OnOrder(e.Order);
                    break;
                case RunEventKinds.StopMoved:
                    Venue.MoveStop($"{e.Number}-e", e.StopMoved.Price);
                    break;
                case RunEventKinds.Signal:
                    OnSignal(e.Signal);
                    break;
                case RunEventKinds.SignalEnded:
                    Portfolio.OnSignalEnded(0, e.Number);
                    break;
                case RunEventKinds.Fill:
                    OnFill(e.Fill);
                    break;
                case RunEventKinds.Financing when e.Financing is var financing:
                    Portfolio.OnFinancing(0, e.Number, e.Time, financing.Kind, financing.Amount);
                    break;
                case RunEventKinds.Trade when e.IsClosedTrade:
                    OnTrade(e.Trade);
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

        private void OnSignal(in Signal signal)
        {
            _sides[signal.Number] = signal.Side;
            Portfolio.Mark(0, signal.Price);
            Portfolio.Revalue(signal.Time);
            Portfolio.OnSignal(0, signal).ShouldBe(Decision.Accepted);
        }

        private void OnFill(in TradeFill fill)
        {
            Strategy.Add(new SeenFill(fill.Number, fill.IsFirst, fill.Time, fill.Price, fill.Quantity));
            Portfolio.OnFill(0, fill).ShouldBe(fill.Quantity, 1e-9);
            var open = fill.IsFirst ? 0 : _open[fill.Number].Quantity;
            _open[fill.Number] = (_sides[fill.Number], fill.IsFirst ? fill.Quantity : open - fill.Quantity);
            if (!fill.IsFirst) _parted.Add(fill.Number);
        }

        private void OnTrade(in Trade trade)
        {
            if (!_parted.Contains(trade.Number))
                Strategy.Add(new SeenFill(trade.Number, false, trade.ExitTime, trade.ExitPrice, trade.Quantity));
            Portfolio.OnTrade(0, trade);
            _open.Remove(trade.Number);
        }
    }
}
