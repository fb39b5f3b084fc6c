using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Networks;

/// <summary>
/// A network without its parameters: their number, and the computation of a score and its gradient. All parameters are in one array, so
/// that one optimiser serves every network and finite differences can test each of them. Widths are padded to a multiple of four; the
/// padding stays zero.
/// </summary>
internal abstract class NetworkShape
{
    /// <summary>The number of parameters, including padding.</summary>
    public abstract int Parameters { get; }

    /// <summary>The length of the workspace for <see cref="Score"/>.</summary>
    public abstract int ScoreWorkspace { get; }

    /// <summary>The length of the workspace for <see cref="Accumulate"/>.</summary>
    public abstract int GradientWorkspace { get; }

    /// <summary>Sets random initial values in a zeroed array.</summary>
    public abstract void Initialise(double[] parameters, ref PortableRandom random);

    /// <summary>The output before any sigmoid.</summary>
    /// <param name="input">Standardised, row-major, oldest row first.</param>
    public abstract double Score(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> workspace);

    /// <summary>
    /// Adds the gradient of weight · loss to <paramref name="gradient"/>; the loss is logistic (<paramref name="classify"/>) or half the
    /// squared error.
    /// </summary>
    /// <returns>The weighted loss.</returns>
    public abstract double Accumulate(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, double target, double weight,
        bool classify, Span<double> gradient, Span<double> workspace);

    public static int Padded(int width) => (width + 3) & ~3;

    protected static (double Loss, double Slope) Loss(double score, double target, double weight, bool classify)
    {
        if (classify) return (weight * (PortableMath.Softplus(score) - target * score), weight * (PortableMath.Sigmoid(score) - target));
        var error = score - target;
        return (weight * error * error / 2, weight * error);
    }

    /// <summary>target += Σ input[i] · weights[i, ·]; the width is a multiple of four.</summary>
    protected static void AddProduct(ReadOnlySpan<double> weights, ReadOnlySpan<double> input, Span<double> target) =>
        MatrixProduct.Add(Matrix.RowMajor(input, 1, input.Length), weights, target);

    /// <summary>
    /// Backwards through <see cref="AddProduct"/>: adds input ⊗ slope to the weights' gradient, and weights · slope to the input's.
    /// </summary>
    protected static void Backwards(ReadOnlySpan<double> weights, ReadOnlySpan<double> input, ReadOnlySpan<double> slope,
        Span<double> weightGradient, Span<double> inputSlope)
    {
        MatrixProduct.Add(Matrix.RowMajor(input, 1, input.Length).Transposed, slope, weightGradient);
        if (!inputSlope.IsEmpty) MatrixProduct.AddByTransposed(Matrix.RowMajor(slope, 1, slope.Length), weights, inputSlope);
    }
}
