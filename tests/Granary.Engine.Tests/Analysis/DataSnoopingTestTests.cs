using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class DataSnoopingTestTests
{
    [Fact]
    public void On_noise_each_test_rejects_at_about_its_level()
    {
        var normals = new SeededNormals(31);
        const int draws = 300;
        int check = 0, consistent = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            var p = DataSnoopingTest.Of(normals.Strategies(10, 200), (ulong)draw, resamples: 200, meanBlock: 2);
            p.Lower.ShouldBeLessThanOrEqualTo(p.Consistent);
            p.Consistent.ShouldBeLessThanOrEqualTo(p.Upper);
            if (p.RealityCheck <= 0.1) check++;
            if (p.Consistent <= 0.1) consistent++;
        }
        (check / (double)draws).ShouldBeInRange(0.05, 0.15);
        (consistent / (double)draws).ShouldBeInRange(0.05, 0.15);
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
        // Hansen's point: the reality check loses its power where hopeless, volatile strategies are added; the studentised test does not.
        var normals = new SeededNormals(33);
        double[][] strategies = [normals.Returns(500, 0.0018, 0.01), .. Enumerable.Range(0, 50).Select(_ => normals.Returns(500, -0.02, 0.08))];
        var p = DataSnoopingTest.Of(strategies, 1);
        p.Consistent.ShouldBeLessThan(0.01);
        p.RealityCheck.ShouldBeGreaterThan(0.2);
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
    public void Strategies_that_do_nothing_are_no_evidence()
    {
        DataSnoopingTest.Of([new double[20], new double[20]], 1).ShouldBe(new DataSnoopingTest(1, 1, 1, 1, -1));
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
