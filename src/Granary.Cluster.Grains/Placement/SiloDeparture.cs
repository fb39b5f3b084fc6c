namespace Granary.Cluster.Grains.Placement;

/// <summary>Whether this silo has begun to shut down, so grains are placed on other silos.</summary>
internal sealed class SiloDeparture
{
    public bool HasBegun { get; private set; }

    public void Begin() => HasBegun = true;
}
