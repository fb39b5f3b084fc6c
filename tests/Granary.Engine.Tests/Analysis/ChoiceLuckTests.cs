using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Analysis;

public class ChoiceLuckTests
{
    private const int Periods = 400;

    private static List<double[]> Noise(int strategies, int seed = 7)
    {
        var random = new PortableRandom(seed);
        return [.. Enumerable.Range(0, strategies).Select(_ =>
            Enumerable.Range(0, Periods).Select(_ => 0.01 * random.NextGaussian()).ToArray())];
    }

    private static double Of(IEnumerable<double[]> returns, double expected, int periods = Periods)
    {
        var luck = new ChoiceLuck(periods);
        foreach (var r in returns) luck.Add(r, expected);
        return luck.StandardErrors;
    }

    // Straight from the definition: mean over deviation of the sum, in standard errors.
    private static double Ratio(IEnumerable<double[]> returns)
    {
        double[] sum = [.. Enumerable.Range(0, Periods).Select(t => returns.Sum(r => r[t]))];
        var mean = sum.Average();
        return mean / Math.Sqrt(sum.Sum(x => (x - mean) * (x - mean)) / (Periods - 1)) * Math.Sqrt(Periods);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(60)]
    public void Winners_of_noise_show_on_average_what_is_expected_of_them(int strategies)
    {
        const int draws = 200;
        double shown = 0, expected = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            var winners = Noise(strategies, 1_000 + draw).FindAll(r => r.Sum() > 0);
            if (winners.Count < 2) continue;
            shown += Ratio(winners) / draws;
            expected += Of(winners, ChoiceLuck.OfWinner) / draws;
        }
        expected.ShouldBe(shown, 0.03 * shown + 0.15);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Best_of_several_searches_joined_exceed_the_best_of_one_by_the_root_of_their_number(int searches)
    {
        // The expected maximum of 20 standard normals is 1.8675; the joined best are independent.
        Of(Noise(searches), 1.8675).ShouldBe(1.8675 * Math.Sqrt(searches), 0.06 * searches);
    }

    [Fact]
    public void An_edge_does_not_change_what_worthless_strategies_show() =>
        Of(Noise(40).ConvertAll(r => r.Select(x => x + 0.005).ToArray()), ChoiceLuck.OfWinner)
            .ShouldBe(Of(Noise(40), ChoiceLuck.OfWinner), 1e-9);

    [Fact]
    public void A_strategy_that_does_nothing_and_one_that_gains_the_same_in_each_period_change_nothing()
    {
        var noise = Noise(10);
        var luck = Of(noise, ChoiceLuck.OfWinner);
        Of([.. noise, new double[Periods], Enumerable.Repeat(0.001, Periods).ToArray()], ChoiceLuck.OfWinner).ShouldBe(luck, 1e-12);
    }

    [Fact]
    public void A_strategy_of_one_trade_adds_no_more_than_its_share_of_the_risk()
    {
        var noise = Noise(10);
        var once = new double[Periods];
        once[100] = 0.03;
        // Its deviation is 0.03/√400; what the others have together is some 0.01·√10.
        var deviation = 0.03 / Math.Sqrt(Periods);
        (Of([.. noise, once], ChoiceLuck.OfWinner) - Of(noise, ChoiceLuck.OfWinner)).ShouldBeInRange(0, deviation / (0.01 * Math.Sqrt(9)));
    }

    [Fact]
    public void Identical_strategies_show_no_more_than_one_of_them()
    {
        var one = Noise(1)[0];
        Of([one, one, one], 1).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void A_single_strategy_has_the_luck_of_the_best_trial_alone()
    {
        Of(Noise(1), 2).ShouldBe(0);
        Of([new double[Periods], new double[Periods]], 2).ShouldBe(0);
    }

    [Fact]
    public void A_strategy_that_is_always_in_the_portfolio_lowers_the_luck_of_the_others()
    {
        var noise = Noise(2);
        var luck = new ChoiceLuck(Periods);
        luck.Add(noise[0], 2);
        luck.Add(noise[1], 0);
        luck.StandardErrors.ShouldBe(2 / Math.Sqrt(2), 0.1);
    }

    [Fact]
    public void A_weight_counts_as_so_many_equal_strategies()
    {
        var noise = Noise(2);
        var weighted = new ChoiceLuck(Periods);
        weighted.Add(noise[0], 1, 2);
        weighted.Add(noise[1], 1);
        weighted.StandardErrors.ShouldBe(Of([noise[0], noise[0], noise[1]], 1), 1e-12);
    }
}
