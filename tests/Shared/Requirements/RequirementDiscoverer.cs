using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>
/// Finds the tests marked with an <see cref="IRequirement"/>. Where the requirement is missing, the tests of one class that share the
/// reason become one skipped test that names the reason and counts them.
/// </summary>
public sealed class RequirementDiscoverer : IXunitTestCaseDiscoverer
{
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        IXunitTestCaseDiscoverer discoverer = factAttribute is ITheoryAttribute ? new TheoryDiscoverer() : new FactDiscoverer();
        var type = testMethod.TestClass.Class;
        if (Missing(factAttribute, type) is not { } reason) return discoverer.Discover(discoveryOptions, testMethod, factAttribute);

        var together = type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(m => m.GetCustomAttributes().OfType<IFactAttribute>().Any(a => Missing(a, type) == reason))
            .Select(m => m.Name).Order(StringComparer.Ordinal).ToList();
        if (together[0] != testMethod.MethodName) return ValueTask.FromResult<IReadOnlyCollection<IXunitTestCase>>([]);
        return discoverer.Discover(discoveryOptions, testMethod,
            Skipped(factAttribute, together.Count == 1 ? reason : $"{reason} ({together.Count} test methods of {type.Name})"));
    }

    private static string? Missing(IFactAttribute attribute, Type type) => (attribute as IRequirement)?.Missing(type);

    private static IFactAttribute Skipped(IFactAttribute attribute, string reason) => attribute is ITheoryAttribute
        ? new TheoryAttribute(attribute.SourceFilePath, attribute.SourceLineNumber ?? -1) { Skip = reason }
        : new FactAttribute(attribute.SourceFilePath, attribute.SourceLineNumber ?? -1) { Skip = reason };
}
