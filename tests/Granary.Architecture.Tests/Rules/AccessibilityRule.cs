using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>Each type and member says who may use it, apart from the members of interfaces (IDE0040 of <c>dotnet format</c>).</summary>
public sealed class AccessibilityRule : IRule
{
    private static readonly SyntaxKind[] Words =
    [
        SyntaxKind.PublicKeyword, SyntaxKind.InternalKeyword, SyntaxKind.ProtectedKeyword, SyntaxKind.PrivateKeyword,
        SyntaxKind.FileKeyword,
    ];

    public string Remedy => "Write public, internal, protected or private: dotnet format style PROJECT.csproj.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from member in file.Nodes.OfType<MemberDeclarationSyntax>()
        where SaysIt(member) && !member.Modifiers.Any(m => Words.Contains(m.Kind()))
        select file.At(member.GetFirstToken(), $"'{member.ToString().Split('\n')[0].Trim()}' does not say who may use it");

    private static bool SaysIt(MemberDeclarationSyntax member) => member switch
    {
        { Parent: InterfaceDeclarationSyntax } => false,
        ConstructorDeclarationSyntax made => !made.Modifiers.Any(SyntaxKind.StaticKeyword),
        MethodDeclarationSyntax method => method.ExplicitInterfaceSpecifier is null && !method.Modifiers.Any(SyntaxKind.PartialKeyword),
        BasePropertyDeclarationSyntax property => property.ExplicitInterfaceSpecifier is null,
        BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or BaseFieldDeclarationSyntax => true,
        _ => false,
    };
}
