using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Pendulum-v1 of Gymnasium: a torque of at most 2 N·m must swing a pendulum up and hold it there. The reward is −(θ² + 0.1 ω² + 0.001 u²);
/// an episode is truncated after 200 steps.
/// </summary>
/// <remarks>State: θ (radians, 0 is upright), ω. Observation: cos θ, sin θ, ω.</remarks>
internal sealed class Pendulum : IEnvironment
{
    private const double MostSpeed = 8, MostTorque = 2, Seconds = 0.05, Gravity = 10, Mass = 1, Length = 1;

    private double _angle, _speed;

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -MostTorque, MostTorque);

    public int ObservationSize => 3;

    public int StateSize => 2;

    public int StepLimit => 200;

    public void Reset(ref PortableRandom random)
    {
        _angle = Math.PI * (2 * random.NextDouble() - 1);
        _speed = 2 * random.NextDouble() - 1;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var torque = Math.Clamp(action[0], -MostTorque, MostTorque);
        var turned = Wrap(_angle);
        var cost = turned * turned + 0.1 * _speed * _speed + 0.001 * torque * torque;
        var speed = _speed + (3 * Gravity / (2 * Length) * PortableTrigonometry.Sin(_angle)
            + 3.0 / (Mass * Length * Length) * torque) * Seconds;
        _speed = Math.Clamp(speed, -MostSpeed, MostSpeed);
        _angle += _speed * Seconds;
        return new StepResult(-cost);
    }

    // Maps an angle to [−π, π).
    private static double Wrap(double angle)
    {
        var shifted = angle + Math.PI;
        return shifted - 2 * Math.PI * Math.Floor(shifted / (2 * Math.PI)) - Math.PI;
    }

    public void Observe(Span<double> target)
    {
        (target[1], target[0]) = PortableTrigonometry.SinCos(_angle);
        target[2] = _speed;
    }

    public void CopyState(Span<double> target) => (target[0], target[1]) = (_angle, _speed);

    public void SetState(ReadOnlySpan<double> state) => (_angle, _speed) = (state[0], state[1]);
}
