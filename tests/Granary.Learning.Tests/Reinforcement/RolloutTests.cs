using Granary.Reinforcement.Training;

namespace Granary.Learning.Tests.Reinforcement;

public class RolloutTests
{
    // By hand with γ = 0.5 and λ = 0.5, from the end:
    // t = 3: δ = 4 + 0.5·10 − 2 = 7, A = 7
    // t = 2 truncated with the final value 6: δ = 3 + 0.5·6 − 1 = 5, A = 5
    // t = 1 terminated: δ = 2 − 3 = −1, A = −1
    // t = 0: δ = 1 + 0.5·3 − 0.5 = 2, A = 2 + 0.25·(−1) = 1.75
    [Fact]
    public void Advantages_have_no_next_value_after_an_end_and_the_final_one_after_a_cut()
    {
        var rollout = new Rollout(4, 1, 1, 1);
        double[] rewards = [1, 2, 3, 4], values = [0.5, 3, 1, 2];
        rewards.CopyTo(rollout.Rewards, 0);
        values.CopyTo(rollout.Values, 0);
        rollout.Terminated[1] = true;
        rollout.Truncated[2] = true;
        rollout.FinalValues[2] = 6;
        rollout.LastValues[0] = 10;
        rollout.EstimateAdvantages(0.5, 0.5);
        rollout.Advantages.ShouldBe([1.75, -1, 5, 7]);
        rollout.Returns.ShouldBe([2.25, 2, 6, 9]);
    }
}
