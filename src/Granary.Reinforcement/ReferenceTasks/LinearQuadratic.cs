using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// A linear quadratic regulator: a force u holds a noisy mass at the origin. The cost of a step is x² + 0.1 v² + 0.1 u²; the minimum
/// follows from Riccati's equation. An episode is truncated after 200 steps.
/// </summary>
/// <remarks>State and observation: position x, velocity v. x′ = x + 0.1 v, v′ = v + 0.1 u + 0.05 ε.</remarks>
internal sealed class LinearQuadratic : IEnvironment
{
    public const double Seconds = 0.1, Noise = 0.05, PositionCost = 1, SpeedCost = 0.1, ForceCost = 0.1;

    private double _position, _speed;

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -20, 20);

    public int ObservationSize => 2;

    public int StateSize => 2;

    public int StepLimit => 200;

    public void Reset(ref PortableRandom random)
    {
        _position = 2 * random.NextDouble() - 1;
        _speed = 2 * random.NextDouble() - 1;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var force = Math.Clamp(action[0], Actions.Low, Actions.High);
        var cost = PositionCost * _position * _position + SpeedCost * _speed * _speed + ForceCost * force * force;
        _position += Seconds * _speed;
        _speed += Seconds * force + Noise * random.NextGaussian();
        return new StepResult(-cost);
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target) => (target[0], target[1]) = (_position, _speed);

    public void SetState(ReadOnlySpan<double> state) => (_position, _speed) = (state[0], state[1]);
}
