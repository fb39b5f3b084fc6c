using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Policies;

/// <summary>
/// Independent normal numbers: the outputs are the means; the log standard deviations are parameters, equal in all states.
/// </summary>
/// <param name="size">The number of values.</param>
/// <param name="low">The lower bound for the environment.</param>
/// <param name="high">The upper bound for the environment.</param>
internal sealed class GaussianHead(int size, double low = double.NegativeInfinity, double high = double.PositiveInfinity) : ActionHead
{
    private static readonly double HalfLogTwoPi = 0.5 * PortableMath.Log(2 * Math.PI);

    public override int Outputs => size;

    public override int Parameters => size;

    public override int ActionSize => size;

    public override double Sample(ReadOnlySpan<double> output, ReadOnlySpan<double> own, Span<double> action, ref PortableRandom random)
    {
        var log = 0.0;
        for (var i = 0; i < size; i++)
        {
            var noise = random.NextGaussian();
            action[i] = output[i] + PortableMath.Exp(own[i]) * noise;
            log -= 0.5 * noise * noise + own[i] + HalfLogTwoPi;
        }
        return log;
    }

    public override void Mode(ReadOnlySpan<double> output, Span<double> action) => output[..size].CopyTo(action);

    public override (double LogProbability, double Entropy) Evaluate(ReadOnlySpan<double> output, ReadOnlySpan<double> own,
        ReadOnlySpan<double> action)
    {
        var (log, entropy) = (0.0, 0.0);
        for (var i = 0; i < size; i++)
        {
            var z = (action[i] - output[i]) * PortableMath.Exp(-own[i]);
            log -= 0.5 * z * z + own[i] + HalfLogTwoPi;
            entropy += 0.5 + HalfLogTwoPi + own[i];
        }
        return (log, entropy);
    }

    public override void AddSlopes(in HeadInput input, double byLogProbability, double byEntropy, Span<double> outputSlopes,
        Span<double> ownSlopes)
    {
        for (var i = 0; i < size; i++)
        {
            var inverse = PortableMath.Exp(-input.Own[i]);
            var z = (input.Action[i] - input.Output[i]) * inverse;
            outputSlopes[i] = byLogProbability * z * inverse;
            ownSlopes[i] += byLogProbability * (z * z - 1) + byEntropy;
        }
    }

    public override void ToEnvironment(ReadOnlySpan<double> action, Span<double> target)
    {
        for (var i = 0; i < size; i++) target[i] = Math.Clamp(action[i], low, high);
    }
}
