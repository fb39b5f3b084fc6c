using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>No type is partial, except where a source generator writes the other part.</summary>
public sealed class PartialTypeRule : IRule
{
    private static readonly string[] Generators =
        ["GeneratedRegex", "LoggerMessage", "LibraryImport", "JsonSerializable", "JsonSourceGenerationOptions", "OptionsValidator"];

    public string Remedy => "Move the part into a class of its own; only source generators may need 'partial'.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from type in file.Types.OfType<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword) && !IsGenerated(type)
        select file.At(type.Identifier, $"{type.Identifier.ValueText} is partial");

    private static bool IsGenerated(TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<AttributeSyntax>().Any(attribute => Generators.Contains(LastName(attribute.Name)));

    private static string LastName(NameSyntax name) =>
        name is QualifiedNameSyntax qualified ? qualified.Right.Identifier.ValueText : name.ToString();
}
