using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>The places where a code base breaks a rule.</summary>
public static class RulePlaces
{
    /// <summary>File and line of each violation, as <c>src/A.cs:1</c>.</summary>
    public static IEnumerable<string> PlacesIn(this IRule rule, CodeBase code) =>
        rule.Find(code).Select(violation => $"{violation.File}:{violation.Line}");
}
