using Granary.Cluster.Compute;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Granary.Cluster.Grains.Silos;

/// <summary>The compute services of the cluster's silos, as a silo calls them.</summary>
/// <param name="services">Of the silo of this process.</param>
/// <param name="own">That silo.</param>
public sealed class ComputeServices(IServiceProvider services, IGrainFactory grains, IClusterManifestProvider manifests,
    ILocalSiloDetails own) : GrainServiceClient<IComputeService>(services)
{
    internal const string Grain = "compute";
    private static readonly GrainType s_grain = GrainType.Create(Grain);

    /// <summary>The service of the silo of this process.</summary>
    public IComputeService Own => GetGrainService(own.SiloAddress);

    /// <summary>
    /// Returns the service of a silo. A silo of the previous version has a grain in its place, which stands in until the silo's list of
    /// grains says that there is a service.
    /// </summary>
    public IComputeService Of(SiloAddress silo) =>
        manifests.Current.Silos.TryGetValue(silo, out var manifest) && manifest.Grains.TryGetValue(s_grain, out var grain)
            && grain.Properties.ContainsKey(ComputeServiceProperty.Key)
            ? GetGrainService(silo) : new EarlierCompute(grains.GetGrain<IComputeGrain>(silo.ToParsableString()));
}
