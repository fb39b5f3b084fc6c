namespace Granary.Simulation.Models;

/// <summary>Handling of decisions by a model's grain.</summary>
internal enum ModelDecisions
{
    /// <summary>Logs and reports them.</summary>
    Advise,

    /// <summary>Also promotes or rolls back.</summary>
    Apply,
}
