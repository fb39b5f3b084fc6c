using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class ProjectReferenceTests(Repository repository)
{
    [Fact]
    public void Projects_reference_one_another_as_the_table_says() =>
        repository.Enforce(new ProjectReferenceRule(repository.ReadData(ProjectReferenceRule.TableFile)));

    [Fact]
    public void A_reference_that_the_table_does_not_allow_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj", "<Project>\n<ProjectReference Include=\"../Q/Q.csproj\" />\n</Project>"),
            ("src/Q/Q.csproj", "<Project>\n<ProjectReference Include=\"../P/P.csproj\" />\n</Project>"));

        new ProjectReferenceRule("| `P` | `Q` |\n| `Q` | nothing |").PlacesIn(code).ShouldBe(["src/Q/Q.csproj:2"]);
    }

    [Fact]
    public void A_row_that_no_project_bears_out_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj", "<Project>\n</Project>"));

        new ProjectReferenceRule("| `P` | `Q` |\n| `Gone` | nothing |").PlacesIn(code)
            .ShouldBe(["src/P/P.csproj:1", "project-references.md:1"]);
    }

    [Fact]
    public void A_project_without_a_row_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj", "<Project>\n</Project>"));

        new ProjectReferenceRule("").PlacesIn(code).ShouldBe(["src/P/P.csproj:1"]);
    }

    [Fact]
    public void The_table_in_docs_architecture_md_shows_the_same_references()
    {
        var rows = repository.Code.Documents.Single(document => document.Path == "docs/architecture.md").Lines
            .SkipWhile(line => !line.StartsWith("| project |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith("| `Granary", StringComparison.Ordinal))
            .Select(line => line.Split('|'))
            .ToDictionary(cells => cells[1].Trim(' ', '`'), cells => cells[3].Split(',').Select(name => name.Trim(' ', '`')).ToList());
        var projects = repository.Code.ProjectFiles.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal)).ToList();
        var direct = projects.ToDictionary(project => project.Name, project => project.References.Select(other => other.Name).ToHashSet());

        rows.Keys.ShouldBe(direct.Keys, ignoreOrder: true, "docs/architecture.md: one row for each project in src");
        foreach (var (project, shown) in rows)
        {
            // The table may shorten Granary.Cluster.Contracts to Contracts, and may name what a project gets through another.
            var named = shown.Select(shortName => NameOf(shortName, direct.Keys)).OfType<string>().ToHashSet();
            direct[project].Except(named).ShouldBeEmpty($"docs/architecture.md: references that the row of {project} lacks");
            named.Except(ReachableFrom(project, direct)).ShouldBeEmpty($"docs/architecture.md: references that {project} does not have");
        }
    }

    private static string? NameOf(string shortName, IReadOnlyCollection<string> projects) =>
        projects.FirstOrDefault(name => name == "Granary." + shortName)
        ?? projects.FirstOrDefault(name => name.EndsWith("." + shortName, StringComparison.Ordinal));

    private static HashSet<string> ReachableFrom(string project, Dictionary<string, HashSet<string>> direct) =>
        [.. direct[project].SelectMany(name => ReachableFrom(name, direct).Append(name))];
}
