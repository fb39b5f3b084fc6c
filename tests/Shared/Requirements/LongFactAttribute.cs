using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>
/// A test of the long form (<c>./test.sh --all</c>), which costs too much for each run; elsewhere it skips and names the test that claims
/// the same.
/// </summary>
/// <param name="between">The test, or the class of tests, that claims the same on each run.</param>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute(string between, [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1) : FactAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => TestEffort.MissingLongForm(between);
}

/// <summary>A theory of the long form, likewise.</summary>
/// <param name="between">The test, or the class of tests, that claims the same on each run.</param>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongTheoryAttribute(string between, [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1) : TheoryAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => TestEffort.MissingLongForm(between);
}
