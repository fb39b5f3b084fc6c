using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;

namespace Granary.Learning.Tests.Reinforcement;

/// <summary>
/// Weights of three assets and cash where nothing can be known: daily returns are independent with mean 0 and deviation 1 %, and changing
/// weights costs 1 % of what changes. The reward is the log growth. Nothing is gained by trading. Weights have the band of allocators.
/// </summary>
internal sealed class NoiseMarket : IEnvironment
{
    private const int Assets = 3;
    private const double Deviation = 0.01, Cost = 0.01;

    /// <summary>Changes up to this sum are not made.</summary>
    public const double Band = 0.05;

    private readonly double[] _returns = new double[Assets], _weights = new double[Assets + 1];

    public ActionSpace Actions { get; } = new(ActionKind.Simplex, Assets + 1);

    public int ObservationSize => 2 * Assets + 1;

    public int StateSize => 2 * Assets + 1;

    public int StepLimit => 100;

    /// <summary>The sum of what changed in all steps, as shares of the wealth.</summary>
    public double Turnover { get; private set; }

    public long Steps { get; private set; }

    public void Reset(ref PortableRandom random)
    {
        Array.Clear(_returns);
        Array.Clear(_weights);
        _weights[Assets] = 1;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var (changed, growth) = (0.0, 1.0);
        for (var i = 0; i < Assets; i++) changed += Math.Abs(action[i] - _weights[i]);
        if (!NoTradeBand.Replace(_weights.AsSpan(0, Assets), action[..Assets], Band)) changed = 0;
        _weights[Assets] = 1;
        for (var i = 0; i < Assets; i++)
        {
            _weights[Assets] -= _weights[i];
            _returns[i] = Deviation * random.NextGaussian();
            growth += _weights[i] * _returns[i];
        }
        for (var i = 0; i < Assets; i++) _weights[i] *= (1 + _returns[i]) / growth;
        _weights[Assets] /= growth;
        Turnover += changed;
        Steps++;
        return new StepResult(PortableMath.Log(growth - Cost * changed));
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target)
    {
        _returns.CopyTo(target);
        _weights.CopyTo(target[Assets..]);
    }

    public void SetState(ReadOnlySpan<double> state)
    {
        state[..Assets].CopyTo(_returns);
        state[Assets..].CopyTo(_weights);
    }
}
