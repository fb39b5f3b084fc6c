namespace Granary.Cluster.Grains;

/// <summary>Makes the ids of passes, strategy groups and readers. A host that repeats a run exactly registers a class of its own.</summary>
internal class GrainIds
{
    /// <summary>Returns an id that no other call returns.</summary>
#pragma warning disable RS0030 // this is the source of ids
    public virtual Guid Next() => Guid.NewGuid();
#pragma warning restore RS0030
}
