using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>Four arms, of which the third has the reward 1 and the others 0. An episode is one pull.</summary>
/// <remarks>State: pulls so far. Observation: 1.</remarks>
internal sealed class Bandit : IEnvironment
{
    private const int BestArm = 2;

    private double _pulls;

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 4);

    public int ObservationSize => 1;

    public int StateSize => 1;

    public int StepLimit => 0;

    public void Reset(ref PortableRandom random) => _pulls = 0;

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        _pulls++;
        return new StepResult(action[0] == BestArm ? 1 : 0, Terminated: true);
    }

    public void Observe(Span<double> target) => target[0] = 1;

    public void CopyState(Span<double> target) => target[0] = _pulls;

    public void SetState(ReadOnlySpan<double> state) => _pulls = state[0];
}
