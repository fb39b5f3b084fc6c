using Granary.Engine.Numerics;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;
using Granary.Testing;

namespace Granary.Learning.Tests.Reinforcement;

public class NoiseMarketTests
{
    private const int Paths = 12, Days = 100;

    // Fewer seeds widen the interval of the comparison with the baselines.
    private static readonly int s_seeds = TestEffort.Of(5, 20);

    private static readonly PpoSettings Settings = new()
    {
        Environments = 8,
        Horizon = 64,
        Hidden = [16],
        LearningRate = 0.003,
        Gamma = 0.9,
        LogDeviation = -0.5,
    };

    [Fact]
    public void On_white_noise_with_costs_turnover_goes_to_zero_and_no_baseline_is_beaten()
    {
        var policies = new List<TrainedPolicy>();
        var (first, last) = (0.0, 0.0);
        for (var seed = 1; seed <= s_seeds; seed++)
        {
            var copies = new List<NoiseMarket>();
            using var trainer = new PpoTrainer(() =>
            {
                copies.Add(new NoiseMarket());
                return copies[^1];
            }, Settings, seed, 250_000);
            var before = 0.0;
            while (trainer.Done < trainer.Updates)
            {
                before = copies.Sum(c => c.Turnover);
                trainer.Next();
                if (trainer.Done == 1) first += copies.Sum(c => c.Turnover) / trainer.StepsPerUpdate;
            }
            last += (copies.Sum(c => c.Turnover) - before) / trainer.StepsPerUpdate;
            policies.Add(trainer.Policy);
        }
        (last / first).ShouldBeLessThan(0.02, "turnover with random actions, at the end and at the beginning");

        // Days without costs of the first purchase: from a portfolio that is bought already.
        double[] equal = [1.0 / 3, 1.0 / 3, 1.0 / 3, 0];
        foreach (var (name, baseline) in new (string, Func<double[], double[]>)[] { ("equal", _ => equal), ("hold", drifted => drifted) })
        {
            var strata = Enumerable.Range(0, Paths).Select(path => (policies.Select(p => Growth(path, (observation, action) =>
                p.Decide(observation, action))).ToArray(), new[] { Growth(path, (observation, action) =>
                    baseline([.. observation[3..]]).CopyTo(action, 0), equal) })).ToList();
            ImprovementProbability.Of(strata).Low.ShouldBeLessThan(0.5, name);
        }
        // Without random actions, where the first policies turn over more than a third of the wealth in a day.
        var turnover = policies.Select(Turnover).ToList();
        turnover.Count(t => t == 0).ShouldBeGreaterThanOrEqualTo(s_seeds * 9 / 10);
        turnover.Max().ShouldBeLessThan(0.003);
    }

    // Log growth after the first day, whose costs are those of the purchase.
    private static double Growth(int path, Action<double[], double[]> decide, double[]? start = null)
    {
        var market = new NoiseMarket();
        var random = new PortableRandom(99, path);
        market.Reset(ref random);
        double[] observation = new double[market.ObservationSize], action = new double[4];
        var growth = 0.0;
        for (var day = 0; day <= Days; day++)
        {
            market.Observe(observation);
            if (day == 0 && start is not null) start.CopyTo(action, 0);
            else decide(observation, action);
            var result = market.Step(action, ref random);
            if (day > 0) growth += result.Reward;
        }
        return growth;
    }

    private static double Turnover(TrainedPolicy policy)
    {
        var market = new NoiseMarket();
        var random = new PortableRandom(98);
        market.Reset(ref random);
        double[] observation = new double[market.ObservationSize], action = new double[4];
        var first = 0.0;
        for (var day = 0; day <= Days; day++)
        {
            market.Observe(observation);
            policy.Decide(observation, action);
            market.Step(action, ref random);
            if (day == 0) first = market.Turnover;
        }
        return (market.Turnover - first) / Days;
    }
}
