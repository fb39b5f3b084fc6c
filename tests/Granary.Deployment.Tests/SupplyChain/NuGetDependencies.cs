using System.Text.Json.Nodes;
using System.Xml.Linq;
using Granary.Testing;

namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>The packages of NuGet that a project under <c>src</c> needs to run, as its restore found them.</summary>
internal static class NuGetDependencies
{
    /// <summary>Projects whose restore has the packages of all: the programs, and the library that they load.</summary>
    public static IReadOnlyList<string> Programs { get; } = ["Granary.Silo", "Granary.Cli", "Granary.Learning.MLNet"];

    public static IEnumerable<Dependency> Of(string project)
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "src", project, "obj", "project.assets.json");
        var assets = JsonNode.Parse(File.ReadAllBytes(path))!;
        var folders = assets["packageFolders"]!.AsObject().Select(f => f.Key).ToList();
        // Analyzers and the like: the restore gives them to no project that refers to this one.
        var ofTheBuild = assets["project"]!["frameworks"]!.AsObject().SelectMany(f => f.Value!["dependencies"]?.AsObject() ?? [])
            .Where(d => d.Value!["suppressParent"]?.GetValue<string>() == "All").Select(d => d.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, library) in assets["targets"]!.AsObject().First().Value!.AsObject())
        {
            var (name, version) = (key.Split('/')[0], key.Split('/')[1]);
            if (library!["type"]!.GetValue<string>() != "package" || ofTheBuild.Contains(name)) continue;
            var folder = assets["libraries"]![key]!["path"]!.GetValue<string>();
            yield return Read(name, version, folders.Select(f => Path.Combine(f, folder)).First(Directory.Exists));
        }
    }

    private static Dependency Read(string name, string version, string folder)
    {
        var metadata = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Root!.Elements().First();
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license" && e.Attribute("type")?.Value == "expression");
        var copyright = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "copyright")?.Value ?? "";
        return new Dependency("nuget", name, version, licence?.Value,
            string.Join(' ', copyright.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }
}
