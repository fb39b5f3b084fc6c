namespace Granary.Simulation.Models;

/// <summary>Use of the registry by a run for its trained models.</summary>
internal enum VersionUse
{
    /// <summary>Neither reads nor writes the registry.</summary>
    None,

    /// <summary>Looks up the versions of its models. Adds and promotes nothing.</summary>
    Find,

    /// <summary>Adds new models as versions and promotes them if their section says so.</summary>
    Add,
}
