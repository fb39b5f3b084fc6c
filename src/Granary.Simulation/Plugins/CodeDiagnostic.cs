namespace Granary.Simulation.Plugins;

/// <summary>A message of the compiler.</summary>
/// <param name="File">Name of the source.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 units, from 1.</param>
/// <param name="Id">The compiler's code, such as <c>CS0103</c>.</param>
/// <param name="Message">The compiler's text in English.</param>
internal sealed record CodeDiagnostic(string File, int Line, int Column, CodeSeverity Severity, string Id, string Message)
{
    /// <summary>The message as a compiler writes it: <c>Idea.cs(12,9): error CS0103: …</c></summary>
    public override string ToString() =>
        $"{File}({Line},{Column}): {(Severity == CodeSeverity.Error ? "error" : "warning")} {Id}: {Message}";
}
