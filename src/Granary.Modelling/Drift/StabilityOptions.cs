using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Learning;

namespace Granary.Modelling.Drift;

/// <summary>Parameters of the population stability index.</summary>
/// <param name="bins">Bins with equal shares of the reference.</param>
/// <param name="alpha">Chance of a false alarm over all looks at all features.</param>
/// <param name="features">Features that are examined together.</param>
/// <param name="looks">Times that each is examined.</param>
/// <param name="threshold">A fixed threshold; 0 computes it from <paramref name="alpha"/>.</param>
public sealed class StabilityOptions(
    [Range(2, 1000)] int bins = 10,
    [Range(1e-9, 0.5)] double alpha = 0.01,
    [Range(1, 1_000_000)] int features = 1,
    [Range(1, 1_000_000)] int looks = 1,
    [Range(0, 1000)] double threshold = 0)
{
    private static readonly ParameterDefinition[] s_parameters =
        [.. typeof(StabilityOptions).GetConstructors().Single().GetParameters().Select(ParameterDefinition.From)];

    public int Bins { get; } = bins;

    /// <summary>Chance of a false alarm of one look at one feature (Šidák 1967).</summary>
    public double AlphaOfOne => 1 - Math.Pow(1 - alpha, 1.0 / ((double)features * looks));

    /// <summary>Null where it is to be computed.</summary>
    public double? Threshold { get; } = threshold > 0 ? threshold : null;

    /// <summary>The chance that at least one of all looks exceeds what one does with a probability.</summary>
    public double OfAll(double ofOne) => 1 - Math.Pow(1 - ofOne, (double)features * looks);

    /// <exception cref="LearningInputException">An unknown name, or a value out of its range.</exception>
    public static StabilityOptions From(IReadOnlyDictionary<string, string> parameters)
    {
        try
        {
            var values = ParameterDefinition.Bind("psi", s_parameters, parameters.ToDictionary(p => p.Key, p => (object)p.Value));
            return new StabilityOptions((int)values[0], (double)values[1], (int)values[2], (int)values[3], (double)values[4]);
        }
        catch (ArgumentException e)
        {
            throw new LearningInputException(e.Message, e);
        }
    }
}
