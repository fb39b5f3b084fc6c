using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>
/// Finds the tests. Where an <see cref="IRequirement"/> is missing, of the test or of a fixture of its class, the tests of one class that
/// share the reason become one skipped test that names the reason and counts them.
/// </summary>
/// <remarks>A fixture cannot skip its tests once it starts: xunit takes that for a failure of each.</remarks>
public sealed class RequirementDiscoverer : IXunitTestCaseDiscoverer
{
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        IXunitTestCaseDiscoverer discoverer = factAttribute is ITheoryAttribute ? new TheoryDiscoverer() : new FactDiscoverer();
        var type = testMethod.TestClass;
        if (Missing(factAttribute, type) is not { } reason) return discoverer.Discover(discoveryOptions, testMethod, factAttribute);

        var together = type.Methods
            .Where(m => m.GetCustomAttributes().OfType<IFactAttribute>().Any(a => Missing(a, type) == reason))
            .Select(m => m.Name).Order(StringComparer.Ordinal).ToList();
        if (together[0] != testMethod.MethodName) return ValueTask.FromResult<IReadOnlyCollection<IXunitTestCase>>([]);
        return discoverer.Discover(discoveryOptions, testMethod,
            Skipped(factAttribute, together.Count == 1 ? reason : $"{reason} ({together.Count} test methods of {type.Class.Name})"));
    }

    private static string? Missing(IFactAttribute attribute, IXunitTestClass type) => type.ClassFixtureTypes
        .Concat(type.TestCollection.CollectionFixtureTypes).SelectMany(f => f.GetCustomAttributes().Cast<object>())
        .Prepend(attribute).OfType<IRequirement>().Select(r => r.Missing(type.Class)).FirstOrDefault(m => m is not null);

    private static IFactAttribute Skipped(IFactAttribute attribute, string reason) => attribute is ITheoryAttribute
        ? new TheoryAttribute(attribute.SourceFilePath, attribute.SourceLineNumber ?? -1) { Skip = reason }
        : new FactAttribute(attribute.SourceFilePath, attribute.SourceLineNumber ?? -1) { Skip = reason };
}
