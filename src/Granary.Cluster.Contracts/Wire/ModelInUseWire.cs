using Granary.Contracts.Models;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.ModelInUse")]
public readonly record struct ModelInUseWire(
    [property: Id(0)] string Model,
    [property: Id(1)] int Current,
    [property: Id(2)] IReadOnlyList<VersionInUse> Versions,
    [property: Id(3)] int Outcomes,
    [property: Id(4)] double? Loss,
    [property: Id(5)] double? Expected,
    [property: Id(6)] bool HasDrifted,
    [property: Id(7)] int Action,
    [property: Id(8)] int? Advised,
    [property: Id(9)] string Reason);

[RegisterConverter]
public sealed class ModelInUseConverter : IConverter<ModelInUse, ModelInUseWire>
{
    public ModelInUse ConvertFromSurrogate(in ModelInUseWire s) => new(s.Model, s.Current, s.Versions, s.Outcomes, s.Loss, s.Expected,
        s.HasDrifted, new ModelDecision((ModelAction)s.Action, s.Advised, s.Reason));

    public ModelInUseWire ConvertToSurrogate(in ModelInUse v) => new(v.Model, v.Current, v.Versions, v.Outcomes, v.Loss, v.Expected,
        v.HasDrifted, (int)v.Decision.Action, v.Decision.Version, v.Decision.Reason);
}
