namespace Granary.Architecture.Tests.CodeBases;

/// <summary>A place that breaks a rule.</summary>
/// <param name="File">Path from the root of the repository.</param>
/// <param name="Line">First line, from 1.</param>
/// <param name="Text">What is wrong there.</param>
/// <param name="Weight">What it counts against the ceiling of the file.</param>
public sealed record Violation(string File, int Line, string Text, int Weight = 1)
{
    public override string ToString() => $"{File}:{Line}: {Text}";
}
