using System.Runtime.CompilerServices;
using Granary.Testing;
using Xunit.v3;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>A test that runs Bicep's compiler.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => BicepCompiler.MissingReason;
}
