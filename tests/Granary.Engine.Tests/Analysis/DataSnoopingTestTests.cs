using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class DataSnoopingTestTests
{
    [Theory]
    [InlineData(78, 30)]
    [InlineData(208, 60)]
    public void On_noise_each_test_rejects_at_about_its_level(int periods, int strategies)
    {
        // Granary.Benchmarks validation size has the figures over a thousand draws of more kinds of noise.
        var normals = new SeededNormals(31 + periods);
        const int draws = 300;
        int check = 0, consistent = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            var p = DataSnoopingTest.Of(normals.Strategies(strategies, periods), (ulong)draw, resamples: 200);
            p.Lower.ShouldBeLessThanOrEqualTo(p.Consistent);
            p.Consistent.ShouldBeLessThanOrEqualTo(p.RealityCheck);
            if (p.RealityCheck <= 0.05) check++;
            if (p.Consistent <= 0.05) consistent++;
        }
        // 5 %, give or take three standard errors of 300 draws.
        (check / (double)draws).ShouldBeInRange(0.012, 0.088);
        (consistent / (double)draws).ShouldBeInRange(0.012, 0.088);
    }

    [Theory]
    [InlineData(78, 60, 0.2, 0, 0)]
    [InlineData(208, 30, 0.2, 0, 0)]
    [InlineData(208, 30, 0.2, 0, 0.5)]
    [InlineData(78, 60, 0.15, 0.15, 0)]
    [InlineData(208, 60, 0.15, 0.15, 0)]
    public void On_noise_that_follows_itself_from_period_to_period_each_test_keeps_its_level(
        int periods, int strategies, double memory, double second, double correlation)
    {
        // Without pre-whitening they rejected 11 to 26 times in 100; with the memory of one period taken out, two periods' 28 to 33 times.
        var normals = new SeededNormals(131 + periods);
        const int draws = 600;
        int check = 0, consistent = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            var noise = normals.Strategies(strategies, periods);
            var common = normals.Returns(periods, 0, 0.01);
            foreach (var returns in noise)
                for (var t = 0; t < periods; t++)
                {
                    var shock = Math.Sqrt(1 - correlation) * returns[t] + Math.Sqrt(correlation) * common[t];
                    returns[t] = shock + (t > 0 ? memory * returns[t - 1] : 0) + (t > 1 ? second * returns[t - 2] : 0);
                }
            var p = DataSnoopingTest.Of(noise, (ulong)draw, resamples: 200);
            if (p.RealityCheck <= 0.05) check++;
            if (p.Consistent <= 0.05) consistent++;
        }
        // 5 %, give or take four standard errors of 600 draws.
        (check / (double)draws).ShouldBeInRange(0.012, 0.088);
        (consistent / (double)draws).ShouldBeInRange(0.012, 0.088);
    }

    [Fact]
    public void Coefficients_of_series_tested_together_are_drawn_towards_their_mean_and_are_never_negative()
    {
        var normals = new SeededNormals(36);
        double[] Memory(double memory, int periods)
        {
            var returns = normals.Returns(periods, 0.001, 0.01);
            for (var t = 1; t < periods; t++) returns[t] += memory * returns[t - 1];
            return returns;
        }
        double[] First(IEnumerable<double[]> series) => [.. Prewhitening.Partials([.. series]).Select(p => p[0])];
        var alike = First(Enumerable.Range(0, 200).Select(_ => Memory(0.2, 100)));
        alike.Average().ShouldBe(0.2, 0.03);
        (alike.Max() - alike.Min()).ShouldBeLessThan(0.2); // the estimates alone scatter over more than half
        var different = First(Enumerable.Range(0, 200).Select(k => Memory(k < 100 ? 0 : 0.6, 400)));
        different[..100].Average().ShouldBe(0.03, 0.04);
        different[100..].Average().ShouldBe(0.58, 0.05);
        First([Memory(-0.5, 300)]).ShouldBe([0.0]);

        double[] series = Memory(0.6, 400);
        var whitened = Prewhitening.Of([series])[0];
        var passed = Prewhitening.Partials([series])[0].Aggregate(1.0, (product, p) => product * (1 - p));
        whitened.Length.ShouldBe(series.Length);
        (whitened.Average() / passed).ShouldBe(series.Average(), 0.0005);
        First([whitened])[0].ShouldBeLessThan(0.1);
    }

    [Fact]
    public void The_order_of_the_memory_that_is_taken_out_comes_from_all_series_together()
    {
        // 78 weeks say nothing about the second week of one series; a hundred series do.
        var normals = new SeededNormals(37);
        double[] Memory(double first, double second)
        {
            var returns = normals.Returns(78, 0, 0.01);
            for (var t = 1; t < returns.Length; t++) returns[t] += first * returns[t - 1] + (t > 1 ? second * returns[t - 2] : 0);
            return returns;
        }
        Prewhitening.Partials([.. Enumerable.Range(0, 100).Select(_ => Memory(0.15, 0))])[0].Length.ShouldBe(1);
        var two = Prewhitening.Partials([.. Enumerable.Range(0, 100).Select(_ => Memory(0.15, 0.15))]);
        two[0].Length.ShouldBe(2);
        two.Average(p => p[0]).ShouldBe(0.15 / 0.85, 0.03);
        two.Average(p => p[1]).ShouldBe(0.15, 0.03);
    }

    [Fact]
    public void A_p_value_is_never_zero()
    {
        var p = DataSnoopingTest.Of([new SeededNormals(35).Returns(300, 0.01, 0.01)], 1, resamples: 99);
        p.RealityCheck.ShouldBe(0.01, 1e-12);
        p.Consistent.ShouldBe(0.01, 1e-12);
        p.Resamples.ShouldBe(99);
    }

    [Fact]
    public void A_planted_edge_among_noise_is_found()
    {
        var normals = new SeededNormals(32);
        var strategies = normals.Strategies(100, 1000);
        strategies[7] = normals.Returns(1000, 0.002, 0.01);
        var p = DataSnoopingTest.Of(strategies, 1);
        p.Best.ShouldBe(7);
        p.RealityCheck.ShouldBeLessThan(0.01);
        p.Consistent.ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Poor_and_wild_strategies_do_not_hide_an_edge_from_the_superior_test()
    {
        // Hansen's point: unless it is studentised, a test loses its power where hopeless, volatile strategies are added.
        var normals = new SeededNormals(33);
        double[][] strategies = [normals.Returns(500, 0.0018, 0.01),
            .. Enumerable.Range(0, 50).Select(_ => normals.Returns(500, -0.02, 0.08))];
        var p = DataSnoopingTest.Of(strategies, 1);
        p.Consistent.ShouldBeLessThan(0.01);
        p.Consistent.ShouldBeLessThanOrEqualTo(p.RealityCheck);
    }

    // Returns of a strategy that trades so many times, each time with the same sign.
    private static double[] Rare(int periods, int trades, int sign, SeededNormals normals)
    {
        var returns = new double[periods];
        for (var k = 0; k < trades; k++) returns[(2 * k + 1) * periods / (2 * trades)] = sign * 0.03 * Math.Exp(0.3 * normals.Next());
        return returns;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Strategies_with_few_losing_trades_do_not_hide_an_edge(int trades)
    {
        var normals = new SeededNormals(38);
        double[][] strategies = [normals.Returns(256, 0, 0.01), .. normals.Strategies(9, 256)];
        // The edge is four standard errors, so the best of ten is luck with a probability of 0.0003.
        var own = strategies[0].Average();
        strategies[0] = [.. strategies[0].Select(x => x - own + 4 * 0.01 / 16)];
        DataSnoopingTest.Of(strategies, 1).RealityCheck.ShouldBeLessThan(0.01);
        var p = DataSnoopingTest.Of([.. strategies, .. Enumerable.Range(0, 5).Select(_ => Rare(256, trades, -1, normals))], 1);
        p.RealityCheck.ShouldBeLessThan(0.02);
        p.Consistent.ShouldBeLessThan(0.02);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(1, -1)]
    [InlineData(3, -1)]
    public void On_noise_strategies_with_few_trades_do_not_make_the_tests_reject_too_often(int trades, int sign)
    {
        var normals = new SeededNormals(39 + trades);
        const int draws = 300;
        int check = 0, consistent = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            double[][] strategies =
                [.. normals.Strategies(20, 104), .. Enumerable.Range(0, 3).Select(_ => Rare(104, trades, sign, normals))];
            var p = DataSnoopingTest.Of(strategies, (ulong)draw, resamples: 200);
            if (p.RealityCheck <= 0.05) check++;
            if (p.Consistent <= 0.05) consistent++;
        }
        // At most 5 %, give or take three standard errors of 300 draws.
        (check / (double)draws).ShouldBeLessThan(0.088);
        (consistent / (double)draws).ShouldBeLessThan(0.088);
    }

    [Fact]
    public void A_copy_of_a_strategy_counts_for_less_than_an_independent_one()
    {
        // The coefficients of the memory are estimated together, so a copy changes them a little.
        var normals = new SeededNormals(40);
        var strategies = normals.Strategies(6, 208);
        var alone = DataSnoopingTest.Of(strategies, 3, meanBlock: 1).RealityCheck;
        DataSnoopingTest.Of([.. strategies, strategies[2]], 3, meanBlock: 1).RealityCheck.ShouldBe(alone, 0.05);
        DataSnoopingTest.Of([.. strategies, .. normals.Strategies(60, 208).Select(r => r.Select(x => x - r.Average()).ToArray())], 3,
            meanBlock: 1).RealityCheck.ShouldBeGreaterThan(alone + 0.2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_seed_nearly()
    {
        var strategies = new SeededNormals(34).Strategies(5, 300);
        var first = DataSnoopingTest.Of(strategies, 9);
        DataSnoopingTest.Of(strategies, 9).ShouldBe(first);
        DataSnoopingTest.Of(strategies, 10).RealityCheck.ShouldBe(first.RealityCheck, 0.08);
    }

    [Fact]
    public void Strategies_that_do_nothing_prove_nothing()
    {
        DataSnoopingTest.Of([new double[20], new double[20]], 1).ShouldBe(new DataSnoopingTest(1, 1, 1, -1, 1, 1000));
        Should.Throw<ArgumentException>(() => DataSnoopingTest.Of([], 1));
        Should.Throw<ArgumentException>(() => DataSnoopingTest.Of([new double[9]], 1)).Message.ShouldContain("9 periods");
    }

    [Fact]
    public void A_bootstrap_sample_has_as_many_draws_as_periods_and_runs_of_the_mean_block()
    {
        var bootstrap = new StationaryBootstrap(1000, 10, 5);
        var counts = new double[1000];
        var total = new double[1000];
        for (var i = 0; i < 2000; i++)
        {
            bootstrap.NextCounts(counts);
            counts.Sum().ShouldBe(1000);
            for (var t = 0; t < 1000; t++) total[t] += counts[t];
        }
        // Every period is drawn equally often: 2,000 times, give or take.
        total.Min().ShouldBeGreaterThan(1750);
        total.Max().ShouldBeLessThan(2250);
    }
}
