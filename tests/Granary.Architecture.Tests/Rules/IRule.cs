using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A rule that every file of a code base must keep.</summary>
public interface IRule
{
    /// <summary>What to do where the rule is broken.</summary>
    string Remedy { get; }

    IEnumerable<Violation> Find(CodeBase code);
}
