namespace Granary.Simulation.Plugins;

/// <summary>Severity of a message of the compiler.</summary>
internal enum CodeSeverity
{
    /// <summary>The code was compiled.</summary>
    Warning,
    /// <summary>The code was not compiled.</summary>
    Error,
}
