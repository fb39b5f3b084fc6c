using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>No file has more than 400 lines.</summary>
public sealed class FileLengthRule : IRule
{
    private const int Most = 400;

    public string Remedy => $"Move a concept into a file of its own; a file has at most {Most} lines.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        let lines = file.Lines.Count - (file.Lines[^1].Length == 0 ? 1 : 0)
        where lines > Most
        select new Violation(file.Path, Most + 1, $"the file has {lines} lines");
}
