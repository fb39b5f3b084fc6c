using Granary.Contracts.Weights;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.PortfolioWeights")]
public readonly record struct PortfolioWeightsWire(
    [property: Id(0)] string Portfolio,
    [property: Id(1)] long Version,
    [property: Id(2)] Dictionary<string, double> Weights,
    [property: Id(3)] string Who,
    [property: Id(4)] string Why,
    [property: Id(5)] DateTimeOffset At);

[RegisterConverter]
public sealed class PortfolioWeightsConverter : IConverter<PortfolioWeights, PortfolioWeightsWire>
{
    public PortfolioWeights ConvertFromSurrogate(in PortfolioWeightsWire s) =>
        new(s.Portfolio, s.Version, new SortedDictionary<string, double>(s.Weights, StringComparer.Ordinal), s.Who, s.Why, s.At);

    public PortfolioWeightsWire ConvertToSurrogate(in PortfolioWeights v) =>
        new(v.Portfolio, v.Version, v.Weights.ToDictionary(StringComparer.Ordinal), v.Who, v.Why, v.At);
}
