using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Namespaces in src form no cycle. A file uses the namespaces of its using directives and of its full names, and the parent namespaces
/// whose types it names, as those are visible without a using directive where the project references them.
/// </summary>
public sealed class NamespaceCycleRule : IRule
{
    public string Remedy => "Move the type to the namespace that uses it, or let the lower namespace declare an interface.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        var uses = UsesOf(code, [.. code.Sources.Where(file => file.IsUnder("src") && file.Namespace.Length > 0)]);
        var graph = uses.GroupBy(use => use.From, use => use.To).ToDictionary(edges => edges.Key, edges => edges.ToHashSet());
        var reached = graph.Keys.ToDictionary(space => space, space => ReachableFrom(space, graph));
        var knots = graph.Keys.Where(space => reached[space].Contains(space))
            .GroupBy(space => reached[space].Where(other => reached.GetValueOrDefault(other)?.Contains(space) == true)
                .Min(StringComparer.Ordinal));
        foreach (var knot in knots)
        {
            var members = knot.ToHashSet();
            var inside = uses.Where(use => members.Contains(use.From) && members.Contains(use.To)).ToList();
            foreach (var use in inside.DistinctBy(use => (use.From, use.To)).OrderBy(use => use.From, StringComparer.Ordinal))
            {
                var files = inside.Count(other => other.From == use.From && other.To == use.To);
                yield return new(use.File, use.Line, $"{use.From} uses {use.To} ({files} files) in a cycle of {members.Count} namespaces");
            }
        }
    }

    private static List<Use> UsesOf(CodeBase code, IReadOnlyList<SourceFile> files)
    {
        var spaces = files.Select(file => file.Namespace).ToHashSet();
        var roots = spaces.Select(space => space.Split('.')[0]).ToHashSet();
        var declared = files.SelectMany(file => file.TopLevelTypes.Select(type => (Name: SourceFile.NameOf(type), File: file)))
            .ToLookup(type => type.Name, type => type.File);
        // The projects of which each project sees the types: itself, and those that it references, also through others.
        var references = code.ProjectFiles.ToDictionary(project => project.Name,
            project => project.References.Select(reference => reference.Name).ToHashSet());
        var seen = references.Keys.ToDictionary(project => project, project => ReachableFrom(project, references));
        bool Sees(SourceFile file, SourceFile other) => code.ProjectOf(file)?.Name is not { } project
            || code.ProjectOf(other)?.Name is not { } otherProject || project == otherProject || seen[project].Contains(otherProject);
        var uses = new List<Use>();
        foreach (var file in files)
        {
            var found = Named(file, spaces, roots).Concat(OfParents(file, declared, Sees)).Where(use => use.To != file.Namespace);
            uses.AddRange(found.DistinctBy(use => use.To));
        }

        return uses;
    }

    // using directives, with alias and static, and full names within the code
    private static IEnumerable<Use> Named(SourceFile file, HashSet<string> spaces, HashSet<string> roots)
    {
        foreach (var node in file.Nodes.Where(node => node is QualifiedNameSyntax or MemberAccessExpressionSyntax))
        {
            var name = IsWhole(node) && roots.Contains(FirstOf(node)) ? node.ToString() : "";
            for (; name.Length > 0; name = name.Contains('.') ? name[..name.LastIndexOf('.')] : "")
            {
                if (spaces.Contains(name))
                {
                    yield return new(file.Namespace, name, file.Path, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
                    break;
                }
            }
        }
    }

    // Not a part of a longer name, and not the namespace of the file itself.
    private static bool IsWhole(SyntaxNode node) =>
        node.Parent is not (QualifiedNameSyntax or MemberAccessExpressionSyntax or BaseNamespaceDeclarationSyntax);

    private static string FirstOf(SyntaxNode node) => node switch
    {
        QualifiedNameSyntax name => FirstOf(name.Left),
        MemberAccessExpressionSyntax access => FirstOf(access.Expression),
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };

    private static IEnumerable<Use> OfParents(SourceFile file, ILookup<string, SourceFile> declared,
        Func<SourceFile, SourceFile, bool> sees)
    {
        var names = file.Unit.DescendantTokens(descendIntoTrivia: true).Where(token => token.IsKind(SyntaxKind.IdentifierToken));
        foreach (var token in names)
        {
            var parents = declared[token.ValueText].Where(other => file.Namespace.StartsWith(other.Namespace + ".",
                StringComparison.Ordinal) && sees(file, other)).Select(other => other.Namespace);
            foreach (var space in parents)
            {
                yield return new(file.Namespace, space, file.Path, token.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
            }
        }
    }

    private static HashSet<string> ReachableFrom(string start, Dictionary<string, HashSet<string>> graph)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([start]);
        while (open.TryPop(out var space))
        {
            foreach (var next in graph.GetValueOrDefault(space, []).Where(reached.Add))
            {
                open.Push(next);
            }
        }

        return reached;
    }

    private sealed record Use(string From, string To, string File, int Line);
}
