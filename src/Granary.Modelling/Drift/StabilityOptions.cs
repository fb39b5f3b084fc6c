using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Modelling.Drift;

/// <summary>Parameters of the population stability index.</summary>
/// <param name="bins">Number of bins with equal shares of the reference.</param>
/// <param name="alpha">Probability of a false alarm over all checks of all features.</param>
/// <param name="features">Number of features that are checked together.</param>
/// <param name="looks">Number of checks of each feature.</param>
/// <param name="threshold">A fixed threshold; 0 computes it from <paramref name="alpha"/>.</param>
internal sealed class StabilityOptions(
    [Range(2, 1000)] int bins = 10,
    [Range(1e-9, 0.5)] double alpha = 0.01,
    [Range(1, 1_000_000)] int features = 1,
    [Range(1, 1_000_000)] int looks = 1,
    [Range(0, 1000)] double threshold = 0)
{
    private static readonly DeclaredKey[] s_parameters =
        [.. typeof(StabilityOptions).GetConstructors().Single().GetParameters().Select(DeclaredKey.From)];

    public int Bins { get; } = bins;

    /// <summary>Probability of a false alarm in one check of one feature (Šidák 1967).</summary>
    public double AlphaOfOne => 1 - Math.Pow(1 - alpha, 1.0 / ((double)features * looks));

    /// <summary>The fixed threshold; null if it must be computed from <c>alpha</c>.</summary>
    public double? Threshold { get; } = threshold > 0 ? threshold : null;

    /// <summary>Probability that at least one of all checks gives a false alarm.</summary>
    /// <param name="ofOne">Probability of a false alarm in one check.</param>
    public double OfAll(double ofOne) => 1 - Math.Pow(1 - ofOne, (double)features * looks);

    /// <exception cref="InputException">A parameter name is unknown, or a value is out of range.</exception>
    public static StabilityOptions From(IReadOnlyDictionary<string, string> parameters)
    {
        var values = DeclaredKey.Bind("psi", s_parameters, parameters.ToDictionary(p => p.Key, p => (object)p.Value));
        return new StabilityOptions((int)values[0], (double)values[1], (int)values[2], (int)values[3], (double)values[4]);
    }
}
