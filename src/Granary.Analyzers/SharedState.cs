using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Analyzers;

/// <summary>Static state that can change.</summary>
internal static class SharedState
{
    private static readonly ImmutableHashSet<string> s_fixed = ["System.Collections.Frozen", "System.Collections.Immutable"];

    /// <summary>Whether a read-only field has content that can change: a collection, or an array that begins empty.</summary>
    public static bool CanChange(IFieldSymbol field)
    {
        var type = field.Type;
        // An array with its values is a table.
        if (type is IArrayTypeSymbol)
            return field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax
            {
                Initializer.Value: ArrayCreationExpressionSyntax { Initializer: null }
            };
        var space = type.ContainingNamespace?.ToDisplayString() ?? "";
        if (s_fixed.Contains(space) || type.TypeKind is TypeKind.Interface or TypeKind.Enum or TypeKind.Delegate) return false;
        return space.StartsWith("System.Collections", StringComparison.Ordinal)
            || space is "System" && type.Name == "Random" || space == "System.Text" && type.Name == "StringBuilder";
    }

    /// <summary>Whether a property has a field of its own.</summary>
    public static bool IsStored(IPropertySymbol property) => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
        .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
