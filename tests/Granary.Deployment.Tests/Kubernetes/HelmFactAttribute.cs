using System.Runtime.CompilerServices;
using Granary.Testing;
using Xunit.v3;

namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>A test that runs helm.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HelmFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => Helm.MissingReason;
}
