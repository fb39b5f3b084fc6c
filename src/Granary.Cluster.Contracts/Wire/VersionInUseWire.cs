using Granary.Contracts.Models;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.VersionInUse")]
public readonly record struct VersionInUseWire(
    [property: Id(0)] int Version,
    [property: Id(1)] long Predictions,
    [property: Id(2)] long Failed,
    [property: Id(3)] long Outcomes,
    [property: Id(4)] int Compared,
    [property: Id(5)] double? Advantage,
    [property: Id(6)] double? PValue);

[RegisterConverter]
public sealed class VersionInUseConverter : IConverter<VersionInUse, VersionInUseWire>
{
    public VersionInUse ConvertFromSurrogate(in VersionInUseWire s) =>
        new(s.Version, s.Predictions, s.Failed, s.Outcomes, s.Compared, s.Advantage, s.PValue);

    public VersionInUseWire ConvertToSurrogate(in VersionInUse v) =>
        new(v.Version, v.Predictions, v.Failed, v.Outcomes, v.Compared, v.Advantage, v.PValue);
}
