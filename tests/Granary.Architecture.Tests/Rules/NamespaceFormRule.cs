using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// A file has its namespace on a line of its own, and its using directives before it (IDE0161 and IDE0065 of <c>dotnet format</c>).
/// </summary>
public sealed class NamespaceFormRule : IRule
{
    public string Remedy => "Write 'namespace X;' behind the using directives: dotnet format style PROJECT.csproj.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from node in file.Nodes
        where node is NamespaceDeclarationSyntax or UsingDirectiveSyntax { Parent: BaseNamespaceDeclarationSyntax }
        select file.At(node, node is UsingDirectiveSyntax ? $"'{node}' stands in a namespace" : "the namespace has braces");
}
