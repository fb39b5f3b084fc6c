namespace Granary.Architecture.Tests.CodeBases;

/// <summary>A place that breaks a rule.</summary>
/// <param name="File">Path from the root of the repository.</param>
/// <param name="Line">First line, from 1.</param>
/// <param name="Text">What is wrong there.</param>
public sealed record Violation(string File, int Line, string Text)
{
    public override string ToString() => $"{File}:{Line}: {Text}";
}
