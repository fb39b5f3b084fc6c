using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Using directives are in the order of <c>dotnet format</c>: namespaces, static classes, aliases; <c>System</c> first; by name. The build
/// does not check this, and <c>dotnet format</c> loads all projects to do it.
/// </summary>
public sealed class UsingOrderRule : IRule
{
    public string Remedy => "Sort them: dotnet format PROJECT.csproj.";

    // A directive behind #if or #endif begins a list of its own.
    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from pair in file.Unit.Usings.Zip(file.Unit.Usings.Skip(1))
        where !pair.Second.ContainsDirectives && Compare(pair.First, pair.Second) > 0
        select file.At(pair.Second, $"'{pair.Second}' stands behind '{pair.First}'");

    private static int Compare(UsingDirectiveSyntax first, UsingDirectiveSyntax second)
    {
        var (a, b) = (GroupOf(first), GroupOf(second));
        if (a != b) return a.CompareTo(b);
        var (left, right) = (NamesOf(first), NamesOf(second));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
            if (StringComparer.OrdinalIgnoreCase.Compare(left[i], right[i]) is not 0 and var order) return order;
        return left.Length.CompareTo(right.Length);
    }

    private static int GroupOf(UsingDirectiveSyntax directive) =>
        directive.Alias is not null ? 4
            : (directive.StaticKeyword.IsKind(SyntaxKind.StaticKeyword) ? 2 : 0) + (NamesOf(directive)[0] == "System" ? 0 : 1);

    private static string[] NamesOf(UsingDirectiveSyntax directive) =>
        (directive.Alias?.Name.ToString() ?? directive.NamespaceOrType.ToString()).Split('.');
}
