using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Bets on a coin with even odds that wins with p = 0.55. The reward is the log growth of the wealth. The optimal fraction is 2p − 1 = 0.1
/// (Kelly 1956), with a growth of 0.0050084 per bet.
/// </summary>
/// <remarks>State: log wealth. Observation: 1. Action: the fraction of the wealth, negative on tails.</remarks>
internal sealed class KellyCoin : IEnvironment
{
    /// <summary>Probability of heads.</summary>
    public const double Heads = 0.55;

    private const double MostFraction = 0.99;

    private double _logWealth;

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -MostFraction, MostFraction);

    public int ObservationSize => 1;

    public int StateSize => 1;

    public int StepLimit => 100;

    public void Reset(ref PortableRandom random) => _logWealth = 0;

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var fraction = Math.Clamp(action[0], -MostFraction, MostFraction);
        var growth = PortableMath.Log(random.NextDouble() < Heads ? 1 + fraction : 1 - fraction);
        _logWealth += growth;
        return new StepResult(growth);
    }

    public void Observe(Span<double> target) => target[0] = 1;

    public void CopyState(Span<double> target) => target[0] = _logWealth;

    public void SetState(ReadOnlySpan<double> state) => _logWealth = state[0];
}
