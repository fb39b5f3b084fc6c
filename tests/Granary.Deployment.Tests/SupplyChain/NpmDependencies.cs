using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>The packages of npm in the dashboard: what its <c>package.json</c> needs to run, and what they need.</summary>
internal static class NpmDependencies
{
    public static IEnumerable<Dependency> OfTheDashboard()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "src", "Granary.Web", "package-lock.json");
        var packages = JsonNode.Parse(File.ReadAllBytes(path))!["packages"]!.AsObject();
        var found = new SortedDictionary<string, Dependency>(StringComparer.Ordinal);
        var open = new Queue<string>([""]);
        while (open.TryDequeue(out var folder))
        {
            var package = packages[folder]!;
            if (folder.Length > 0)
            {
                if (found.ContainsKey(folder)) continue;
                found.Add(folder, new Dependency("npm", folder[(folder.LastIndexOf("node_modules/", StringComparison.Ordinal) + 13)..],
                    package["version"]!.GetValue<string>(), package["license"]?.GetValue<string>(), ""));
            }
            foreach (var name in Names(package["dependencies"]).Concat(Names(package["peerDependencies"])))
                if (Folder(packages, folder, name) is { } needed) open.Enqueue(needed);
        }
        return found.Values;
    }

    private static IEnumerable<string> Names(JsonNode? of) => of?.AsObject().Select(d => d.Key) ?? [];

    // As Node.js looks: beside the package that needs it, then in each folder above. A peer that is optional may be nowhere.
    private static string? Folder(JsonObject packages, string from, string name)
    {
        for (var at = from; ; at = at[..Math.Max(0, at.LastIndexOf("/node_modules/", StringComparison.Ordinal))])
        {
            var folder = at.Length > 0 ? $"{at}/node_modules/{name}" : $"node_modules/{name}";
            if (packages.ContainsKey(folder)) return folder;
            if (at.Length == 0) return null;
        }
    }
}
