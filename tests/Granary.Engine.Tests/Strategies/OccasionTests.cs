using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>A strategy that declares where it acts is not asked elsewhere, and nothing else changes.</summary>
public sealed class OccasionTests
{
    // Enters at crossings and beyond a level, leaves at bands, and moves its stop.
    private sealed class Mixed : Strategy
    {
        private readonly Crossing _cross;
        private readonly Factor _rsi, _upper, _lower;

        public Mixed(int fast, int slow)
        {
            _cross = Cross(Use("ema", fast), Use("sma", slow));
            _rsi = Use("rsi", 8);
            _upper = Use("bollinger(15,1.5).upper");
            _lower = Use("bollinger(15,1.5).lower");
            ActOnlyAt(
                Occasion.CloseAbove(_upper, Acts.ExitShort),
                Occasion.CloseBelow(_lower, Acts.ExitLong),
                Occasion.Below(_rsi, 25, Acts.Buy),
                Occasion.Above(_rsi, 80, Acts.Any));
        }

        public int Asked { get; private set; }

        public override void OnBar(StrategyContext bar)
        {
            Asked++;
            var turn = _cross.At(bar);
            if (turn != 0) bar.Go((Side)turn);
            else if (bar.Close > bar[_upper] && bar.IsShort) bar.Exit(Side.Sell);
            else if (bar.Close < bar[_lower] && bar.IsLong) bar.Exit(Side.Buy);
            else if (bar[_rsi] < 25) bar.Go(Side.Buy);
            if (bar[_rsi] > 80 && bar.IsLong) bar.MoveStop(Side.Buy, bar.Close * 0.995);
        }
    }

    // Declares wrongly: it enters at every seventh bar that it sees, on either side.
    private sealed class BarCounter : Strategy
    {
        private int _bars;

        public BarCounter() => ActOnlyAt(Occasion.Above(Use("rsi", 14), 60, Acts.Buy));

        public override void OnBar(StrategyContext bar)
        {
            if (++_bars % 7 == 0) bar.Go(_bars % 2 == 0 ? Side.Buy : Side.Sell);
        }
    }

    private static readonly ExecutionSettings[] Executions =
    [
        new() { Fee = new PercentFee(0.05) },
        new() { Fee = new PercentFee(0.05), Slippage = new PercentSlippage(0.02), Fill = FillTiming.SameClose },
        new() { LatencyBars = 2, VolumeShare = 0.2 },
    ];

    private static TradingSettings Settings(Random random) => new()
    {
        Size = SizeRule.PercentOfEquity(40),
        MaxOpenTrades = random.Next(1, 4),
        Sides = (Sides)random.Next(1, 4),
        ExitOnSignal = random.Next(4) > 0,
        EntryEvery = random.Next(4) == 0 ? Timeframe.H1 : null,
        StopLossPercent = random.Next(2) * 0.6,
        TakeProfitPercent = random.Next(2) * 0.9,
        TrailingStopPercent = random.Next(3) == 0 ? 0.7 : 0,
        MaxBars = random.Next(3) == 0 ? 9 : 0,
    };

    // The declared strategy against the same one that is asked at each bar; gives how many trades there were.
    private static int Compare(int seed, Strategy declared, Strategy plain)
    {
        var random = new Random(seed);
        var feed = SampleBars.Random(900 + seed, 1_500, Timeframe.M15);
        var (settings, execution) = (Settings(random), Executions[seed % Executions.Length]);
        var name = $"{declared.GetType().Name}, seed {seed}";
        declared.Occasions.ShouldNotBeNull(name);
        plain.Occasions = null;
        var expected = StrategyRunner.Run(plain, feed, settings, execution, random.Next(1, 600));
        var actual = StrategyRunner.Run(declared, feed, settings, execution, random.Next(1, 600));
        actual.Signals.ShouldBe(expected.Signals, name);
        actual.Trades.ShouldBe(expected.Trades, name);
        actual.Result.Digest.ShouldBe(expected.Result.Digest, name);
        return expected.Trades.Count;
    }

    [Fact]
    public void Leaving_out_the_bars_without_an_occasion_changes_no_signal_no_trade_and_no_digest()
    {
        var (trades, asked, all) = (0, 0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var (fast, slow) = (seed % 11 + 2, seed % 37 + 15);
            var (declared, plain) = (new Mixed(fast, slow), new Mixed(fast, slow));
            trades += Compare(seed, declared, plain);
            (asked, all) = (asked + declared.Asked, all + plain.Asked);
        }
        trades.ShouldBeGreaterThan(2_000);
        asked.ShouldBeLessThan(all / 3);
    }

    [Fact]
    public void Strategies_of_the_library_that_declare_where_they_act_act_nowhere_else()
    {
        var declaring = StrategyCatalogue.BuiltIn.Names.Where(n => StrategyRunner.Make(n).Occasions is { Length: > 0 }).ToList();
        declaring.ShouldBe(["BollingerReversion", "DonchianBreakout", "FactorLevel", "MeanReversion", "RsiReversion"], ignoreOrder: true);
        foreach (var name in declaring)
        {
            var trades = 0;
            for (var seed = 0; seed < 20; seed++) trades += Compare(seed, StrategyRunner.Make(name), StrategyRunner.Make(name));
            trades.ShouldBeGreaterThan(200, name);
        }
    }

    [Fact]
    public void A_strategy_that_declares_it_wrongly_has_the_same_result_for_all_lengths_of_blocks()
    {
        var feed = SampleBars.Random(1, 2_000, Timeframe.M15);
        var results = ((int[])[IBarSeries.DefaultBlockSize, 300, 97, 64, 7, 1])
            .Select(block => StrategyRunner.Run(new BarCounter(), feed, block: block).Result).ToList();
        results[0].Trades.Trades.ShouldBeGreaterThan(0);
        results.Select(r => r.Digest).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void The_bits_of_a_comparison_are_those_of_a_plain_loop()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var count = random.Next(1, 300);
            double[] Values() => [.. Enumerable.Range(0, count).Select(_ => random.Next(6) == 0 ? double.NaN : random.Next(5))];
            var (line, other, isAbove, level) = (Values(), round % 2 == 0 ? Values() : [], round % 4 < 2, (double)random.Next(5));
            // What an earlier block has left is overwritten.
            var bits = Enumerable.Repeat(ulong.MaxValue, (count + 63) / 64).ToArray();
            new Comparison(0, 0, level, isAbove).Read(line, other, bits);
            for (var i = 0; i < bits.Length * 64; i++)
            {
                var b = i < count && other.Length > 0 ? other[i] : level;
                var holds = i < count && (isAbove ? line[i] >= b : line[i] <= b);
                ((bits[i / 64] >> (i % 64) & 1) != 0).ShouldBe(holds, $"round {round}, bar {i} of {count}");
            }
        }
    }
}
