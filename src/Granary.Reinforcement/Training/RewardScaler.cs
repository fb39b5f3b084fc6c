using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Divides rewards by the running deviation of their discounted sum, so values have the order of magnitude 1 whatever the unit of the
/// reward. Scaled rewards are clipped to ±<see cref="Clip"/>.
/// </summary>
internal sealed class RewardScaler(int environments, double gamma)
{
    public const double Clip = 10;

    private readonly double[] _sums = new double[environments];
    private readonly RunningMoments _moments = new(1);

    /// <summary>Adds the rewards of a rollout in the order of steps and environments, then scales them.</summary>
    public void Apply(Rollout rollout)
    {
        for (var i = 0; i < rollout.Count; i++)
        {
            ref var sum = ref _sums[i % rollout.Environments];
            sum = gamma * sum + rollout.Rewards[i];
            _moments.Add(new ReadOnlySpan<double>(in sum));
            if (rollout.Terminated[i] || rollout.Truncated[i]) sum = 0;
        }
        var factor = 1 / Math.Sqrt(_moments.Variance(0) + 1e-8);
        foreach (ref var reward in rollout.Rewards.AsSpan()) reward = Math.Clamp(reward * factor, -Clip, Clip);
    }

    public void Write(BinaryWriter writer)
    {
        foreach (var sum in _sums) writer.Write(sum);
        _moments.Write(writer);
    }

    public void Read(BinaryReader reader)
    {
        for (var i = 0; i < _sums.Length; i++) _sums[i] = reader.ReadDouble();
        _moments.Read(reader);
    }
}
