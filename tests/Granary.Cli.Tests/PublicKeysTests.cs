using System.Reflection;
using Granary.Engine.Catalogues;

namespace Granary.Cli.Tests;

public sealed class PublicKeysTests
{
    private const BindingFlags NotPublic = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // The readers of keys and of JSON see public properties only: a key of another one would be refused as unknown.
    [Fact]
    public void A_property_that_is_declared_as_a_key_is_public()
    {
        var own = typeof(CompositionRoot).Assembly;
        var assemblies = own.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("Granary.", StringComparison.Ordinal))
            .Select(Assembly.Load).Append(own).ToList();
        assemblies.Count.ShouldBeGreaterThan(10);

        assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetProperties(NotPublic)).Where(p => p.IsDefined(typeof(KeyAttribute)))
            .Select(p => $"{p.DeclaringType}.{p.Name}").ShouldBeEmpty();
    }
}
