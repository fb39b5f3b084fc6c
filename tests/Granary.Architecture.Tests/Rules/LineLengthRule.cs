using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>No line of a source has more than 140 characters, unless a string literal runs over that length.</summary>
public sealed class LineLengthRule : IRule
{
    private const int Most = 140;

    public string Remedy => $"Break the line; it has at most {Most} characters.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from line in file.Lines.Select((text, index) => (Number: index + 1, text.TrimEnd('\r').Length, Text: text))
        where line.Length > Most && !EndsInText(line.Text)
        select new Violation(file.Path, line.Number, $"the line has {line.Length} characters");

    // A sentence that a person reads is not torn to fit a line: the limit does not count between its quotes.
    private static bool EndsInText(string line) => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        && line.IndexOf('"', StringComparison.Ordinal) is >= 0 and < Most && line.LastIndexOf('"') >= Most;
}
