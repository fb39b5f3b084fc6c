using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// No type is partial, except where a source generator writes the other part, and except <c>StrategyBook</c>: its state must be private to
/// one object, whose code is too long for one file. Its files are named by duty: <c>StrategyBook.Orders.cs</c>.
/// </summary>
public sealed class PartialTypeRule : IRule
{
    private static readonly string[] Generators =
        ["GeneratedRegex", "LoggerMessage", "LibraryImport", "JsonSerializable", "JsonSourceGenerationOptions", "OptionsValidator"];

    private const string Large = "StrategyBook";

    public string Remedy => "Move the part into a class of its own; only source generators may need 'partial'.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from type in file.Types.OfType<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword) && !IsGenerated(type) && !IsPart(file, type)
        select file.At(type.Identifier, $"{type.Identifier.ValueText} is partial");

    private static bool IsPart(SourceFile file, TypeDeclarationSyntax type) =>
        type.Identifier.ValueText == Large && Path.GetFileName(file.Path).StartsWith($"{Large}.", StringComparison.Ordinal);

    private static bool IsGenerated(TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<AttributeSyntax>().Any(attribute => Generators.Contains(LastName(attribute.Name)));

    private static string LastName(NameSyntax name) =>
        name is QualifiedNameSyntax qualified ? qualified.Right.Identifier.ValueText : name.ToString();
}
