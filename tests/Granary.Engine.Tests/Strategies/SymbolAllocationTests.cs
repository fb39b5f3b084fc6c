using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Allocation;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Strategies;

/// <summary>An allocation over symbols, against a rebalancing loop that knows nothing of books, orders and accounts.</summary>
public sealed class SymbolAllocationTests
{
    private const double Commission = 0.001;

    private static readonly ExecutionSettings Fee = new() { Fee = new PercentFee(100 * Commission) };
    private static readonly TradingSettings Account = new() { Cash = 100_000, Size = SizeRule.Units(1) };

    private static SampleBars.Feed RandomMarket(string symbol, int seed, int bars, double volatility, Predicate<int>? has = null)
    {
        var random = new SeededSteps(seed);
        var start = new DateTime(2020, 1, 6, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var (all, price) = (new List<Bar>(), 100.0);
        for (var i = 0; i < bars; i++)
        {
            var open = price * (1 + volatility * random.Next() / 4);
            price = open * (1 + volatility * random.Next() + 0.0004);
            if (has?.Invoke(i) != false)
                all.Add(new Bar(start + i * Timeframe.D1.Ticks, open, Math.Max(open, price), Math.Min(open, price), price, 1_000));
        }
        return new SampleBars.Feed(new MarketSeries(new Instrument { Symbol = symbol }, Timeframe.D1), [.. all]);
    }

    private sealed class SeededSteps(int seed)
    {
        private readonly Random _random = new(seed);

        public double Next() => 2 * _random.NextDouble() - 1;
    }

    // Five markets: one begins later, one ends early, one has gaps of up to three days, one trades on weekdays only.
    private static SampleBars.Feed[] Markets() =>
    [
        RandomMarket("A", 1, 900, 0.02), RandomMarket("B", 2, 900, 0.05, i => i >= 300), RandomMarket("C", 3, 900, 0.03, i => i < 600),
        RandomMarket("D", 4, 900, 0.04, i => i % 11 > 2), RandomMarket("E", 5, 900, 0.025, i => i % 7 < 5),
    ];

    // Equity at each time slice.
    private static (List<(long Time, double Equity)> Equity, MultiSymbolRunner.Outcome Outcome) Run(SymbolAllocation strategy,
        IReadOnlyList<SampleBars.Feed> feeds, ExecutionSettings? execution = null)
    {
        var series = feeds.Select(f => f.Series).ToList();
        var plans = feeds.Select(_ => new FactorPlan()).ToList();
        var records = feeds.Select(_ => new StrategyRunner.Record()).ToList();
        var run = new MultiSymbolRun("A", strategy, series, Account, execution ?? Fee, plans, new SymbolListeners(records));
        var pipeline = new JoinedPipeline(series, plans);
        var equity = new List<(long, double)>();
        foreach (var block in MultiSymbolRunner.Join(feeds, [1], 1))
        {
            var prepared = pipeline.Prepare(block);
            run.Process(prepared);
            equity.Add((run.Now, run.Snapshot.Equity));
            pipeline.Return(prepared);
        }
        return (equity, new MultiSymbolRunner.Outcome(run.Finish(), records));
    }

    /// <summary>The loop: prices, returns, weights, quantities and cash, in arrays.</summary>
    private sealed class Loop(IReadOnlyList<SampleBars.Feed> feeds, int window, Func<DateTime, int> periodOf,
        Func<double[][], double[]> weigh, double percent, double band)
    {
        private readonly int _count = feeds.Count;
        private readonly double[] _held = new double[feeds.Count], _orders = new double[feeds.Count], _last = new double[feeds.Count];
        private readonly int[] _seen = new int[feeds.Count];
        private readonly List<double[]> _closes = [];
        private double _cash = 100_000;

        public double Turnover { get; private set; }

        private double Equity => _cash + Enumerable.Range(0, _count).Sum(i => _held[i] == 0 ? 0 : _held[i] * _last[i]);

        public List<(long Time, double Equity)> Run()
        {
            var bars = feeds.Select(f => f.Bars.ToDictionary(b => b.Time)).ToArray();
            var equity = new List<(long, double)>();
            var (period, due, days) = (-1, false, 0);
            Array.Fill(_last, double.NaN);
            Array.Fill(_seen, -1_000);
            foreach (var time in bars.SelectMany(b => b.Keys).Distinct().Order())
            {
                // Sales come first, then purchases: each at its symbol's next open.
                foreach (var i in Enumerable.Range(0, _count).OrderBy(i => _orders[i]))
                    if (_orders[i] != 0 && bars[i].TryGetValue(time, out var bar)) Fill(i, bar.Open);
                for (var i = 0; i < _count; i++)
                    if (bars[i].TryGetValue(time, out var bar)) (_last[i], _seen[i]) = (bar.Close, days);
                _closes.Add([.. _last]);
                var now = periodOf(new DateTime(time));
                due |= now != period;
                period = now;
                if (due && Rebalance(days)) due = false;
                days++;
                equity.Add((time, Equity));
            }
            return equity;
        }

        private void Fill(int i, double price)
        {
            _held[i] += _orders[i];
            _cash -= _orders[i] * price + Math.Abs(_orders[i]) * price * Commission;
            Turnover += Math.Abs(_orders[i]) * price;
            _orders[i] = 0;
        }

        private bool Rebalance(int day)
        {
            // Trading: a bar on one of the last six days.
            bool Trades(int i) => day - _seen[i] <= 5;
            int[] assets = [.. Enumerable.Range(0, _count).Where(i => Trades(i)
                && (window == 0 || day >= window && !double.IsNaN(_closes[day - window][i])))];
            if (assets.Length == 0) return false;
            var weights = weigh([.. assets.Select(i => Enumerable.Range(day - window + 1, window)
                .Select(t => _closes[t][i] / _closes[t - 1][i] - 1).ToArray())]);
            var equity = Equity;
            var stuck = Enumerable.Range(0, _count).Where(i => !Trades(i) && _held[i] != 0).Sum(i => _held[i] * _last[i]);
            Array.Clear(_orders);
            for (var i = 0; i < _count; i++)
            {
                if (!Trades(i)) continue;
                var target = Array.IndexOf(assets, i) is var at and >= 0 ? weights[at] * percent * (1 - stuck / equity) : 0;
                if (target != 0 && Math.Abs(target - 100 * _held[i] * _last[i] / equity) < band) continue;
                _orders[i] = target / 100 * equity / _last[i] - _held[i];
            }
            return true;
        }
    }

    private static int Month(DateTime time) => time.Year * 12 + time.Month;

    // 1 / volatility.
    private static double[] Inverse(double[][] returns)
    {
        double[] inverse = [.. returns.Select(r => 1 / Math.Sqrt(r.Sum(x => (x - r.Average()) * (x - r.Average()))))];
        return [.. inverse.Select(x => x / inverse.Sum())];
    }

    private static void Same(List<(long Time, double Equity)> run, List<(long Time, double Equity)> loop)
    {
        run.Count.ShouldBe(loop.Count);
        for (var t = 0; t < loop.Count; t++)
        {
            run[t].Time.ShouldBe(loop[t].Time);
            run[t].Equity.ShouldBe(loop[t].Equity, 1e-6, $"{new DateTime(loop[t].Time):yyyy-MM-dd}");
        }
        loop[^1].Equity.ShouldNotBe(loop[0].Equity);
    }

    [Theory]
    [InlineData(SymbolWeighting.Equal)]
    [InlineData(SymbolWeighting.InverseVolatility)]
    [InlineData(SymbolWeighting.MinimumVariance)]
    [InlineData(SymbolWeighting.MaximumSharpe)]
    [InlineData(SymbolWeighting.RiskParity)]
    [InlineData(SymbolWeighting.HierarchicalRiskParity)]
    public void Equity_is_that_of_a_rebalancing_loop_at_each_bar(SymbolWeighting method)
    {
        // The maximum Sharpe ratio exchanges whole positions: where a purchase comes days before the sale, cash does not suffice.
        var markets = method == SymbolWeighting.MaximumSharpe ? Markets()[..3] : Markets();
        var (equity, outcome) = Run(new SymbolAllocation(method, window: 60, percent: 80, band: 0), markets);
        var loop = new Loop(markets, method == SymbolWeighting.Equal ? 0 : 60, Month, returns => method switch
        {
            SymbolWeighting.Equal => [.. returns.Select(_ => 1.0 / returns.Length)],
            SymbolWeighting.InverseVolatility => Inverse(returns),
            _ => [.. AllocationMethods.Weigh(AllocationMethods.All[(int)method - 1], returns, AllocationSettings.Default).Weights],
        }, 80, 0);
        Same(equity, loop.Run());
        outcome.Result.SignalEnds.Total.ShouldBe(0);
        outcome.Result.Trades.Commission.ShouldBe(loop.Turnover * Commission, 1e-6);
    }

    [Theory]
    [InlineData("1w", 3)]
    [InlineData("3mo", 0.5)]
    [InlineData("1d", 2)]
    public void Schedule_and_band_are_those_of_the_loop(string every, double band)
    {
        var (equity, _) = Run(new SymbolAllocation(SymbolWeighting.InverseVolatility, 40, every, percent: 70, band: band), Markets());
        Same(equity, new Loop(Markets(), 40, time => every switch
        {
            // Weeks begin on Mondays.
            "1w" => (int)((time - new DateTime(1900, 1, 1)).Days / 7),
            "1d" => (int)(time - new DateTime(1900, 1, 1)).TotalDays,
            _ => time.Year * 4 + (time.Month - 1) / 3,
        }, Inverse, 70, band).Run());
    }

    [Fact]
    public void Three_stocks_are_held_as_by_the_loop()
    {
        SampleBars.Feed[] feeds = [.. ((string[])["orcl-1995-2014.txt", "yhoo-1996-2014.txt", "nvda-1999-2014.txt"]).Select(file =>
            SampleBars.Read(SharedData.Require("data/backtrader/" + file), Timeframe.D1).Named(file))];
        var (equity, outcome) = Run(new SymbolAllocation(SymbolWeighting.RiskParity, 252, percent: 90, band: 1), feeds);
        Same(equity, new Loop(feeds, 252, Month, returns =>
            [.. AllocationMethods.Weigh(AllocationMethods.RiskParity, returns, AllocationSettings.Default).Weights], 90, 1).Run());
        outcome.Result.SignalEnds.Total.ShouldBe(0);
    }

    [Fact]
    public void A_purchase_that_comes_before_the_sale_that_pays_for_it_is_completed_after_it()
    {
        // A begins on January 20; on February 1 half of B is to be sold, which has no bar on the three days after.
        var (_, outcome) = Run(new SymbolAllocation(SymbolWeighting.Equal, percent: 90),
            [RandomMarket("A", 1, 40, 0.001, i => i >= 14), RandomMarket("B", 2, 40, 0.001, i => i is not (27 or 28 or 29))]);
        double Held(int symbol) => outcome.Symbols[symbol].Trades.Where(t => t.Reason == ExitReason.Open)
            .Sum(t => t.Quantity * t.ExitPrice);
        Held(0).ShouldBe(45_000, 1_000);
        Held(1).ShouldBe(45_000, 1_000);
        // The first purchase had the tenth that was not invested.
        outcome.Symbols[0].Trades.Select(t => Math.Round(t.Quantity * t.EntryPrice / 5_000)).ShouldBe([2, 7]);
    }

    [Fact]
    public void A_band_saves_turnover()
    {
        double Turnover(double band) => Run(new SymbolAllocation(SymbolWeighting.RiskParity, 60, band: band), Markets()).Outcome
            .Result.Trades.Commission;
        Turnover(3).ShouldBeLessThan(0.8 * Turnover(0));
    }

    [Fact]
    public void The_greatest_weight_leaves_cash_where_it_does_not_suffice()
    {
        SampleBars.Feed[] feeds = [RandomMarket("A", 1, 200, 0.01), RandomMarket("B", 2, 200, 0.05)];
        var strategy = new SymbolAllocation(SymbolWeighting.RiskParity, 50, percent: 100, maxWeight: 0.4);
        Run(strategy, feeds);
        strategy.Target!.ShouldBe([0.4, 0.4], 1e-8);
    }

    [Fact]
    public void Before_the_window_is_full_nothing_is_bought()
    {
        foreach (var bars in (int[])[1, 50, 60])
            Run(new SymbolAllocation(window: 60), [RandomMarket("A", 1, bars, 0.02), RandomMarket("B", 2, bars, 0.02)]).Outcome
                .Symbols.Sum(s => s.Trades.Count).ShouldBe(0);
        Run(new SymbolAllocation(window: 60), [RandomMarket("A", 1, 62, 0.02), RandomMarket("B", 2, 62, 0.02)]).Outcome
            .Symbols.Sum(s => s.Trades.Count).ShouldBe(2);
    }

    [Fact]
    public void A_split_and_a_dividend_are_no_loss_of_the_window()
    {
        var plain = RandomMarket("A", 1, 200, 0.02);
        var ex = plain.Bars[120].Time;
        // From the ex date on a tenth of the price, and before it a dividend of a hundredth of the last close.
        var dividend = plain.Bars[119].Close / 100;
        var split = new SampleBars.Feed(plain.Series with
        {
            Instrument = plain.Series.Instrument with { CorporateActions = [new CorporateAction(ex, 10, dividend)] },
        }, [.. plain.Bars.Select(b => b.Time < ex ? b
            : new Bar(b.Time, b.Open * 0.099, b.High * 0.099, b.Low * 0.099, b.Close * 0.099, 1))]);
        double[] Weights(SampleBars.Feed first)
        {
            var strategy = new SymbolAllocation(SymbolWeighting.InverseVolatility, 60);
            Run(strategy, [first, RandomMarket("B", 2, 200, 0.03)]);
            return [.. strategy.Target!];
        }
        Weights(split).ShouldBe(Weights(plain), 1e-3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("month")]
    [InlineData("0d")]
    public void A_period_that_is_none_is_refused(string every) =>
        Should.Throw<InputException>(() => new SymbolAllocation(every: every)).Message.ShouldContain("use a period such as 1d, 1w, 1mo");
}
