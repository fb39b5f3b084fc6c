using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.PublicApi;

/// <summary>What a package offers to other assemblies: a line for each public type and member, and each that derived classes see.</summary>
public sealed class ApiListing
{
    public const string Folder = "tests/Granary.Architecture.Tests/PublicApi";
    public const string WriteVariable = "GRANARY_WRITE_API";

    private static readonly SyntaxKind[] _notPartOfIt =
        [SyntaxKind.AsyncKeyword, SyntaxKind.PartialKeyword, SyntaxKind.UnsafeKeyword, SyntaxKind.ExternKeyword];

    private readonly SortedSet<string> _lines;

    private ApiListing(IEnumerable<string> lines) => _lines = new SortedSet<string>(lines, StringComparer.Ordinal);

    /// <summary>The projects that become packages: those in src that are no programs.</summary>
    public static IEnumerable<ProjectFile> Packages(CodeBase code) =>
        code.ProjectFiles.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && !project.IsProgram);

    public static string FileOf(string package) => $"{Folder}/{package}.txt";

    public static ApiListing Of(CodeBase code, ProjectFile package) =>
        new(from file in code.Sources
            where file.IsUnder(package.Folder)
            from type in file.Types.Where(IsOffered)
            from line in LinesOf(file, type)
            select line);

    public static ApiListing Parse(string text) =>
        new(text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && line[0] != '#'));

    /// <summary>What another listing has beyond this one, and the other way round.</summary>
    public IReadOnlyList<string> DifferencesTo(ApiListing now) =>
        [.. _lines.Except(now._lines).Select(line => "- " + line), .. now._lines.Except(_lines).Select(line => "+ " + line)];

    public override string ToString() =>
        "# Types and members that this package offers: type, then declaration. See README.md above this folder.\n"
        + string.Concat(_lines.Select(line => line + "\n"));

    private static IEnumerable<string> LinesOf(SourceFile file, MemberDeclarationSyntax type)
    {
        var types = type.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().Where(IsType).Reverse();
        var name = $"{file.Namespace}.{string.Join('.', types.Select(NameWithParameters))}";
        yield return $"{name}: {TextOf(type)}";
        var members = type switch
        {
            TypeDeclarationSyntax declared => declared.Members.Where(member => !IsType(member) && IsOffered(member)),
            EnumDeclarationSyntax declared => declared.Members,
            _ => [],
        };
        foreach (var member in members)
            yield return $"{name}: {TextOf(member)}";
    }

    private static string NameWithParameters(MemberDeclarationSyntax type) =>
        SourceFile.NameOf(type) + (type is TypeDeclarationSyntax { TypeParameterList: { } parameters } ? parameters.ToString() : "");

    private static bool IsType(MemberDeclarationSyntax member) => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax;

    // A type counts with all types around it; an override and an explicit implementation add nothing to what a base type offers.
    private static bool IsOffered(MemberDeclarationSyntax member)
    {
        if (member.Modifiers.Any(SyntaxKind.OverrideKeyword) || member is DestructorDeclarationSyntax || IsExplicit(member)) return false;
        var holder = member.Parent as TypeDeclarationSyntax;
        if (holder is not null && !IsOffered(holder)) return false;
        if (member.Modifiers.Any(SyntaxKind.PublicKeyword)) return true;
        if (holder is InterfaceDeclarationSyntax)
            return !member.Modifiers.Any(SyntaxKind.PrivateKeyword) && !member.Modifiers.Any(SyntaxKind.InternalKeyword);
        return holder is not null && member.Modifiers.Any(SyntaxKind.ProtectedKeyword)
            && !member.Modifiers.Any(SyntaxKind.PrivateKeyword) && !holder.Modifiers.Any(SyntaxKind.SealedKeyword);
    }

    private static bool IsExplicit(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax declared => declared.ExplicitInterfaceSpecifier is not null,
        BasePropertyDeclarationSyntax declared => declared.ExplicitInterfaceSpecifier is not null,
        _ => false,
    };

    // The declaration without attributes, comments and bodies.
    private static string TextOf(MemberDeclarationSyntax member)
    {
        SyntaxNode bare = member switch
        {
            TypeDeclarationSyntax declared =>
                declared.WithMembers([]).WithOpenBraceToken(default).WithCloseBraceToken(default).WithSemicolonToken(default),
            EnumDeclarationSyntax declared =>
                declared.WithMembers([]).WithOpenBraceToken(default).WithCloseBraceToken(default).WithSemicolonToken(default),
            MethodDeclarationSyntax declared => declared.WithBody(null).WithExpressionBody(null).WithSemicolonToken(default),
            ConstructorDeclarationSyntax declared =>
                declared.WithBody(null).WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default),
            OperatorDeclarationSyntax declared => declared.WithBody(null).WithExpressionBody(null).WithSemicolonToken(default),
            ConversionOperatorDeclarationSyntax declared => declared.WithBody(null).WithExpressionBody(null).WithSemicolonToken(default),
            PropertyDeclarationSyntax declared => declared.WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default)
                .WithAccessorList(Accessors(declared.AccessorList)),
            IndexerDeclarationSyntax declared =>
                declared.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(Accessors(declared.AccessorList)),
            FieldDeclarationSyntax declared when !declared.Modifiers.Any(SyntaxKind.ConstKeyword) =>
                declared.WithDeclaration(declared.Declaration
                    .WithVariables([.. declared.Declaration.Variables.Select(variable => variable.WithInitializer(null))])),
            _ => member,
        };
        bare = new WithoutAttributes().Visit(bare);
        var declaration = (MemberDeclarationSyntax)bare;
        declaration = declaration.WithModifiers([.. declaration.Modifiers.Where(modifier => !_notPartOfIt.Contains(modifier.Kind()))]);
        var text = declaration.NormalizeWhitespace().ToString();
        return string.Join(' ', text.Split((char[])[' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }

    // A property without an accessor list has a getter.
    private static AccessorListSyntax Accessors(AccessorListSyntax? list)
    {
        var accessors = list?.Accessors
            .Where(accessor => !accessor.Modifiers.Any(SyntaxKind.PrivateKeyword) && !accessor.Modifiers.Any(SyntaxKind.InternalKeyword))
            ?? [SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration)];
        return SyntaxFactory.AccessorList([.. accessors.Select(accessor => accessor.WithBody(null).WithExpressionBody(null)
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken)))]);
    }

    private sealed class WithoutAttributes : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => null;

        public override SyntaxTrivia VisitTrivia(SyntaxTrivia trivia) => SyntaxFactory.Space;
    }
}
