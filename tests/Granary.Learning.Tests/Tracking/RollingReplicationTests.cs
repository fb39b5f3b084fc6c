using Granary.Engine;
using Granary.Learning.Tracking;
using Granary.Testing;

namespace Granary.Learning.Tests.Tracking;

public class RollingReplicationTests(RollingReplicationTests.Made made) : IClassFixture<RollingReplicationTests.Made>
{
    private static readonly PursuitOptions Ten = new() { MaxNames = 10, NonNegative = true };

    // Periods between choices: four choices over the panel, or six.
    private static readonly int Step = TestEffort.Of(75, 50);

    /// <summary>One replication, which several tests compare with another.</summary>
    public sealed class Made
    {
        internal RollingReplication Honest { get; } = Replicate(Ten);
    }

    private static RollingReplication Replicate(PursuitOptions options)
    {
        var (panel, index) = OmpOracle.Read();
        return RollingReplication.Of(panel, index, options, 200, Step, 252);
    }

    [Fact]
    public void A_choice_is_made_from_the_periods_before_it_alone()
    {
        var (panel, index) = OmpOracle.Read();
        var honest = made.Honest;
        // From period 333 on every value is perturbed: what was chosen and replicated before stays as it was.
        var random = new Random(1);
        var columns = Enumerable.Range(0, panel.Count).Select(j => panel.Column(j)[..400].ToArray()).ToList();
        var crashing = index[..400];
        for (var t = 333; t < 400; t++)
        {
            crashing[t] = random.NextDouble() * 10;
            foreach (var c in columns) c[t] = random.NextDouble() * 10;
        }
        var after = RollingReplication.Of(ReturnPanel.FromColumns(panel.Names, columns), crashing, Ten, 200, Step, 252);
        after.Replica.Take(133).ShouldBe(honest.Replica.Take(133));
        after.History.Where(h => h.Period <= 333).Select(h => string.Join(' ', h.Fit.Support))
            .ShouldBe(honest.History.Where(h => h.Period <= 333).Select(h => string.Join(' ', h.Fit.Support)));
        after.History.Where(h => h.Period > 333).ShouldNotBeEmpty();
    }

    [Fact]
    public void Out_of_sample_the_index_is_followed_nearly_as_closely_as_in_sample()
    {
        var (panel, index) = OmpOracle.Read();
        var step = TestEffort.Of(125, 50);
        var rolling = RollingReplication.Of(panel, index, Ten, 250, step, 252);
        rolling.History.Select(h => h.Period).ShouldBe(Enumerable.Range(0, 250 / step).Select(i => 250 + i * step));
        rolling.Replica.Length.ShouldBe(250);
        rolling.OutOfSample.Correlation.ShouldBeGreaterThan(0.98);
        rolling.OutOfSample.TrackingError.ShouldBeLessThan(1.4 * rolling.History[0].InSample.TrackingError);
    }

    [Fact]
    public void One_step_over_all_the_rest_is_a_fit_and_its_judgement()
    {
        var (panel, index) = OmpOracle.Read();
        var options = new PursuitOptions { MaxNames = 10 };
        var rolling = RollingReplication.Of(panel, index, options, 250, 1000, 252);
        var fit = MatchingPursuit.Fit(panel.Slice(0, 250), index.AsSpan(0, 250), options);
        rolling.OutOfSample.ShouldBe(fit.Assess(panel.Slice(250, 250), index.AsSpan(250), 252));
        rolling.Turnover.ShouldBe(0);
    }

    [Fact]
    public void A_turnover_penalty_lowers_the_turnover()
    {
        var free = made.Honest;
        var dear = Replicate(Ten with { TurnoverPenalty = 0.003 });
        dear.Turnover.ShouldBeLessThan(0.6 * free.Turnover);
        dear.OutOfSample.TrackingError.ShouldBeLessThan(1.5 * free.OutOfSample.TrackingError);
    }

    [Fact]
    public void An_index_over_500_symbols_is_followed_out_of_sample_with_thirty()
    {
        var random = new Random(17);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        // The year after the first choice, or in the long form a second choice in its middle too.
        const int symbols = 500, days = 750, sectors = 10;
        var market = Enumerable.Range(0, days).Select(_ => 0.009 * Normal()).ToArray();
        var sector = Enumerable.Range(0, sectors).Select(_ => Enumerable.Range(0, days).Select(_ => 0.006 * Normal()).ToArray()).ToArray();
        double[][] columns = [.. Enumerable.Range(0, symbols)
            .Select(s => Enumerable.Range(0, days).Select(t => market[t] + sector[s % sectors][t] + 0.012 * Normal()).ToArray())];
        // Weights by size, as an index has them: the larger the earlier, none above a twentieth.
        double[] weights = [.. Enumerable.Range(0, symbols).Select(s => 1 / (s + 20.0))];
        double[] index = [.. Enumerable.Range(0, days).Select(t => columns.Zip(weights, (c, w) => c[t] * w).Sum() / weights.Sum())];
        var panel = ReturnPanel.FromColumns([.. Enumerable.Range(0, symbols).Select(s => $"S{s}")], columns);
        var rolling = RollingReplication.Of(panel, index,
            new PursuitOptions { MaxNames = 30, NonNegative = true, SumToOne = true, MaxWeight = 0.1 }, 500, TestEffort.Of(250, 125), 252);
        rolling.OutOfSample.Correlation.ShouldBeGreaterThan(0.95);
        rolling.History.ShouldAllBe(h => h.Fit.Support.Count <= 30 && Math.Abs(h.Fit.Weights.Sum() - 1) < 1e-9);
    }

    [Fact]
    public void A_window_as_long_as_the_panel_is_refused()
    {
        var (panel, index) = OmpOracle.Read();
        Should.Throw<InputException>(() => RollingReplication.Of(panel, index, Ten, 500, 10,
            252)).Message.ShouldContain("leaves nothing");
    }
}
