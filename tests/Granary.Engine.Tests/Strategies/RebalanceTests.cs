using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Target weights of several symbols on one account of 100,000, with a commission of 0.1 %.</summary>
public sealed class RebalanceTests
{
    private static readonly ExecutionSettings Fee = new() { Fee = new PercentFee(0.1) };
    private static readonly TradingSettings Account = new() { Cash = 100_000, Size = SizeRule.Units(1) };

    /// <summary>Does one thing at each time slice, as long as there is one.</summary>
    private sealed class Script(params Action<MultiSymbolContext>[] actions) : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            if (bar.BarNumber < actions.Length) actions[bar.BarNumber](bar);
        }
    }

    // Daily bars with one price each, from 2024-01-01 on.
    private static SampleBars.Feed Feed(string symbol, params double[] prices)
    {
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        return new SampleBars.Feed(new MarketSeries(new Instrument { Symbol = symbol }, Timeframe.D1),
            [.. prices.Select((p, i) => new Bar(start + i * Timeframe.D1.Ticks, p, p, p, p, 1_000))]);
    }

    private static MultiSymbolRunner.Outcome Run(MultiSymbolStrategy strategy, params SampleBars.Feed[] feeds) =>
        MultiSymbolRunner.Run(strategy, feeds, Account, Fee);

    private static double Held(MultiSymbolRunner.Outcome run, int symbol) =>
        run.Symbols[symbol].Trades.Where(t => t.Reason == ExitReason.Open).Sum(t => (int)t.Side * t.Quantity);

    [Fact]
    public void Purchases_that_fees_make_too_dear_are_reduced_alike()
    {
        var run = Run(new Script(bar => bar.Rebalance([50, 50])), Feed("A", 100, 100, 100), Feed("B", 50, 50, 50));
        // 50,000 of each costs 100,100 with fees, so each is divided by 1.001.
        Held(run, 0).ShouldBe(500 / 1.001, 1e-6);
        Held(run, 1).ShouldBe(1000 / 1.001, 1e-6);
        run.Result.SignalEnds.Total.ShouldBe(0);
    }

    [Fact]
    public void A_rotation_sells_before_it_buys_whatever_the_order_of_the_symbols()
    {
        foreach (var first in (int[])[0, 1])
        {
            double[] Percents(int symbol) => symbol == 0 ? [100, 0] : [0, 100];
            var run = Run(new Script(bar => bar.Rebalance(Percents(first)), _ => { }, bar => bar.Rebalance(Percents(1 - first))),
                Feed("A", 100, 100, 100, 100, 100), Feed("B", 100, 100, 100, 100, 100));
            Held(run, first).ShouldBe(0);
            // 100,000 / 1.001 buys the first; less the fee of its sale it buys 1 / 1.001 of that of the second.
            Held(run, 1 - first).ShouldBe(1000 / 1.001 * 0.999 / 1.001, 1e-6);
            run.Result.SignalEnds.Total.ShouldBe(0);
        }
    }

    [Fact]
    public void A_purchase_before_the_sale_that_would_pay_for_it_is_a_refused_signal()
    {
        var run = Run(new Script(bar => bar.Symbols[0].OrderTargetPercent(99), _ => { }, bar =>
        {
            bar.Symbols[1].OrderTargetPercent(99);
            bar.Symbols[0].OrderTargetPercent(0);
        }), Feed("A", 100, 100, 100, 100, 100), Feed("B", 100, 100, 100, 100, 100));
        run.Symbols[1].Ended.Single().End.ShouldBe(SignalEnd.NoCash);
        run.Symbols[1].Signals.Single().Quantity.ShouldBe(989, 1);
        run.Result.SignalEnds[SignalEnd.NoCash].ShouldBe(1);
    }

    [Fact]
    public void A_symbol_without_a_percentage_keeps_its_position()
    {
        var run = Run(new Script(bar => bar.Rebalance([40, 40]), _ => { }, bar => bar.Rebalance([double.NaN, 0])),
            Feed("A", 100, 100, 100, 100, 100), Feed("B", 100, 100, 100, 100, 100));
        (Held(run, 0), Held(run, 1)).ShouldBe((400.0, 0.0));
    }

    [Fact]
    public void Short_positions_are_covered_before_others_are_opened()
    {
        // Half of the equity is short in A; its cover releases what the purchase of B needs.
        var run = Run(new Script(bar => bar.Rebalance([-50, 0]), _ => { }, bar => bar.Rebalance([0, 90])),
            Feed("A", 100, 100, 100, 100, 100), Feed("B", 100, 100, 100, 100, 100));
        Held(run, 0).ShouldBe(0);
        Held(run, 1).ShouldBe(899.55, 0.01);
        run.Result.SignalEnds.Total.ShouldBe(0);
    }

    [Fact]
    public void The_number_of_percentages_is_that_of_the_symbols() =>
        Should.Throw<ArgumentException>(() => Run(new Script(bar => bar.Rebalance([50])), Feed("A", 1, 1), Feed("B", 1, 1)));

    [Fact]
    public void MonthlyRebalance_holds_all_symbols_where_the_next_open_is_dearer_and_the_whole_equity_is_asked_for()
    {
        var run = Run(new MonthlyRebalance(100), Feed("A", 100, 101, 102), Feed("B", 50, 51, 50));
        // A: 500 / 1.001 at 101 leaves 49,500, which pay for 49,500 / 1.001 / 51 of B.
        Held(run, 0).ShouldBe(500 / 1.001, 1e-6);
        Held(run, 1).ShouldBe(49_500 / 1.001 / 51, 1e-6);
        run.Result.SignalEnds.Total.ShouldBe(0);
    }
}
