using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Networks;

/// <summary>
/// A network without its numbers: how many parameters there are, and how a score and its gradient follow from them.
/// Parameters lie in one array, so that one optimiser serves every network and a finite difference can test any of them.
/// Widths are padded to four lanes; what belongs to the padding stays zero.
/// </summary>
internal abstract class NetworkShape
{
    /// <summary>How many parameters, padding included.</summary>
    public abstract int Parameters { get; }

    /// <summary>Numbers that <see cref="Score"/> needs to work in.</summary>
    public abstract int ScoreWorkspace { get; }

    /// <summary>Numbers that <see cref="Accumulate"/> needs to work in.</summary>
    public abstract int GradientWorkspace { get; }

    /// <summary>Random starting values, from zeros.</summary>
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

    /// <summary>target = bias + Σ input[i] · weights[i, ·].</summary>
    protected static void Affine(ReadOnlySpan<double> weights, ReadOnlySpan<double> bias, ReadOnlySpan<double> input, Span<double> target)
    {
        bias.CopyTo(target);
        AddProduct(weights, input, target);
    }

    /// <summary>target += Σ input[i] · weights[i, ·]; the width is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void AddProduct(ReadOnlySpan<double> weights, ReadOnlySpan<double> input, Span<double> target)
    {
        var width = target.Length;
        if (weights.Length < input.Length * width || width % 4 != 0)
            throw new ArgumentException("the weights are fewer than inputs times outputs", nameof(weights));
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var y = ref MemoryMarshal.GetReference(target);
        var j = 0;
        // Sixteen outputs stay in registers over all inputs.
        for (; j <= width - 16; j += 16)
        {
            var (a, b, c, d) = (Dense.Load(ref y, j), Dense.Load(ref y, j + 4), Dense.Load(ref y, j + 8), Dense.Load(ref y, j + 12));
            var at = j;
            for (var i = 0; i < input.Length; i++, at += width)
            {
                var v = Vector256.Create(Unsafe.Add(ref x, i));
                a = Vector256.FusedMultiplyAdd(v, Dense.Load(ref w, at), a);
                b = Vector256.FusedMultiplyAdd(v, Dense.Load(ref w, at + 4), b);
                c = Vector256.FusedMultiplyAdd(v, Dense.Load(ref w, at + 8), c);
                d = Vector256.FusedMultiplyAdd(v, Dense.Load(ref w, at + 12), d);
            }
            a.StoreUnsafe(ref y, (nuint)j);
            b.StoreUnsafe(ref y, (nuint)(j + 4));
            c.StoreUnsafe(ref y, (nuint)(j + 8));
            d.StoreUnsafe(ref y, (nuint)(j + 12));
        }
        for (; j < width; j += 4)
        {
            var a = Dense.Load(ref y, j);
            var at = j;
            for (var i = 0; i < input.Length; i++, at += width)
                a = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x, i)), Dense.Load(ref w, at), a);
            a.StoreUnsafe(ref y, (nuint)j);
        }
    }

    /// <summary>
    /// Backwards through <see cref="AddProduct"/>: adds input ⊗ slope to the weights' gradient, and weights · slope to the input's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static void Backwards(ReadOnlySpan<double> weights, ReadOnlySpan<double> input, ReadOnlySpan<double> slope,
        Span<double> weightGradient, Span<double> inputSlope)
    {
        var width = slope.Length;
        for (var i = 0; i < input.Length; i++)
        {
            if (input[i] != 0) Dense.AddScaled(input[i], slope, weightGradient.Slice(i * width, width));
            if (!inputSlope.IsEmpty) inputSlope[i] += Dense.Dot(slope, weights.Slice(i * width, width));
        }
    }
}
