using System.Collections.Frozen;

namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>Which licences Granary may be delivered with.</summary>
internal static class LicencePolicy
{
    /// <summary>SPDX identifiers of licences that ask for a notice at most.</summary>
    public static FrozenSet<string> Permitted { get; } = new[]
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PostgreSQL",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Packages that do not name their licence as an expression, by name and version: somebody read its file. Another version is read again.
    private static readonly FrozenDictionary<string, string> s_read = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // LICENSES.txt: librdkafka, and the parts that it is built with.
        ["librdkafka.redist/2.16.0"] = "BSD-2-Clause",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The licence of a package; null where nothing is known.</summary>
    public static string? LicenceOf(Dependency dependency) =>
        dependency.Licence ?? s_read.GetValueOrDefault($"{dependency.Name}/{dependency.Version}");

    /// <returns>Null if the package may be delivered; else why not, and the remedy.</returns>
    public static string? Fault(Dependency dependency) => LicenceOf(dependency) switch
    {
        null => $"{dependency.Name} {dependency.Version} names no licence; read it, and add it to LicencePolicy",
        { } licence when Permits(licence) => null,
        { } licence => $"{dependency.Name} {dependency.Version} has the licence {licence}, which LicencePolicy does not permit; "
            + "use another package, or add the licence there with its conditions",
    };

    // 'OR' leaves the choice; of 'AND' all hold. An exception ('WITH') is another licence, which has to be permitted by its whole name.
    private static bool Permits(string expression)
    {
        var text = expression.Trim();
        while (text is ['(', .., ')'] && !text[1..^1].Contains('(')) text = text[1..^1].Trim();
        if (text.Contains(" OR ", StringComparison.Ordinal) && !text.Contains('(')) return text.Split(" OR ").Any(Permits);
        if (text.Contains(" AND ", StringComparison.Ordinal) && !text.Contains('(')) return text.Split(" AND ").All(Permits);
        return Permitted.Contains(text);
    }
}
