using System.Text;

namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>Makes <c>docs/licences.md</c>, the list of all packages that Granary is delivered with.</summary>
internal static class LicencesPage
{
    public static IReadOnlyList<Dependency> All { get; } =
    [
        .. NuGetDependencies.Programs.SelectMany(NuGetDependencies.Of).Concat(NpmDependencies.OfTheDashboard()).Distinct()
            .OrderBy(d => d.Registry, StringComparer.Ordinal).ThenBy(d => d.Name, StringComparer.Ordinal)
            .ThenBy(d => d.Version, StringComparer.Ordinal),
    ];

    public static string Text()
    {
        var page = new StringBuilder("# Licences\n\n")
            .Append("This page lists the packages whose code is in Granary's programs, images and packages, with their licences.\n\n")
            .Append("A test compares it with what the restore found. It fails on a licence that is unknown or not permitted ")
            .Append("([supply chain](supply-chain.md#licences)). The texts of the licences are on [spdx.org](https://spdx.org/licenses/). ")
            .Append("Granary itself has the MIT licence.\n");
        Table(page, "NuGet", "nuget");
        Table(page, "npm", "npm");
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, string registry)
    {
        var rows = All.Where(d => d.Registry == registry).ToList();
        page.Append($"\n## {title}\n\n{rows.Count} packages:\n\n");
        foreach (var group in rows.GroupBy(LicencePolicy.LicenceOf).OrderBy(g => g.Key, StringComparer.Ordinal))
            page.Append($"- {group.Key ?? "unknown"}: {group.Count()}\n");
        page.Append("\n| package | version | licence | copyright |\n| --- | --- | --- | --- |\n");
        foreach (var row in rows)
            page.Append($"| {row.Name} | {row.Version} | {LicencePolicy.LicenceOf(row) ?? "unknown"} | ")
                .Append($"{row.Copyright.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }
}
