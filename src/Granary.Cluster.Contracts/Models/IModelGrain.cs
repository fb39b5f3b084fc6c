using Granary.Contracts.Models;
using Granary.Engine;
using Orleans.Concurrency;

namespace Granary.Cluster.Models;

/// <summary>
/// A model of a registry; the key is <see cref="ModelKey"/>. Silos predict with replicas of its versions, and report predictions and their
/// outcomes. From these the grain decides which version should be in use. In the cluster, only this grain promotes and rolls back.
/// </summary>
[Alias("granary.IModelGrain")]
internal interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Returns the model's versions in ascending order, and the current one.</summary>
    /// <exception cref="InputException">There is no such model.</exception>
    [AlwaysInterleave, Alias("Versions")]
    Task<ModelVersions> VersionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns a version for a silo's replica.</summary>
    /// <exception cref="InputException">There is no such version.</exception>
    [AlwaysInterleave, Alias("Load")]
    Task<ModelVersionFile> LoadAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>Adds predictions and outcomes of a silo's replica. They are stored when the call returns; a repeated report changes
    /// nothing.</summary>
    [Alias("Report")]
    Task ReportAsync(ModelReport report);

    /// <summary>Returns the counts of predictions and outcomes, and the advice for the version in use.</summary>
    /// <exception cref="InputException">There is no such model.</exception>
    [AlwaysInterleave, Alias("Use")]
    Task<ModelInUse> UseAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a version the current one.</summary>
    /// <returns>The current version and those before it, oldest first.</returns>
    /// <exception cref="InputException">There is no such version.</exception>
    [Alias("Promote")]
    Task<ModelVersions> PromoteAsync(int version);

    /// <summary>Makes the version before the current one current again.</summary>
    /// <returns>The current version and those before it, oldest first.</returns>
    /// <exception cref="InputException">There is no version before the current one.</exception>
    [Alias("RollBack")]
    Task<ModelVersions> RollBackAsync();
}

/// <summary>Identifies a model of a registry.</summary>
/// <param name="Registry">Full path of a folder, or a database without a password.</param>
internal readonly record struct ModelKey(string Registry, string Model)
{
    public override string ToString() => $"{Registry}|{Model}";

    public static ModelKey Parse(string key) => new(key[..key.LastIndexOf('|')], key[(key.LastIndexOf('|') + 1)..]);
}

/// <param name="Numbers">Version numbers: in ascending order, or in the order of their promotion.</param>
/// <param name="Current">The current version; 0 if there is none.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelVersions")]
internal sealed record ModelVersions([property: Id(0)] IReadOnlyList<int> Numbers, [property: Id(1)] int Current);
