using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// No static state that changes: no static field that is not readonly, no static property with a setter, no static event, no static
/// collection that can grow, no module initializer. Arrays are allowed, as they hold tables of constants.
/// </summary>
public sealed class MutableStaticRule : IRule
{
    private static readonly string[] MutableTypes =
    [
        "List", "Dictionary", "HashSet", "Queue", "Stack", "SortedDictionary", "SortedSet", "SortedList", "LinkedList", "PriorityQueue",
        "ConcurrentDictionary", "ConcurrentBag", "ConcurrentQueue", "ConcurrentStack", "ConditionalWeakTable",
        "StringBuilder", "BlockingCollection",
        "IDictionary", "IList", "ICollection", "ISet", "ThreadLocal", "AsyncLocal", "Channel",
    ];

    public string Remedy =>
        "Build the object once in the composition root and pass it along, or freeze the table (FrozenDictionary, FrozenSet).";

    public IEnumerable<Violation> Find(CodeBase code) => code.Sources.SelectMany(file => file.Nodes.SelectMany(node => Find(file, node)));

    private static IEnumerable<Violation> Find(SourceFile file, SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax field when IsStatic(field) => Field(file, field),
        EventFieldDeclarationSyntax declared when IsStatic(declared) => [file.At(node, "a static event")],
        PropertyDeclarationSyntax property when IsStatic(property) => Property(file, property),
        AttributeSyntax attribute when NameOf(attribute.Name) is "ModuleInitializer" or "ModuleInitializerAttribute" =>
            [file.At(node, "a module initializer")],
        _ => [],
    };

    private static IEnumerable<Violation> Field(SourceFile file, FieldDeclarationSyntax field)
    {
        var names = string.Join(", ", field.Declaration.Variables.Select(variable => variable.Identifier.ValueText));
        if (!field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
        {
            yield return file.At(field, $"the static field {names} can be assigned");
        }
        else if (IsMutable(field.Declaration.Type, field.Declaration.Variables[0].Initializer?.Value))
        {
            yield return file.At(field, $"the static collection {names} can change");
        }
    }

    private static IEnumerable<Violation> Property(SourceFile file, PropertyDeclarationSyntax property)
    {
        var isAuto = property.AccessorList?.Accessors.All(accessor => accessor.Body is null && accessor.ExpressionBody is null) == true;
        if (isAuto && property.AccessorList!.Accessors.Any(SyntaxKind.SetAccessorDeclaration))
        {
            yield return file.At(property, $"the static property {property.Identifier.ValueText} can be assigned");
        }
        else if (isAuto && IsMutable(property.Type, property.Initializer?.Value))
        {
            yield return file.At(property, $"the static collection {property.Identifier.ValueText} can change");
        }
    }

    // What is declared counts: a list behind IReadOnlyList cannot change through the field.
    private static bool IsMutable(TypeSyntax type, ExpressionSyntax? value) => NameOf(type) switch
    {
        "Lazy" => type.DescendantNodes().OfType<TypeSyntax>().Any(inner => IsMutable(inner, null)),
        "var" when value is ObjectCreationExpressionSyntax created => IsMutable(created.Type, null),
        var name => MutableTypes.Contains(name),
    };

    private static string NameOf(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        _ => "",
    };

    private static bool IsStatic(MemberDeclarationSyntax member) => member.Modifiers.Any(SyntaxKind.StaticKeyword);
}
