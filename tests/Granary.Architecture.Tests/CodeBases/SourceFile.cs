using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.CodeBases;

/// <summary>A C# file with its syntax tree.</summary>
public sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Lines = text.Split('\n');
        Tree = (CSharpSyntaxTree)CSharpSyntaxTree.ParseText(text, Options, path);
        Unit = Tree.GetCompilationUnitRoot();
        Nodes = [.. Unit.DescendantNodes()];
        Types = [.. Nodes.OfType<MemberDeclarationSyntax>().Where(IsType)];
        Namespace = Nodes.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
    }

    // Both branches of #if must be read, so the symbols that the projects define are on.
    private static CSharpParseOptions Options { get; } =
        new(LanguageVersion.Preview, DocumentationMode.Parse);

    /// <summary>Path from the root of the repository, with slashes.</summary>
    public string Path { get; }

    public IReadOnlyList<string> Lines { get; }

    public CSharpSyntaxTree Tree { get; }

    public CompilationUnitSyntax Unit { get; }

    public IReadOnlyList<SyntaxNode> Nodes { get; }

    /// <summary>All types that the file declares, with nested types and delegates.</summary>
    public IReadOnlyList<MemberDeclarationSyntax> Types { get; }

    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes => Types.Where(type => type.Parent is not TypeDeclarationSyntax);

    public string Namespace { get; }

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public Violation At(SyntaxNode node, string text) => new(Path, LineOf(node.GetLocation()), text);

    public Violation At(SyntaxToken token, string text) => new(Path, LineOf(token.GetLocation()), text);

    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declared => declared.Identifier.ValueText,
        DelegateDeclarationSyntax declared => declared.Identifier.ValueText,
        _ => throw new ArgumentException($"{type.Kind()} is not a type.", nameof(type)),
    };

    private static bool IsType(MemberDeclarationSyntax member) => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax;

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;
}
