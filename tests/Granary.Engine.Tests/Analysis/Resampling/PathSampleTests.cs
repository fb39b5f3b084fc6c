using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Resampling;

namespace Granary.Engine.Tests.Analysis.Resampling;

public class PathSampleTests
{
    private static readonly long s_start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    [Fact]
    public void Another_order_of_the_returns_changes_the_drawdown_and_not_the_end()
    {
        var account = Account(new SeededNormals(1).Returns(300, 0.001, 0.02));
        var result = Run(account, ResamplingMethod.Order, new ResamplingPlan(500));
        foreach (var end in result.FinalEquity.Values) end.ShouldBe(account.Values[^1], 1e-9 * account.Values[^1]);
        result.MaxDrawdown.Values[^1].ShouldBeGreaterThan(1.2 * result.MaxDrawdown.Values[0]);
        result.Losses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ResamplingMethod.Bootstrap)]
    [InlineData(ResamplingMethod.Order)]
    internal void Equal_returns_give_a_band_without_width(ResamplingMethod method)
    {
        var result = Run(Account([.. Enumerable.Repeat(0.001, 250)]), method, new ResamplingPlan(200));
        for (var k = 0; k < result.Times.Count; k++)
            foreach (var quantile in result.Fan) quantile[k].ShouldBe(result.Equity[k], 1e-9 * result.Equity[k]);
        result.Ruin.ShouldBe(0);
        result.Sizes[0].Size.ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Of_all_orders_of_equal_gains_and_losses_as_many_are_ruined_as_the_ballot_theorem_says()
    {
        // ±s in logarithms, 50 of each: of all orders, C(100, 50 + k) / C(100, 50) fall k steps below the start (reflection principle).
        const int half = 50, steps = 8;
        double[] returns = [.. Enumerable.Range(0, 2 * half).Select(i => i % 2 == 0 ? 0.02 : 1 / 1.02 - 1)];
        var expected = 1.0;
        for (var i = 0; i < steps; i++) expected *= (half - i) / (half + i + 1.0);
        // Between the levels of 8 and 7 steps, so that rounding does not decide.
        var ruin = 1 - Math.Pow(1.02, -(steps - 0.5));
        const int paths = 40_000;
        var result = Run(Account(returns), ResamplingMethod.Order, new ResamplingPlan(paths, Ruin: ruin));
        result.Ruin.ShouldBe(expected, 4 * Math.Sqrt(expected * (1 - expected) / paths));
    }

    [Fact]
    public void The_size_of_ruin_is_the_one_at_which_the_loss_reaches_it()
    {
        // One loss of 10 %: half is lost at five times the size.
        double[] returns = new double[30];
        returns[12] = -0.1;
        var result = Run(Account(returns), ResamplingMethod.Order, new ResamplingPlan(50));
        foreach (var size in result.Sizes) size.Size.ShouldBe(5, 0.003 * 5);
    }

    [Fact]
    public void The_risk_of_ruin_at_the_size_of_a_risk_is_that_risk()
    {
        double[] returns = [.. new SeededNormals(3).Returns(500, 0.0005, 0.01)];
        var plan = new ResamplingPlan(2000, Ruin: 0.3);
        var size = Run(Account(returns), ResamplingMethod.Order, plan).Sizes.Single(s => s.Risk == 0.1).Size;
        // The same orders of returns of that size.
        var larger = Run(Account([.. returns.Select(r => r * size)]), ResamplingMethod.Order, plan);
        larger.Ruin.ShouldBe(0.1, 0.01);
    }

    [Fact]
    public void Trades_that_are_skipped_earn_nothing()
    {
        var account = Account(new SeededNormals(4).Returns(100, 0.002, 0.01));
        var end = account.Values[^1];
        Run(account, ResamplingMethod.Skipped, new ResamplingPlan(50, Skip: 0)).FinalEquity.Values
            .ShouldAllBe(v => Math.Abs(v / end - 1) < 1e-9);
        Run(account, ResamplingMethod.Skipped, new ResamplingPlan(50, Skip: 1)).FinalEquity.Values.ShouldAllBe(v => v == 1000);
    }

    [Fact]
    public void Paths_do_not_depend_on_the_ranges_in_which_they_are_drawn()
    {
        var account = Account(new SeededNormals(5).Returns(200, 0, 0.01));
        var whole = Run(account, ResamplingMethod.Bootstrap, new ResamplingPlan(301));
        var sample = new PathSample(account, ResamplingMethod.Bootstrap, new ResamplingPlan(301));
        foreach (var (from, to) in new[] { (200, 301), (0, 7), (7, 200) }) sample.Draw(from, to);
        sample.Sort(50, sample.Positions);
        sample.Sort(0, 50);
        var parts = sample.Result();
        parts.Fan.SelectMany(q => q).ShouldBe(whole.Fan.SelectMany(q => q));
        parts.Sizes.ShouldBe(whole.Sizes);
        parts.UnderwaterDays.Values.ShouldBe(whole.UnderwaterDays.Values);
    }

    [Fact]
    public void A_late_loss_has_its_share_of_the_equity_in_each_order()
    {
        // From 1,000 by thirty profits of a tenth to 17,449, of which one trade loses half: 8,725, far more than the account began with.
        List<(long Time, double Profit)> trades = [];
        var equity = 1000.0;
        for (var i = 0; i < 30; i++, equity *= 1.1) trades.Add((s_start + i, 0.1 * equity));
        trades.Add((s_start + 30, -equity / 2));
        var account = AccountPath.OfTrades(s_start, 1000, trades);
        var drawdown = Run(account, ResamplingMethod.Order, new ResamplingPlan(100)).MaxDrawdown;
        drawdown.Own.ShouldBe(0.5, 1e-9);
        foreach (var quantile in drawdown.Values) quantile.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void A_long_record_has_fewer_paths()
    {
        var plan = new ResamplingPlan(1000) { Steps = 2_500_000 };
        plan.PathsOf(500).ShouldBe(1000);
        plan.PathsOf(5000).ShouldBe(500);
        plan.PathsOf(1_000_000).ShouldBe(200);
    }

    [Fact]
    public void The_order_of_a_bootstrap_has_the_counts_of_the_same_seed()
    {
        var counts = new double[90];
        var order = new int[90];
        new StationaryBootstrap(90, 4, 7).NextCounts(counts);
        new StationaryBootstrap(90, 4, 7).NextOrder(order);
        for (var i = 0; i < 90; i++) order.Count(o => o == i).ShouldBe((int)counts[i]);
    }

    /// <summary>Accounts of a known law, and whether another record of the law ends in the range of 9 of 10 paths.</summary>
    [Theory]
    [InlineData("normal")]
    [InlineData("autocorrelated")]
    [InlineData("fat tails")]
    public void Another_record_of_the_law_ends_in_the_range_nine_times_of_ten(string law)
    {
        const int accounts = 250, days = 250;
        var normals = new SeededNormals(law.Length);
        int ends = 0, drawdowns = 0;
        for (var i = 0; i < accounts; i++)
        {
            var result = Run(Account(Law(normals, law, days)), ResamplingMethod.Bootstrap, new ResamplingPlan(400, (ulong)i));
            var other = Account(Law(normals, law, days));
            if (Covers(result.FinalEquity, other.Values[^1])) ends++;
            if (Covers(result.MaxDrawdown, Drawdown.Worst(new EquityCurve(other.Times.ToArray(), other.Values.ToArray()))[0].Depth))
                drawdowns++;
        }
        // Two standard errors of 250 accounts are 3.8 %.
        (ends / (double)accounts).ShouldBeInRange(0.85, 0.94);
        (drawdowns / (double)accounts).ShouldBeInRange(0.85, 0.94);
    }

    private static bool Covers(QuantileRow row, double value) => value >= row.Values[0] && value <= row.Values[^1];

    private static double[] Law(SeededNormals normals, string law, int count)
    {
        var values = normals.Returns(count, 0, 1);
        if (law == "autocorrelated")
            for (var t = 1; t < count; t++) values[t] += 0.2 * values[t - 1];
        if (law == "fat tails")
            for (var t = 0; t < count; t++) values[t] *= Math.Sqrt(0.6 * 5 / normals.Returns(5, 0, 1).Sum(z => z * z));
        return [.. values.Select(v => 0.0004 + 0.01 * v)];
    }

    private static ResampledAccount Run(AccountPath account, ResamplingMethod method, ResamplingPlan plan)
    {
        var sample = new PathSample(account, method, plan);
        sample.Draw(0, sample.Paths);
        sample.Sort(0, sample.Positions);
        return sample.Result();
    }

    private static AccountPath Account(double[] returns)
    {
        var values = new double[returns.Length + 1];
        values[0] = 1000;
        for (var t = 0; t < returns.Length; t++) values[t + 1] = values[t] * (1 + returns[t]);
        return new AccountPath([.. Enumerable.Range(0, values.Length).Select(t => s_start + t * TimeSpan.TicksPerDay)], values);
    }
}
