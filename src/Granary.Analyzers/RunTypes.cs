using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Granary.Analyzers;

/// <summary>The types that the engine runs at bars.</summary>
internal static class RunTypes
{
    private static readonly ImmutableHashSet<string> s_bases =
        ["Granary.Engine.Strategies.Strategy", "Granary.Engine.Factors.FactorKernel", "Granary.Engine.Portfolio.Rules.IPortfolioRule"];

    /// <summary>Whether a symbol belongs to such a type, or to a type within one.</summary>
    public static bool Runs(ISymbol symbol)
    {
        for (var type = symbol as INamedTypeSymbol ?? symbol.ContainingType; type is not null; type = type.ContainingType)
            if (IsRun(type))
                return true;
        return false;
    }

    private static bool IsRun(INamedTypeSymbol type)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType)
            if (s_bases.Contains(at.ToDisplayString()))
                return true;
        return type.AllInterfaces.Any(i => s_bases.Contains(i.ToDisplayString()));
    }
}
