using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>The projects reference one another exactly as the table in project-references.md says.</summary>
public sealed class ProjectReferenceRule(string table) : IRule
{
    public const string TableFile = "project-references.md";

    public string Remedy => $"Change the project file, or decide on the reference and add it to {TableFile}.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        var rows = Rows();
        foreach (var project in code.ProjectFiles)
        {
            if (!rows.Remove(project.Name, out var allowed))
            {
                yield return new(project.Path, 1, $"{TableFile} has no row for {project.Name}");
                continue;
            }

            foreach (var (name, line) in project.References.Where(reference => !allowed.Contains(reference.Name)))
            {
                yield return new(project.Path, line, $"{project.Name} must not reference {name}");
            }

            foreach (var name in allowed.Except(project.References.Select(reference => reference.Name)))
            {
                yield return new(project.Path, 1, $"{TableFile} says that {project.Name} references {name}, but it does not");
            }
        }

        foreach (var name in rows.Keys)
        {
            yield return new(TableFile, 1, $"there is no project {name}");
        }
    }

    // Rows look like: | `Project` | `Referenced`, `Referenced` |
    private Dictionary<string, IReadOnlyList<string>> Rows() =>
        table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|'))
            .ToDictionary(cells => cells[1].Trim(' ', '`'), cells => Names(cells[2]));

    private static IReadOnlyList<string> Names(string cell) =>
        [.. cell.Split(',').Select(name => name.Trim(' ', '`', '\r')).Where(name => name is not ("" or "nothing"))];
}
