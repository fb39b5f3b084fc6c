using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Weights of cash and an asset that rises in one market state and falls in the other. The reward is the log growth. The optimum is to hold
/// the asset in the first state and cash in the second.
/// </summary>
/// <remarks>State: market state. Observation: 1 in the first and −1 in the second state. Action: weights of cash and the asset.</remarks>
internal sealed class RegimeSwitch : IEnvironment
{
    private const double Stays = 0.97, Drift = 0.004, Deviation = 0.01;

    private int _state;

    public ActionSpace Actions { get; } = new(ActionKind.Simplex, 2);

    public int ObservationSize => 1;

    public int StateSize => 1;

    public int StepLimit => 250;

    public void Reset(ref PortableRandom random) => _state = random.Next(2);

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var growth = (_state == 0 ? Drift : -Drift) + Deviation * random.NextGaussian();
        var reward = PortableMath.Log(action[0] + action[1] * PortableMath.Exp(growth));
        if (random.NextDouble() >= Stays) _state = 1 - _state;
        return new StepResult(reward);
    }

    public void Observe(Span<double> target) => target[0] = _state == 0 ? 1 : -1;

    public void CopyState(Span<double> target) => target[0] = _state;

    public void SetState(ReadOnlySpan<double> state) => _state = (int)state[0];
}
