using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Merton's portfolio problem (1969): a share of the wealth is in an asset with drift 35 %, deviation 40 % and continuous rebalancing, the
/// rest earns 3 %. The reward of a year is the power utility of its growth with risk aversion γ = 4. The optimal share is (μ − r) / (γσ²) =
/// 0.5 at every wealth.
/// </summary>
/// <remarks>State and observation: log wealth. Action: the share in the asset.</remarks>
internal sealed class Merton : IEnvironment
{
    public const double Drift = 0.35, Rate = 0.03, Deviation = 0.4, RiskAversion = 4;

    private double _logWealth;

    /// <summary>The optimal share at every wealth.</summary>
    public static double BestShare => (Drift - Rate) / (RiskAversion * Deviation * Deviation);

    public ActionSpace Actions { get; } = new(ActionKind.Continuous, 1, -1, 3);

    public int ObservationSize => 1;

    public int StateSize => 1;

    public int StepLimit => 10;

    public void Reset(ref PortableRandom random) => _logWealth = 2 * random.NextDouble() - 1;

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var share = Math.Clamp(action[0], Actions.Low, Actions.High);
        var growth = Rate + share * (Drift - Rate) - 0.5 * share * share * Deviation * Deviation
            + share * Deviation * random.NextGaussian();
        _logWealth += growth;
        return new StepResult((PortableMath.Exp((1 - RiskAversion) * growth) - 1) / (1 - RiskAversion));
    }

    public void Observe(Span<double> target) => target[0] = _logWealth;

    public void CopyState(Span<double> target) => target[0] = _logWealth;

    public void SetState(ReadOnlySpan<double> state) => _logWealth = state[0];
}
