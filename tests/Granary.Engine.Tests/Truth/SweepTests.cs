using System.Globalization;
using System.IO.Compression;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Tests.Trading;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Truth;

/// <summary>A thousand pairs of averages over a year of minutes: results on which two other programs agree.</summary>
public sealed class SweepTests
{
    [SharedFact]
    public void The_sweep_of_a_thousand_pairs_agrees_with_the_reference_to_the_last_trade()
    {
        var bars = ReadBars(SharedData.Require("bench/m1.csv.gz"));
        var expected = File.ReadLines(SharedData.Require("bench/expected.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        var series = new MarketSeries(new Instrument { Symbol = "m1", PriceDecimals = 4 }, Timeframe.M1);
        var settings = new TradingSettings { Cash = 100_000, Sides = Sides.Long, Size = SizeRule.Units(10) };
        var execution = new ExecutionSettings { Fee = new PercentFee(0.1) };
        var plan = new FactorPlan();
        var runs = expected.Select(e => new StrategyRun($"{e[0]},{e[1]}",
            new SmaCross(int.Parse(e[0], CultureInfo.InvariantCulture), int.Parse(e[1], CultureInfo.InvariantCulture)), series, settings,
            execution, plan)).ToArray();

        const int size = 1024;
        var pipeline = new FeedPipeline(series, plan);
        for (var i = 0; i < bars.Length; i += size)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, Math.Min(size, bars.Length - i))));
            Parallel.For(0, 20, group =>
            {
                for (var r = group * 50; r < group * 50 + 50; r++) runs[r].Process(prepared);
            });
            pipeline.Return(prepared);
        }

        for (var r = 0; r < runs.Length; r++)
        {
            var (result, row) = (runs[r].Finish(), expected[r]);
            var e = result.Equity;
            var variance = (e.SumOfSquares - e.SumOfReturns * e.SumOfReturns / e.Count) / (e.Count - 1);
            var sharpe = e.SumOfReturns / e.Count / Math.Sqrt(variance) * Math.Sqrt(525_600);
            result.Trades.Trades.ShouldBe(int.Parse(row[5], CultureInfo.InvariantCulture), result.Id);
            foreach (var (actual, cell) in new[] { (e.Final, row[2]), (e.MaxDrawdown, row[3]), (sharpe, row[4]) })
            {
                var wanted = double.Parse(cell, CultureInfo.InvariantCulture);
                (Math.Abs(actual / wanted - 1) <= 1e-9).ShouldBeTrue($"{result.Id}: {actual:R} instead of {cell}");
            }
        }
    }

    /// <summary>The twin on synthetic bars: the reference is a plain loop over whole ticks, which shares nothing with the engine.</summary>
    [Fact]
    public void A_sweep_over_synthetic_bars_agrees_with_a_plain_loop_to_the_last_trade()
    {
        var feed = SampleBars.Read(SharedData.Synthetic("bars/delta-min-005.txt"), Timeframe.M5);
        var settings = new TradingSettings { Cash = 100_000, Sides = Sides.Long, Size = SizeRule.Units(10) };
        var execution = new ExecutionSettings { Fee = new PercentFee(0.1) };
        var trades = 0;
        foreach (var (fast, slow) in from fast in new[] { 5, 9, 14, 20 } from slow in new[] { 25, 40, 55, 80, 120 } select (fast, slow))
        {
            var result = SingleRun.Of(new SmaCross(fast, slow), feed.Series, feed.Bars, settings, execution, new TradeRecorder());
            var expected = PlainSweep.Run(feed.Bars, fast, slow);
            result.Trades.Trades.ShouldBe(expected.Trades, $"{fast},{slow}");
            result.Equity.Count.ShouldBe(feed.Bars.Length, $"{fast},{slow}");
            result.Equity.Final.ShouldBe(expected.Final, 1e-7, $"{fast},{slow}");
            result.Equity.MaxDrawdown.ShouldBe(expected.MaxDrawdown, 1e-12, $"{fast},{slow}");
            trades += expected.Trades;
        }
        trades.ShouldBeGreaterThan(500);
    }

    private static Bar[] ReadBars(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var bars = new List<Bar>(525_600);
        Span<double> values = stackalloc double[5];
        while (reader.ReadLine() is { } line)
        {
            var text = line.AsSpan();
            var time = DateTime.ParseExact(text[..19], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            var cell = 0;
            foreach (var range in text[20..].Split(',')) values[cell++] = double.Parse(text[20..][range], CultureInfo.InvariantCulture);
            bars.Add(new Bar(time.Ticks, values[0], values[1], values[2], values[3], values[4]));
        }
        return [.. bars];
    }
}
