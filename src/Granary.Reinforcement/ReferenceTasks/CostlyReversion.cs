using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// A mean-reverting price (Ornstein–Uhlenbeck), traded with a position of −1 to 1 at a cost of 0.05 per unit of change. The reward is the
/// profit minus the cost. Because of the cost, it is optimal not to trade while the price is near zero.
/// </summary>
/// <remarks>State and observation: price, position. Action: the position from now on. x′ = 0.9 x + 0.1 ε.</remarks>
internal sealed class CostlyReversion : IEnvironment
{
    private const double Persistence = 0.9, Noise = 0.1, Cost = 0.05;

    private double _price, _position;

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -1, 1);

    public int ObservationSize => 2;

    public int StateSize => 2;

    public int StepLimit => 200;

    public void Reset(ref PortableRandom random)
    {
        _price = Noise / Math.Sqrt(1 - Persistence * Persistence) * random.NextGaussian();
        _position = 0;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var position = Math.Clamp(action[0], -1, 1);
        var price = Persistence * _price + Noise * random.NextGaussian();
        var reward = position * (price - _price) - Cost * Math.Abs(position - _position);
        (_price, _position) = (price, position);
        return new StepResult(reward);
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target) => (target[0], target[1]) = (_price, _position);

    public void SetState(ReadOnlySpan<double> state) => (_price, _position) = (state[0], state[1]);
}
