using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Evaluation;

/// <summary>The rewards of a policy's episodes without random actions.</summary>
/// <param name="Mean">Mean of the episodes' total rewards.</param>
/// <param name="Deviation">Sample standard deviation of the total rewards.</param>
public sealed record PolicyEvaluation(double Mean, double Deviation, int Episodes)
{
    /// <param name="seed">Seed of the initial states and the random events in the episodes.</param>
    public static PolicyEvaluation Run(TrainedPolicy policy, IEnvironment environment, int episodes, long seed)
    {
        var observation = new double[environment.ObservationSize];
        var action = new double[environment.Actions.Size];
        var (sum, squares) = (0.0, 0.0);
        for (var episode = 0; episode < episodes; episode++)
        {
            var random = new PortableRandom(seed, 1_000_000 + episode);
            environment.Reset(ref random);
            var total = 0.0;
            for (var step = 1; ; step++)
            {
                environment.Observe(observation);
                policy.Decide(observation, action);
                var result = environment.Step(action, ref random);
                total += result.Reward;
                if (result.Terminated || result.Truncated || (environment.StepLimit > 0 && step >= environment.StepLimit)) break;
            }
            // Welford's update.
            var difference = total - sum;
            sum += difference / (episode + 1);
            squares += difference * (total - sum);
        }
        return new PolicyEvaluation(sum, episodes > 1 ? Math.Sqrt(squares / (episodes - 1)) : 0, episodes);
    }
}
