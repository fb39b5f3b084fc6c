using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Policies;

/// <summary>Converts numbers to probabilities or weights: e^xᵢ / Σ e^xⱼ.</summary>
internal static class Softmax
{
    /// <summary>ln Σ e^x without overflow.</summary>
    public static double LogSum(ReadOnlySpan<double> x)
    {
        var most = Greatest(x);
        var sum = 0.0;
        foreach (var value in x) sum += PortableMath.Exp(value - most);
        return most + PortableMath.Log(sum);
    }

    /// <summary>Writes weights that add up to 1; the target may be the input itself.</summary>
    public static void Weights(ReadOnlySpan<double> x, Span<double> target)
    {
        var most = Greatest(x);
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++) sum += target[i] = PortableMath.Exp(x[i] - most);
        for (var i = 0; i < x.Length; i++) target[i] /= sum;
    }

    private static double Greatest(ReadOnlySpan<double> x)
    {
        var most = x[0];
        foreach (var value in x) most = Math.Max(most, value);
        return most;
    }
}
