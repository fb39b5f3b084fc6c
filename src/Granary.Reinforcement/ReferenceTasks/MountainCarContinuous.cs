using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// MountainCarContinuous-v0 of Gymnasium, after Moore (1990): a car in a valley is too weak to drive straight up. The goal has the reward
/// 100; each step costs a tenth of the squared action. An episode is truncated after 999 steps.
/// </summary>
/// <remarks>State and observation: position, velocity.</remarks>
internal sealed class MountainCarContinuous : IEnvironment
{
    private const double LeftWall = -1.2, RightWall = 0.6, MostSpeed = 0.07, Goal = 0.45, Power = 0.0015;

    private double _position, _speed;

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -1, 1);

    public int ObservationSize => 2;

    public int StateSize => 2;

    public int StepLimit => 999;

    public void Reset(ref PortableRandom random)
    {
        _position = -0.6 + 0.2 * random.NextDouble();
        _speed = 0;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var force = Math.Clamp(action[0], -1, 1);
        _speed += force * Power - 0.0025 * PortableTrigonometry.Cos(3 * _position);
        _speed = Math.Clamp(_speed, -MostSpeed, MostSpeed);
        _position = Math.Clamp(_position + _speed, LeftWall, RightWall);
        if (_position == LeftWall && _speed < 0) _speed = 0;
        var reached = _position >= Goal && _speed >= 0;
        // As in Gymnasium, the cost uses the action before it is clipped.
        return new StepResult((reached ? 100 : 0) - 0.1 * action[0] * action[0], reached);
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target) => (target[0], target[1]) = (_position, _speed);

    public void SetState(ReadOnlySpan<double> state) => (_position, _speed) = (state[0], state[1]);
}
