namespace Granary.Cluster.Models;

/// <summary>A version of a model from the registry.</summary>
/// <param name="Bytes">The model's file.</param>
/// <param name="Label">The predicted label, as in the version's lineage.</param>
/// <param name="To">Time at which the last label of its training data was known, UTC.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelVersionFile")]
internal sealed record ModelVersionFile([property: Id(0)] int Version, [property: Id(1)] byte[] Bytes, [property: Id(2)] string Label,
    [property: Id(3)] DateTime To);
