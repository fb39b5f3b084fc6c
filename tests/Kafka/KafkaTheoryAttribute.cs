using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>A theory over Kafka; in a class that is an <see cref="IUsesKafkaBroker"/> it skips where no broker is installed.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : TheoryAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public string? Missing(Type testClass) => typeof(IUsesKafkaBroker).IsAssignableFrom(testClass) ? KafkaBroker.MissingReason : null;
}
