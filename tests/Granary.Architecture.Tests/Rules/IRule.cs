using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A rule that every file of a code base must keep.</summary>
public interface IRule
{
    /// <summary>Name of the rule in ceilings.txt.</summary>
    string Key { get; }

    /// <summary>What to do where the rule is broken.</summary>
    string Remedy { get; }

    IEnumerable<Violation> Find(CodeBase code);
}
