using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Policies;

/// <summary>One of several choices; the softmax of the outputs gives the probabilities.</summary>
internal sealed class CategoricalHead(int choices) : ActionHead
{
    public override int Outputs => choices;

    public override int Parameters => 0;

    public override int ActionSize => 1;

    public override double Sample(ReadOnlySpan<double> output, ReadOnlySpan<double> own, Span<double> action, ref PortableRandom random)
    {
        var normaliser = Softmax.LogSum(output[..choices]);
        var left = random.NextDouble();
        var chosen = 0;
        for (; chosen < choices - 1; chosen++)
        {
            left -= PortableMath.Exp(output[chosen] - normaliser);
            if (left < 0) break;
        }
        action[0] = chosen;
        return output[chosen] - normaliser;
    }

    public override void Mode(ReadOnlySpan<double> output, Span<double> action)
    {
        var best = 0;
        for (var i = 1; i < choices; i++)
            if (output[i] > output[best])
                best = i;
        action[0] = best;
    }

    public override (double LogProbability, double Entropy) Evaluate(ReadOnlySpan<double> output, ReadOnlySpan<double> own,
        ReadOnlySpan<double> action)
    {
        var normaliser = Softmax.LogSum(output[..choices]);
        return (output[(int)action[0]] - normaliser, Entropy(output, normaliser));
    }

    private double Entropy(ReadOnlySpan<double> output, double normaliser)
    {
        var entropy = 0.0;
        for (var i = 0; i < choices; i++) entropy -= PortableMath.Exp(output[i] - normaliser) * (output[i] - normaliser);
        return entropy;
    }

    public override void AddSlopes(in HeadInput input, double byLogProbability, double byEntropy, Span<double> outputSlopes,
        Span<double> ownSlopes)
    {
        var normaliser = Softmax.LogSum(input.Output[..choices]);
        var entropy = Entropy(input.Output, normaliser);
        var chosen = (int)input.Action[0];
        for (var i = 0; i < choices; i++)
        {
            var log = input.Output[i] - normaliser;
            var p = PortableMath.Exp(log);
            outputSlopes[i] = byLogProbability * ((i == chosen ? 1 : 0) - p) - byEntropy * p * (log + entropy);
        }
    }

    public override void ToEnvironment(ReadOnlySpan<double> action, Span<double> target) => target[0] = action[0];
}
