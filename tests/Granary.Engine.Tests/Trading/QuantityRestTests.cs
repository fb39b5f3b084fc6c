using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Tests.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Sums of orders that are whole on paper leave nothing open, although 0.1 + 0.2 is 0.30000000000000004 in binary.</summary>
public sealed class QuantityRestTests
{
    public static TheoryData<double, string> Cases => new MatrixTheoryData<double, string>([0, 0.1, 0.001],
        ["0.3 -0.1 -0.2", "0.1 0.1 0.1 -0.3", "0.7 -0.6 -0.1", "0.1 0.2 -0.3", "0.6 -0.1 -0.1 -0.1 -0.3", "1.1 -0.4 -0.4 -0.3"]);

    [Theory, MemberData(nameof(Cases))]
    public void Orders_whose_sum_is_zero_leave_no_trade_open(double lot, string orders)
    {
        foreach (var sign in (int[])[1, -1])
        {
            double[] quantities = [.. orders.Split(' ').Select(o => sign * double.Parse(o, CultureInfo.InvariantCulture))];
            var s = Run(lot, quantities);
            s.Closed.Count.ShouldBe(quantities.Count(q => Math.Sign(q) == sign), "each order of the first side is a trade");
            s.Closed.Sum(t => t.Quantity).ShouldBe(quantities.Where(q => Math.Sign(q) == sign).Sum(Math.Abs), 1e-15);
            s.Trades.Count.ShouldBe(s.Closed.Count, "no other trade is open");
            s.Signals.Count.ShouldBe(s.Closed.Count, "no rest is a signal");
        }
    }

    [Fact]
    public void Seven_sevenths_leave_no_trade_open()
    {
        var s = Run(0, [1, .. Enumerable.Repeat(-1.0 / 7, 7)]);
        (s.Closed.Count, s.Trades.Count).ShouldBe((1, 1));
    }

    // A part of a lot that is more than rounding stays.
    [Fact]
    public void A_rest_that_is_no_rounding_stays_open()
    {
        var s = Run(0, [0.3, -0.299999]);
        s.Trades.Single(t => t.Reason == ExitReason.Open).Quantity.ShouldBe(1e-6, 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.001)]
    public void Random_targets_are_reached_and_the_target_zero_is_flat(double lot)
    {
        var random = new Random(7);
        double[] targets = [.. Enumerable.Range(0, 200).Select(_ => random.Next(4) == 0 ? 0 : random.Next(-9, 10) * 0.1)];
        var held = new List<double>();
        var prices = Enumerable.Repeat(100.0, targets.Length + 2).ToArray();
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        MultiSymbolRunner.Run(new Targets(targets, held), [new SampleBars.Feed(
            new MarketSeries(new Instrument { Symbol = "TEST", LotSize = lot }, Timeframe.D1),
            [.. prices.Select((p, i) => new Bar(start + i * Timeframe.D1.Ticks, p, p, p, p, 1_000))])],
            new TradingSettings { Cash = 100_000, Size = SizeRule.Units(1) }, new ExecutionSettings());
        for (var i = 0; i < targets.Length; i++)
            if (targets[i] == 0) held[i + 1].ShouldBe(0, $"target {i}");
            else held[i + 1].ShouldBe(targets[i], 1e-9);
    }

    // At constant prices the equity is the same at each bar, and so is what a weight buys.
    [Fact]
    public void Rebalancing_to_the_same_weights_at_the_same_prices_sends_no_further_orders()
    {
        var random = new Random(11);
        double[][] weights = [.. Enumerable.Range(0, 100).Select(_ => (double[])[random.Next(-3, 4) * 10, random.Next(-3, 4) * 10])
            .SelectMany(w => (double[][])[w, w, w])];
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        SampleBars.Feed Feed(string symbol, double price) => new(new MarketSeries(new Instrument { Symbol = symbol }, Timeframe.D1),
            [.. weights.Select((_, i) => new Bar(start + i * Timeframe.D1.Ticks, price, price, price, price, 1_000))]);
        var strategy = new Weights(weights);
        MultiSymbolRunner.Run(strategy, [Feed("A", 7), Feed("B", 0.3)],
            new TradingSettings { Cash = 100_000, Size = SizeRule.Units(1) }, new ExecutionSettings());
        for (var i = 0; i + 2 < weights.Length; i += 3)
        {
            strategy.Held[i + 2].ShouldBe(strategy.Held[i + 1], $"bar {i}");
            for (var s = 0; s < 2; s++)
                if (weights[i][s] == 0)
                    strategy.Held[i + 1][s].ShouldBe(0, $"bar {i}");
        }
    }

    private sealed class Weights(double[][] weights) : MultiSymbolStrategy
    {
        public List<double[]> Held { get; } = [];

        public override void OnBar(MultiSymbolContext bar)
        {
            Held.Add([.. bar.Symbols.Select(s => s.Position.SignedQuantity)]);
            bar.Rebalance(weights[(int)bar.BarNumber]);
        }
    }

    private sealed class Targets(double[] targets, List<double> held) : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            held.Add(bar.Symbols[0].Position.SignedQuantity);
            if (bar.BarNumber < targets.Length) bar.Symbols[0].OrderTarget(targets[bar.BarNumber]);
        }
    }

    private static Scenario Run(double lot, double[] quantities)
    {
        var s = new Scenario { Instrument = new Instrument { Symbol = "TEST", LotSize = lot } };
        foreach (var quantity in quantities)
            s.Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(quantity > 0 ? Side.Buy : Side.Sell, Math.Abs(quantity))));
        s.Bar(100, 100, 100, 100, b => b.Position.SignedQuantity.ShouldBe(0, 1e-5)).Bar(100, 100, 100, 100).Run();
        return s;
    }
}
