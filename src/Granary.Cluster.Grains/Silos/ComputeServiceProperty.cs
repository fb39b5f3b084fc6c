using Orleans.Metadata;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Silos;

/// <summary>Says in a silo's list of grains that the silo has a compute service, which silos of the previous version have not.</summary>
internal sealed class ComputeServiceProperty : IGrainPropertiesProvider
{
    public const string Key = "granary.compute-service";

    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (grainType.ToString() == ComputeServices.Grain) properties[Key] = "1";
    }
}
