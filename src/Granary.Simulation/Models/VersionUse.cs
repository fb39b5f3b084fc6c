namespace Granary.Simulation.Models;

/// <summary>What a run does with its trained models in their registry.</summary>
public enum VersionUse
{
    /// <summary>The registry is neither read nor written.</summary>
    None,

    /// <summary>A model that is a version already is named by it. Nothing is added or promoted.</summary>
    Find,

    /// <summary>A model becomes a version where it is not one yet, and is promoted where its section says so.</summary>
    Add,
}
