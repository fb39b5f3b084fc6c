using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Simulation.Validation;

namespace Granary.Simulation.Tests.Validation;

public class TrialRanksTests
{
    private static TrialRanks Of(params IEnumerable<double> sharpes)
    {
        var ranks = new TrialRanks();
        foreach (var sharpe in sharpes) ranks.Add(sharpe);
        return ranks;
    }

    [Fact]
    public void The_expected_result_of_a_strategy_is_that_of_its_rank()
    {
        // Blom's scores of five: z((r - 0.375) / 5.25), by a table of the normal distribution.
        var ranks = Of(0.1, 0.5, -0.2, 0.3, 0.2);
        ranks.LuckOf([new(0.5, 1)], 1000).ShouldBe(1.180, 1e-3);
        ranks.LuckOf([new(0.3, 1)], 1000).ShouldBe(0.497, 1e-3);
        ranks.LuckOf([new(0.2, 1)], 1000).ShouldBe(0, 1e-12);
        ranks.LuckOf([new(0.5, 0.6), new(0.3, 0.5)], 1000).ShouldBe(0.6 * 1.180 + 0.5 * 0.497, 1e-3);
        ranks.LuckOf([new(-0.2, 1)], 1000).ShouldBe(0, "a bad choice is no merit");
        ranks.LuckOf([new(0.5, 1)], 3).ShouldBe(new LuckBar(3).StandardErrors, 1e-12, "similar trials are fewer");
        Of(0.1, 0.1, 0.1, double.NaN).LuckOf([new(0.1, 1), new(double.NaN, 1)], 1000).ShouldBe(0, 1e-12, "equal results have no order");
    }

    [Theory]
    [InlineData(4, 24)]
    [InlineData(30, 5)]
    public void Listed_best_strategies_of_worthless_ones_show_on_average_what_their_ranks_say(int strategies, int markets)
    {
        const int Draws = 2_000;
        var random = new PortableRandom(7);
        var (shown, said) = (0.0, 0.0);
        for (var draw = 0; draw < Draws; draw++)
        {
            var (ranks, best) = (new TrialRanks(), new double[markets]);
            for (var m = 0; m < markets; m++)
            {
                best[m] = double.NegativeInfinity;
                for (var s = 0; s < strategies; s++)
                {
                    var sharpe = NormalDistribution.Quantile(random.NextDouble());
                    ranks.Add(sharpe);
                    best[m] = Math.Max(best[m], sharpe);
                }
            }
            var load = 1 / Math.Sqrt(markets);
            shown += best.Sum() * load / Draws;
            said += ranks.LuckOf([.. best.Select(b => new TriedMember(b, load))], strategies * markets) / Draws;
        }
        said.ShouldBe(shown, 0.03 * shown);
    }
}
