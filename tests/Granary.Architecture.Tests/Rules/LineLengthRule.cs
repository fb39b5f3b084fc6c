using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>No line of a source has more than 140 characters.</summary>
public sealed class LineLengthRule : IRule
{
    private const int Most = 140;

    public string Remedy => $"Break the line; it has at most {Most} characters.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from line in file.Lines.Select((text, index) => (Number: index + 1, Length: text.TrimEnd('\r').Length))
        where line.Length > Most
        select new Violation(file.Path, line.Number, $"the line has {line.Length} characters");
}
