using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// CartPole-v1 of Gymnasium, after Barto, Sutton and Anderson (1983): a pole on a cart that is pushed left (0) or right (1). The reward is
/// 1 per step. An episode ends if the cart is beyond ±2.4 m or the pole beyond ±12°, and after 500 steps.
/// </summary>
/// <remarks>State and observation: position (m), velocity, angle (radians), angular velocity.</remarks>
internal sealed class CartPole : IEnvironment
{
    private const double Gravity = 9.8, PoleMass = 0.1, TotalMass = 1.1, HalfLength = 0.5, Force = 10, Seconds = 0.02;
    private const double MostAngle = 12 * 2 * Math.PI / 360, MostPosition = 2.4;

    private double _x, _speed, _angle, _turn;
    private bool _fallen;

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 2);

    public int ObservationSize => 4;

    public int StateSize => 4;

    public int StepLimit => 500;

    public void Reset(ref PortableRandom random)
    {
        _x = Start(ref random);
        _speed = Start(ref random);
        _angle = Start(ref random);
        _turn = Start(ref random);
        _fallen = false;
    }

    private static double Start(ref PortableRandom random) => 0.1 * random.NextDouble() - 0.05;

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var force = action[0] == 1 ? Force : -Force;
        var (sin, cos) = PortableTrigonometry.SinCos(_angle);
        var push = (force + PoleMass * HalfLength * _turn * _turn * sin) / TotalMass;
        var turning = (Gravity * sin - cos * push) / (HalfLength * (4.0 / 3.0 - PoleMass * cos * cos / TotalMass));
        var acceleration = push - PoleMass * HalfLength * turning * cos / TotalMass;
        _x += Seconds * _speed;
        _speed += Seconds * acceleration;
        _angle += Seconds * _turn;
        _turn += Seconds * turning;
        var fallen = _x < -MostPosition || _x > MostPosition || _angle < -MostAngle || _angle > MostAngle;
        // Steps after the fall occur only with recorded actions, and have no reward.
        var reward = fallen && _fallen ? 0 : 1;
        _fallen |= fallen;
        return new StepResult(reward, fallen);
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target) => (target[0], target[1], target[2], target[3]) = (_x, _speed, _angle, _turn);

    public void SetState(ReadOnlySpan<double> state)
    {
        (_x, _speed, _angle, _turn) = (state[0], state[1], state[2], state[3]);
        _fallen = false;
    }
}
