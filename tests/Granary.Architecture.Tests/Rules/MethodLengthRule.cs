using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// No method, constructor, accessor or local function has more than 60 lines.
/// </summary>
public sealed class MethodLengthRule : IRule
{
    private const int Most = 60;

    public string Remedy => $"Give a part of the method its own name; a method has at most {Most} lines.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from node in file.Nodes
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let lines = LinesOf(node)
        where lines > Most
        select file.At(node, $"{NameOf(node)} has {lines} lines");

    // Attributes (the rows of a theory) are not counted.
    private static int LinesOf(SyntaxNode node)
    {
        var first = node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
        var start = first.GetLocation()!.GetLineSpan().StartLinePosition.Line;
        return node.GetLocation().GetLineSpan().EndLinePosition.Line - start + 1;
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        AccessorDeclarationSyntax accessor => accessor.Keyword.ValueText,
        _ => "the operator",
    };
}
