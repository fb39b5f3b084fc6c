namespace Granary.Cluster.Models;

/// <summary>A version as it is in the registry.</summary>
/// <param name="Bytes">The model's file.</param>
/// <param name="Label">What it predicts, as in its lineage.</param>
/// <param name="To">When the last label that it learned from was known, UTC.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelVersionFile")]
public sealed record ModelVersionFile([property: Id(0)] int Version, [property: Id(1)] byte[] Bytes, [property: Id(2)] string Label,
    [property: Id(3)] DateTime To);
