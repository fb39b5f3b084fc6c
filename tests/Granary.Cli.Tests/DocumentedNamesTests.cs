using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Granary.Cli.Commands;
using Granary.Simulation.Catalogues;
using Granary.Testing;
using SampleDataPlugin;

namespace Granary.Cli.Tests;

/// <summary>The documents name kinds of sources, packages and projects that exist, the changelog too.</summary>
public sealed partial class DocumentedNamesTests
{
    private static readonly Lazy<FrozenSet<string>> s_kinds = new(Kinds);
    private static readonly Lazy<FrozenSet<string>> s_projects = new(() => Folders("src", "tests", "samples"));
    private static readonly Lazy<FrozenSet<string>> s_packages = new(() => Directory
        .EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "*.csproj", SearchOption.AllDirectories)
        .Select(f => (Name: Path.GetFileNameWithoutExtension(f), Text: File.ReadAllText(f)))
        .Where(p => IsPackable().IsMatch(p.Text))
        .Select(p => PackageId().Match(p.Text) is { Success: true } id ? id.Groups[1].Value : p.Name)
        .ToFrozenSet(StringComparer.Ordinal));

    [Fact]
    public void Documents_name_sources_packages_and_projects_that_exist() =>
        Snippet.Documents.SelectMany(d => FaultsIn(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, d))).Select(f => $"{d}: {f}"))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("`csv:DIR`, `postgres://…`, `\"source\": \"generated:A?seed=1\"` and `--feed ws:kucoin`", null)]
    [InlineData("`\"source\": \"excel:DIR\"`", "excel")]
    [InlineData("`--feed tape:DIR`", "tape")]
    [InlineData("`avro:DIR`", "avro")]
    [InlineData("`mongo://HOST/bars`", "mongo")]
    [InlineData("dotnet add package Granary.Engine, dotnet tool install --global Granary.Tool, `Granary.Engine.Market`", null)]
    [InlineData("dotnet add package Granary.Silo", "Granary.Silo")]
    [InlineData("dotnet tool install --global granary-cli", "granary-cli")]
    [InlineData("`Granary.Imagined`", "Granary.Imagined")]
    public void A_name_that_does_not_exist_is_found(string text, string? name) =>
        FaultsIn(text).ShouldBe(name is null ? [] : [$"'{name}' does not exist"]);

    private static IEnumerable<string> FaultsIn(string text) =>
        Source().Matches(text).Select(m => m.Groups[1].Value).Where(k => !s_kinds.Value.Contains(k))
            .Concat(Package().Matches(text).Select(m => m.Groups[1].Value).Where(p => !s_packages.Value.Contains(p)))
            .Concat(Project().Matches(text).Select(m => m.Value).Where(n => !s_packages.Value.Contains(n) && !IsProject(n)))
            .Distinct(StringComparer.Ordinal).Select(n => $"'{n}' does not exist");

    private static bool IsProject(string name)
    {
        for (var at = name.Length; at > 0; at = name.LastIndexOf('.', at - 1))
            if (name[..at] != "Granary" && s_projects.Value.Contains(name[..at])) return true;
        return s_projects.Value.Any(p => p.StartsWith(name + ".", StringComparison.Ordinal)); // several projects, as Granary.Cluster
    }

    private static FrozenSet<string> Kinds()
    {
        var root = new CompositionRoot();
        var known = root.Catalogues(CommandTable.Create(root, []).Parse([]));
        var plugin = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(PracticeBroker).Assembly).Build();
        string[] all = [.. known.Sources.Names, .. known.LiveFeeds.Names, .. known.Stores.Names,
            .. plugin.Sources.Names, .. plugin.LiveFeeds.Names,
            // Addresses of other things, and the place of a name in a text.
            "http", "https", "tcp", "file", "scheme", "granary"];
        return all.ToFrozenSet(StringComparer.Ordinal);
    }

    private static FrozenSet<string> Folders(params string[] trees) => trees
        .SelectMany(t => Directory.EnumerateDirectories(Path.Combine(SharedData.RepositoryRoot, t))).Select(d => Path.GetFileName(d))
        .ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("(?:\"source\": *\"|--(?:feed|source|store|to) |`)([a-z]{2,})(?::(?=[A-Z]|//|…)|(?<=\"source\": *\"[a-z]+|--[a-z]+ [a-z]+):)")]
    private static partial Regex Source();

    [GeneratedRegex(@"dotnet (?:add package|tool install(?: --global| -g)?|new install) (?![\w.-]*/)([A-Za-z][\w.-]*)")]
    private static partial Regex Package();

    [GeneratedRegex(@"\bGranary\.[A-Z][A-Za-z]+(?:\.[A-Z][A-Za-z]+)*")]
    private static partial Regex Project();

    [GeneratedRegex("<IsPackable>true|<PackageId>")]
    private static partial Regex IsPackable();

    [GeneratedRegex("<PackageId>([^<]+)</PackageId>")]
    private static partial Regex PackageId();
}
