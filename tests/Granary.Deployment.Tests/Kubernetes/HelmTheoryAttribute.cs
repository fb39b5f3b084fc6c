using System.Runtime.CompilerServices;
using Granary.Testing;
using Xunit.v3;

namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>A theory that runs helm.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HelmTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : TheoryAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => Helm.MissingReason;
}
