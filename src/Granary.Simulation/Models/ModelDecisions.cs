namespace Granary.Simulation.Models;

/// <summary>What a model's grain does with its decisions.</summary>
public enum ModelDecisions
{
    /// <summary>Logs and shows them.</summary>
    Advise,

    /// <summary>Also promotes or rolls back.</summary>
    Apply,
}
