using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Policies;

/// <summary>
/// Weights that add up to 1: the softmax of independent normal numbers (logistic normal distribution, Aitchison and Shen 1980).
/// The normal numbers give the probabilities. The softmax scales old and new probabilities by the same factor, so their ratio does not
/// change.
/// </summary>
/// <param name="size">The number of weights.</param>
internal sealed class SimplexHead(int size) : ActionHead
{
    private readonly GaussianHead _numbers = new(size);

    public override int Outputs => size;

    public override int Parameters => size;

    public override int ActionSize => size;

    public override double Sample(ReadOnlySpan<double> output, ReadOnlySpan<double> own, Span<double> action, ref PortableRandom random) =>
        _numbers.Sample(output, own, action, ref random);

    public override void Mode(ReadOnlySpan<double> output, Span<double> action) => _numbers.Mode(output, action);

    public override (double LogProbability, double Entropy) Evaluate(ReadOnlySpan<double> output, ReadOnlySpan<double> own,
        ReadOnlySpan<double> action) => _numbers.Evaluate(output, own, action);

    public override void AddSlopes(in HeadInput input, double byLogProbability, double byEntropy, Span<double> outputSlopes,
        Span<double> ownSlopes) => _numbers.AddSlopes(input, byLogProbability, byEntropy, outputSlopes, ownSlopes);

    public override void ToEnvironment(ReadOnlySpan<double> action, Span<double> target) => Softmax.Weights(action[..size], target);
}
