using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// One action must be chosen in 75 % of 100 steps. Each step has the reward (1 − |share so far − 0.75|) / 100, so no constant action
/// is good and an episode has at most the reward 1.
/// </summary>
/// <remarks>State: steps so far, how often action 0 was chosen. Observation: its share so far less 0.75, steps so far / 100.</remarks>
internal sealed class StochasticShare : IEnvironment
{
    private const double Wanted = 0.75, Steps = 100;

    private double _steps, _chosen;

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 2);

    public int ObservationSize => 2;

    public int StateSize => 2;

    public int StepLimit => 0;

    public void Reset(ref PortableRandom random) => (_steps, _chosen) = (0, 0);

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        _steps++;
        if (action[0] == 0) _chosen++;
        return new StepResult((1 - Math.Abs(_chosen / _steps - Wanted)) / Steps, _steps >= Steps);
    }

    public void Observe(Span<double> target)
    {
        target[0] = _steps == 0 ? 0 : _chosen / _steps - Wanted;
        target[1] = _steps / Steps;
    }

    public void CopyState(Span<double> target) => (target[0], target[1]) = (_steps, _chosen);

    public void SetState(ReadOnlySpan<double> state) => (_steps, _chosen) = (state[0], state[1]);
}
