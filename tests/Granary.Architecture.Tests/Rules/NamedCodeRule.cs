using System.Text.RegularExpressions;
using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// From its heading <c>Where is it?</c> on, docs/architecture.md names only code that exists: types of src, members as <c>Type.Member</c>
/// or beside their type in the same line, files, and folders as <c>Project/Folder</c>.
/// </summary>
public sealed partial class NamedCodeRule : IRule
{
    public string Remedy => "Name the type and member that do it now.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        if (code.Documents.FirstOrDefault(document => document.Path == "docs/architecture.md") is not { } page) yield break;
        var members = code.Sources.Where(file => file.IsUnder("src")).SelectMany(file => file.Types)
            .GroupBy(SourceFile.NameOf, StringComparer.Ordinal)
            .ToDictionary(types => types.Key, types => types.SelectMany(MembersOf).ToHashSet());
        var files = code.Sources.Select(file => file.Path[(file.Path.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var isRead = false;
        for (var i = 0; i < page.Lines.Count; i++)
        {
            isRead |= page.Lines[i] == "## Where is it?";
            if (!isRead) continue;
            var names = Span().Matches(page.Lines[i]).Select(m => m.Groups[1].Value).ToList();
            var types = names.Select(name => name.Split('.')[0]).Where(members.ContainsKey).ToList();
            foreach (var name in names.Where(name => !Exists(name, types)))
                yield return new Violation(page.Path, i + 1, $"there is no {name} in src");
        }

        bool Exists(string name, List<string> beside) =>
            name.Contains(' ')
            || (name.Contains('/') ? code.Sources.Any(file => file.IsUnder("src/" + name))
            : name.EndsWith(".cs", StringComparison.Ordinal) ? files.Contains(name)
            : !Identifier().IsMatch(name)
            || (name.TrimStart('.').Split('.') switch
            {
                [var type, var member] => members.TryGetValue(type, out var own) && own.Contains(member),
                [var one] => members.ContainsKey(one) || beside.Exists(type => members[type].Contains(one)),
                _ => true,
            }));
    }

    private static IEnumerable<string> MembersOf(MemberDeclarationSyntax type) =>
    [
        .. type.ChildNodes().SelectMany(node => node switch
        {
            MethodDeclarationSyntax method => [method.Identifier.ValueText],
            PropertyDeclarationSyntax property => [property.Identifier.ValueText],
            EnumMemberDeclarationSyntax value => [value.Identifier.ValueText],
            BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(v => v.Identifier.ValueText),
            ParameterListSyntax parameters => parameters.Parameters.Select(p => p.Identifier.ValueText),
            _ => Enumerable.Empty<string>(),
        }),
    ];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"^\.?[A-Z]\w*(\.[A-Z]\w*)?$")]
    private static partial Regex Identifier();
}
