namespace Granary.Simulation.Plugins;

/// <summary>Result of a compilation.</summary>
/// <param name="Image">The assembly: equal bytes for an equal source; null if there are errors.</param>
/// <param name="Diagnostics">Errors and warnings in the order of the source.</param>
internal sealed record CompiledCode(byte[]? Image, IReadOnlyList<CodeDiagnostic> Diagnostics)
{
    /// <summary>The diagnostics that prevented the compilation.</summary>
    public IReadOnlyList<CodeDiagnostic> Errors => [.. Diagnostics.Where(d => d.Severity == CodeSeverity.Error)];
}
