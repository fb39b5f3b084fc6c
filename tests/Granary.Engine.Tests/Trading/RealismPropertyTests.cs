using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Tests.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Keeps the ledger of a run from its events.</summary>
internal sealed class Ledger(Instrument instrument) : IRunListener
{
    private readonly Dictionary<int, (Side Side, double Open)> _open = [];
    private readonly HashSet<int> _followed = [];
    private readonly Dictionary<int, Side> _sides = [];
    private readonly Dictionary<int, double> _paid = [];

    public double Cash { get; private set; }

    public double Commission { get; private set; }

    public double Financing { get; private set; }

    public List<Trade> Trades { get; } = [];

    /// <summary>What was closed of trades that are open at the end.</summary>
    public List<Trade> Parts { get; } = [];

    public List<int> Signalled { get; } = [];

    public List<int> Ended { get; } = [];

    public Dictionary<long, double> FilledAt { get; } = [];

    public Dictionary<long, double> PaidBy { get; } = [];

    public int PartialFills { get; private set; }

    public double Position => _open.Values.Sum(o => (int)o.Side * o.Open);

    public void On(in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Signal:
                OnSignal(e.Signal);
                break;
            case RunEventKinds.SignalEnded:
                Ended.Add(e.Number);
                break;
            case RunEventKinds.Fill:
                OnFill(e.Fill);
                break;
            case RunEventKinds.Financing:
                OnFinancing(e.Financing);
                break;
            case RunEventKinds.Split when e.Split is var split:
                _open[e.Number] = (_open[e.Number].Side, _open[e.Number].Open * split.Ratio);
                break;
            case RunEventKinds.ClosedPart:
                Parts.Add(e.Trade);
                break;
            case RunEventKinds.Trade:
                OnTrade(e.Trade);
                break;
        }
    }

    private void OnSignal(in Signal signal)
    {
        Signalled.Add(signal.Number);
        _sides.Add(signal.Number, signal.Side);
    }

    private void OnFill(in TradeFill fill)
    {
        fill.Quantity.ShouldBeGreaterThan(0);
        if (fill.IsFirst) _open.Add(fill.Number, (_sides[fill.Number], 0));
        var (side, open) = _open[fill.Number];
        if (!fill.IsFirst) PartialFills++;
        if (!fill.IsEntry) _followed.Add(fill.Number);
        _paid[fill.Number] = _paid.GetValueOrDefault(fill.Number) + fill.Commission;
        Book(side, fill.IsEntry ? 1 : -1, fill.Price, fill.Quantity, fill.Commission, fill.Time);
        if (fill.Order.Value > 0) PaidBy[fill.Order.Value] = PaidBy.GetValueOrDefault(fill.Order.Value) + fill.Commission;
        _open[fill.Number] = (side, open + (fill.IsEntry ? fill.Quantity : -fill.Quantity));
    }

    private void Book(Side side, int direction, double price, double quantity, double fee, long time)
    {
        Cash -= (int)side * direction * price * quantity * instrument.Multiplier + fee;
        Commission += fee;
        FilledAt[time] = FilledAt.GetValueOrDefault(time) + quantity;
    }

    private void OnFinancing(in FinancingEvent financing)
    {
        var (number, _, kind, amount) = financing;
        var cash = amount * _open[number].Open;
        (kind == FinancingKind.BorrowFee && _open[number].Side == Side.Buy).ShouldBeFalse("only what is short is borrowed");
        (kind == FinancingKind.Interest
            && (_open[number].Side == Side.Sell || cash > 0)).ShouldBeFalse("only what is long is bought on a loan, and it costs");
        Cash += cash;
        Financing += cash;
    }

    private void OnTrade(in Trade trade)
    {
        Trades.Add(trade);
        if (trade.Reason != ExitReason.Open)
        {
            var (side, open) = _open[trade.Number];
            if (!_followed.Contains(trade.Number))
                Book(side, -1, trade.ExitPrice, open, trade.Commission - _paid[trade.Number], trade.ExitTime);
            else Math.Abs(open).ShouldBeLessThan(1e-6 * trade.Quantity, "all parts make the whole");
            _open.Remove(trade.Number);
        }
    }

}

/// <summary>What must hold with every cost and constraint there is, whatever the strategy does.</summary>
public sealed class RealismPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    internal static (MarketSeries Series, Bar[] Bars, TradingSettings Settings, ExecutionSettings Execution) Given(int seed)
    {
        var random = new Random(seed * 104729);
        var feed = SampleBars.Random(seed, 1500 + random.Next(500), random.Next(3) == 0 ? Timeframe.D1 : Timeframe.H1, decimals: 2,
            SessionCalendar.Continuous);
        var margined = random.Next(5) == 0;
        var actions = new List<CorporateAction>();
        for (var i = 0; i < 6 && random.Next(3) > 0; i++)
        {
            var date = feed.Bars[random.Next(1, feed.Bars.Length)].Time / TimeSpan.TicksPerDay * TimeSpan.TicksPerDay;
            actions.Add(random.Next(3) == 0 ? new CorporateAction(date, random.Next(2) == 0 ? 2 : 0.5, 0)
                : new CorporateAction(date, 1, 0.1 + random.NextDouble()));
        }
        var instrument = feed.Series.Instrument with
        {
            TickSize = random.Next(2) == 0 ? 0.01 : 0,
            LotSize = random.Next(3) == 0 ? 1 : 0,
            Multiplier = margined ? 10 : 1,
            MarginPerUnit = margined ? 50 : 0,
            CorporateActions = [.. actions.OrderBy(a => a.ExDate)],
        };
        var settings = new TradingSettings
        {
            Cash = 100_000,
            Sides = (Sides)random.Next(1, 4),
            Size = random.Next(2) == 0 ? SizeRule.Units(random.Next(1, 200)) : SizeRule.PercentOfEquity(random.Next(5, 96)),
            StopLossPercent = random.Next(2) * (0.2 + random.NextDouble()),
            TakeProfitPercent = random.Next(2) * (0.2 + random.NextDouble()),
            TrailingStopPercent = random.Next(2) * (0.2 + random.NextDouble()),
            MaxBars = random.Next(3) == 0 ? random.Next(1, 40) : 0,
            MaxOpenTrades = random.Next(1, 5),
        };
        var execution = Execution(random, feed.Bars.Average(b => b.Volume));
        return (feed.Series with
        {
            Instrument = instrument,
            Path = execution.UsePath ? Quarters(feed.Bars, feed.Series.Timeframe, random) : null
        }, feed.Bars, settings, execution);
    }

    private static ExecutionSettings Execution(Random random, double volume) =>
        new ExecutionSettings
        {
            Fee = random.Next(4) switch
            {
                0 => new PercentFee(0.05),
                1 => new FeeSchedule([new(0, 0.01, -0.005)]) { PerOrder = 0.5, Minimum = 1 },
                2 => new FeeSchedule([new(0, 0.1, 0.05), new(50_000, 0.05, 0.01), new(1_000_000, 0.01, -0.01)], 5),
                _ => new FeeSchedule([new(0, 0, 0)]) { PerUnit = 0.005, Minimum = 1 },
            },
            Slippage = random.Next(3) switch
            {
                0 => null,
                1 => new CombinedSlippage(new PercentSlippage(0.02), new TickSlippage(1)),
                _ =>
                new VolumeShareSlippage(0.1)
            },
            Fill = random.Next(4) == 0 ? FillTiming.SameClose : FillTiming.NextOpen,
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
            LatencyBars = random.Next(3) == 0 ? random.Next(1, 3) : 0,
            // Tight enough that many orders take several bars.
            VolumeShare = random.Next(3) > 0 ? (5 + random.Next(60)) / volume : 0,
            EntryTimeInForce = random.Next(3) == 0 ? (TimeInForce)random.Next(5) : TimeInForce.GoodTillCancelled,
            BorrowFeeRate = random.Next(2) * 0.05,
            Leverage = random.Next(4) == 0 ? 2 : 0,
            Maintenance = random.Next(4) == 0 ? 0.6 : 0,
            MarginRate = random.Next(2) * 0.08,
            UsePath = random.Next(3) == 0,
        };

    // Four smaller bars for most of the bars, on a way that goes through their extremes in either order.
    private static IntrabarPath Quarters(Bar[] bars, Timeframe timeframe, Random random)
    {
        var path = new IntrabarPath(Timeframe.M15);
        var n = 0;
        foreach (var bar in bars)
        {
            if (random.Next(10) == 0) continue;
            var (first, second) = random.Next(2) == 0 ? (bar.Low, bar.High) : (bar.High, bar.Low);
            double[] way = [bar.Open, first, (bar.Low + bar.High) / 2, second, bar.Close];
            for (var i = 0; i < 4; i++)
                path.Add(BarBlock.FromBars(n++,
                    [new Bar(bar.Time + i * (timeframe.Ticks / 4), way[i], Math.Max(way[i], way[i + 1]), Math.Min(way[i], way[i + 1]),
                        way[i + 1], bar.Volume / 4)]));
        }
        return path;
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Every_fill_fee_dividend_and_split_adds_up_to_the_equity(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        var instrument = series.Instrument;
        var ledger = new Ledger(instrument);
        var result = SingleRun.Of(new RandomTrader(seed, byHand: seed % 2 == 0), series, bars, settings, execution, ledger, 64);

        var final = result.Equity.Final;
        var scale = settings.Cash * 1e-8;
        ledger.Trades.Count.ShouldBeGreaterThan(10);
        (settings.Cash + ledger.Trades.Concat(ledger.Parts).Sum(t => t.NetProfit)).ShouldBe(final, scale,
            "net profits are what the account has gained");
        ledger.Trades.Concat(ledger.Parts).Sum(t => t.Commission).ShouldBe(result.Trades.Commission, scale, "each fee belongs to a trade");
        ledger.Trades.Concat(ledger.Parts).Sum(t => t.Financing).ShouldBe(result.Trades.Financing, scale);
        ledger.Financing.ShouldBe(result.Trades.Financing, scale);
        ledger.Signalled.Order().ShouldBe(ledger.Trades.Select(t => t.Number).Concat(ledger.Ended).Order());

        if (execution.VolumeShare > 0)
        {
            ledger.PartialFills.ShouldBeGreaterThan(0);
            foreach (var (time, quantity) in ledger.FilledAt)
            {
                var bar = bars[Array.BinarySearch([.. bars.Select(b => b.Time)], time)];
                quantity.ShouldBeLessThanOrEqualTo(execution.VolumeShare * bar.Volume * (1 + 1e-9) + 1e-9,
                    "no more than its share of a bar's volume");
            }
        }
        if (execution.Fee is FeeSchedule { Minimum: > 0 } schedule)
            foreach (var paid in ledger.PaidBy.Values)
                paid.ShouldBeGreaterThanOrEqualTo(schedule.Minimum * (1 - 1e-9));
    }

    public static TheoryData<int> SeedsByHand => [.. Seeds.Select(s => s.Data).Where(s => s % 2 == 0)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_portfolio_of_one_strategy_with_its_cash_is_the_same_account(int seed) => FollowedByPortfolio(seed, byHand: false);

    // An order by hand may close several trades, and its one fee is then split over them; the portfolio knows the trades only.
    [Theory, MemberData(nameof(SeedsByHand))]
    public void A_portfolio_of_one_strategy_with_its_cash_is_the_same_account_with_orders_by_hand(int seed) =>
        FollowedByPortfolio(seed, byHand: true);

    private static void FollowedByPortfolio(int seed, bool byHand)
    {
        var (series, bars, settings, execution) = Given(seed);
        if (byHand && !execution.Fee.IsProportional) execution = execution with { Fee = new PercentFee(0.05) };
        var portfolio = new PortfolioRun(settings.Cash, new PortfolioLimits(), [series.Instrument],
            [new PortfolioMember("it", [0], 1) { Timeframe = series.Timeframe, Settings = settings }], execution);
        if (series.Path is { } path) portfolio.Books.PathOf = (_, _) => path;
        var follower = new PortfolioFollower(portfolio, series.Timeframe, bars);
        var result = SingleRun.Of(new RandomTrader(seed, byHand), series, bars, settings, execution, follower, 64);
        follower.End();
        portfolio.Equity.ShouldBe(result.Equity.Final, 1e-3);
        portfolio.Commission.ShouldBe(result.Trades.Commission, 1e-4);
        portfolio.Financing.ShouldBe(result.Trades.Financing, 1e-4);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Blocks_of_any_size_give_the_same_result_to_the_last_bit(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        StrategyResult Run(int block, IRunListener? listener) =>
            SingleRun.Of(new RandomTrader(seed, byHand: seed % 2 == 0), series, bars, settings, execution, listener, block)
                with
            { Id = "" };
        var expected = Run(1024, null);
        foreach (var size in new[] { 1, 3, 64 }) Run(size, null).ShouldBe(expected, $"blocks of {size}");
        Run(7, new TradeRecorder()).ShouldBe(expected);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Taking_the_future_away_leaves_the_past_as_it_was(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        var cut = new Random(seed).Next(200, bars.Length - 1);
        var (all, past) = (new TradeRecorder(), new TradeRecorder());
        SingleRun.Of(new RandomTrader(seed, byHand: true), series, bars, settings, execution, all);
        SingleRun.Of(new RandomTrader(seed, byHand: true), series, bars.AsSpan(0, cut), settings, execution, past);
        var until = bars[cut - 1].Time;
        past.Entries.SequenceEqual(all.Entries.Where(e => e.Time <= until)).ShouldBeTrue();
        past.Closed.SequenceEqual(all.Closed.Where(t => t.ExitTime <= until)).ShouldBeTrue();
    }

    private sealed class RandomTwo(int seed) : MultiSymbolStrategy
    {
        private readonly Random _random = new(seed);

        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols)
            {
                if (_random.Next(4) > 0) continue;
                var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
                switch (_random.Next(4))
                {
                    case 0: symbol.Enter(side); break;
                    case 1: symbol.Go(side); break;
                    case 2: symbol.Exit(side); break;
                    default: symbol.Submit(new OrderRequest(side, _random.Next(1, 40))); break;
                }
            }
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void On_one_account_for_several_symbols_it_adds_up_as_well(int seed)
    {
        var (first, firstBars, settings, execution) = Given(seed);
        var second = Given(seed + 1000);
        MarketSeries[] series = [first with { Instrument = first.Instrument with { Symbol = "ONE" } },
            new MarketSeries(second.Series.Instrument with { Symbol = "TWO" }, first.Timeframe)];
        // Both on the first one's times, with every seventh bar of the second missing.
        var secondBars = second.Bars.Take(firstBars.Length).Select((b, i) => b with { Time = firstBars[i].Time })
            .Where((_, i) => i % 7 != 3).ToArray();
        StrategyResult Run(int rows, Ledger[] ledgers)
        {
            FactorPlan[] plans = [new(), new()];
            var run = new MultiSymbolRun("two", new RandomTwo(seed), series, settings, execution, plans, new SymbolListeners(ledgers));
            var pipeline = new JoinedPipeline(series, plans);
            var joiner = new FeedJoiner(series, rows);
            Bar[][] bars = [firstBars, secondBars];
            for (var s = 0; s < 2; s++)
            {
                for (var i = 0; i < bars[s].Length; i += 500)
                    joiner.Add(s, BarBlock.FromBars(i, bars[s].AsSpan(i, Math.Min(500, bars[s].Length - i))));
                joiner.End(s);
            }
            while (joiner.TryNext(out var block)) run.Process(pipeline.Prepare(block));
            return run.Finish() with { Id = "" };
        }
        Ledger[] Fresh() => [new(series[0].Instrument), new(series[1].Instrument)];
        var ledgers = Fresh();
        var result = Run(100, ledgers);
        var trades = ledgers.SelectMany(l => l.Trades.Concat(l.Parts)).ToList();
        trades.Count.ShouldBeGreaterThan(10);
        (settings.Cash + trades.Sum(t => t.NetProfit)).ShouldBe(result.Equity.Final, settings.Cash * 1e-8);
        trades.Sum(t => t.Commission).ShouldBe(result.Trades.Commission, settings.Cash * 1e-8);
        trades.Sum(t => t.Financing).ShouldBe(result.Trades.Financing, settings.Cash * 1e-8);
        Run(1, Fresh()).ShouldBe(result);
        if (execution.VolumeShare == 0) return;
        for (var s = 0; s < 2; s++)
        {
            var volumes = (s == 0 ? firstBars : secondBars).ToDictionary(b => b.Time, b => b.Volume);
            foreach (var (time, quantity) in ledgers[s].FilledAt)
                quantity.ShouldBeLessThanOrEqualTo(execution.VolumeShare * volumes[time] * (1 + 1e-9) + 1e-9);
        }
    }
}
