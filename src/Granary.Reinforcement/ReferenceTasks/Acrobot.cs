using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Acrobot-v1 of Gymnasium, with the equations of Sutton and Barto's book: two links hang from a joint, and a torque of −1, 0 or 1 between
/// them (actions 0, 1, 2) must swing the tip above the bar. Each step costs 1 until the goal; an episode is truncated after 500 steps.
/// </summary>
/// <remarks>State: θ₁, θ₂ (radians), ω₁, ω₂. Observation: cos θ₁, sin θ₁, cos θ₂, sin θ₂, ω₁, ω₂.</remarks>
internal sealed class Acrobot : IEnvironment
{
    private const double Seconds = 0.2, Length = 1, Centre = 0.5, Mass = 1, Inertia = 1, Gravity = 9.8;
    private const double MostSpeed1 = 4 * Math.PI, MostSpeed2 = 9 * Math.PI;

    private Motion _state;

    private readonly record struct Motion(double Angle1, double Angle2, double Speed1, double Speed2)
    {
        public Motion Plus(in Motion slope, double time) => new(Angle1 + time * slope.Angle1, Angle2 + time * slope.Angle2,
            Speed1 + time * slope.Speed1, Speed2 + time * slope.Speed2);
    }

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 3);

    public int ObservationSize => 6;

    public int StateSize => 4;

    public int StepLimit => 500;

    public void Reset(ref PortableRandom random)
    {
        var first = Start(ref random);
        var second = Start(ref random);
        var third = Start(ref random);
        _state = new Motion(first, second, third, Start(ref random));
    }

    private static double Start(ref PortableRandom random) => 0.2 * random.NextDouble() - 0.1;

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var torque = action[0] - 1;
        // The fourth-order Runge–Kutta method.
        var k1 = Slope(_state, torque);
        var k2 = Slope(_state.Plus(k1, Seconds / 2), torque);
        var k3 = Slope(_state.Plus(k2, Seconds / 2), torque);
        var k4 = Slope(_state.Plus(k3, Seconds), torque);
        var next = new Motion(
            _state.Angle1 + Seconds / 6.0 * (k1.Angle1 + 2 * k2.Angle1 + 2 * k3.Angle1 + k4.Angle1),
            _state.Angle2 + Seconds / 6.0 * (k1.Angle2 + 2 * k2.Angle2 + 2 * k3.Angle2 + k4.Angle2),
            _state.Speed1 + Seconds / 6.0 * (k1.Speed1 + 2 * k2.Speed1 + 2 * k3.Speed1 + k4.Speed1),
            _state.Speed2 + Seconds / 6.0 * (k1.Speed2 + 2 * k2.Speed2 + 2 * k3.Speed2 + k4.Speed2));
        _state = new Motion(Wrap(next.Angle1), Wrap(next.Angle2), Math.Clamp(next.Speed1, -MostSpeed1, MostSpeed1),
            Math.Clamp(next.Speed2, -MostSpeed2, MostSpeed2));
        var reached = -PortableTrigonometry.Cos(_state.Angle1) - PortableTrigonometry.Cos(_state.Angle2 + _state.Angle1) > 1;
        return new StepResult(reached ? 0 : -1, reached);
    }

    private static Motion Slope(in Motion s, double torque)
    {
        var (sin2, cos2) = PortableTrigonometry.SinCos(s.Angle2);
        var d1 = Mass * Centre * Centre + Mass * (Length * Length + Centre * Centre + 2 * Length * Centre * cos2) + Inertia + Inertia;
        var d2 = Mass * (Centre * Centre + Length * Centre * cos2) + Inertia;
        var phi2 = Mass * Centre * Gravity * PortableTrigonometry.Cos(s.Angle1 + s.Angle2 - Math.PI / 2);
        var phi1 = -Mass * Length * Centre * s.Speed2 * s.Speed2 * sin2 - 2 * Mass * Length * Centre * s.Speed2 * s.Speed1 * sin2
            + (Mass * Centre + Mass * Length) * Gravity * PortableTrigonometry.Cos(s.Angle1 - Math.PI / 2) + phi2;
        var turn2 = (torque + d2 / d1 * phi1 - Mass * Length * Centre * s.Speed1 * s.Speed1 * sin2 - phi2)
            / (Mass * Centre * Centre + Inertia - d2 * d2 / d1);
        var turn1 = -(d2 * turn2 + phi1) / d1;
        return new Motion(s.Speed1, s.Speed2, turn1, turn2);
    }

    private static double Wrap(double angle)
    {
        while (angle > Math.PI) angle -= 2 * Math.PI;
        while (angle < -Math.PI) angle += 2 * Math.PI;
        return angle;
    }

    public void Observe(Span<double> target)
    {
        (target[1], target[0]) = PortableTrigonometry.SinCos(_state.Angle1);
        (target[3], target[2]) = PortableTrigonometry.SinCos(_state.Angle2);
        (target[4], target[5]) = (_state.Speed1, _state.Speed2);
    }

    public void CopyState(Span<double> target) =>
        (target[0], target[1], target[2], target[3]) = (_state.Angle1, _state.Angle2, _state.Speed1, _state.Speed2);

    public void SetState(ReadOnlySpan<double> state) => _state = new Motion(state[0], state[1], state[2], state[3]);
}
