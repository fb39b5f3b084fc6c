using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>
/// A test that compares with real data or oracles of ../shared; where the folder is absent it skips, and its twin proves the same on
/// carried data.
/// </summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => SharedData.MissingReason;
}
