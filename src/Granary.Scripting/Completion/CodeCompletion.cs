using System.Xml.Linq;
using Granary.Simulation.Plugins;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Scripting.Completion;

/// <summary>Finds the symbols that may stand at a position of a source.</summary>
internal static class CodeCompletion
{
    /// <param name="position">Number of UTF-16 units before the cursor.</param>
    public static IReadOnlyList<CompletionItem> At(SemanticModel model, int position, CancellationToken cancellationToken)
    {
        var root = model.SyntaxTree.GetRoot(cancellationToken);
        position = Math.Clamp(position, 0, root.FullSpan.End);
        var access = root.FindToken(Math.Max(0, position - 1)).Parent?.AncestorsAndSelf().OfType<MemberAccessExpressionSyntax>()
            .FirstOrDefault(m => m.OperatorToken.Span.End <= position && position <= m.Name.Span.End);
        IEnumerable<ISymbol> symbols = access is null ? model.LookupSymbols(position) : Members(model, access, position, cancellationToken);
        return [.. symbols.Where(s => s.CanBeReferencedByName && !s.IsImplicitlyDeclared).GroupBy(s => s.Name, StringComparer.Ordinal)
            .Select(g => Item(g.First(), cancellationToken)).OrderBy(i => i.Label, StringComparer.Ordinal)];
    }

    private static IEnumerable<ISymbol> Members(SemanticModel model, MemberAccessExpressionSyntax access, int position,
        CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(access.Expression, cancellationToken).Symbol is INamespaceOrTypeSymbol named)
            return model.LookupSymbols(position, named).Where(s => s is INamespaceOrTypeSymbol || s.IsStatic);
        return model.GetTypeInfo(access.Expression, cancellationToken).Type is { } type
            ? model.LookupSymbols(position, type, includeReducedExtensionMethods: true)
                .Where(s => !s.IsStatic || s is IMethodSymbol { IsExtensionMethod: true })
            : [];
    }

    private static CompletionItem Item(ISymbol symbol, CancellationToken cancellationToken) => new(symbol.Name, KindOf(symbol),
        symbol.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), SummaryOf(symbol, cancellationToken));

    private static string KindOf(ISymbol symbol) => symbol switch
    {
        ITypeParameterSymbol => "type",
        INamedTypeSymbol type => type.TypeKind.ToString().ToLowerInvariant(),
        ILocalSymbol or IRangeVariableSymbol => "local",
        IParameterSymbol => "parameter",
        _ => symbol.Kind.ToString().ToLowerInvariant(),
    };

    private static string? SummaryOf(ISymbol symbol, CancellationToken cancellationToken)
    {
        var xml = symbol.GetDocumentationCommentXml(cancellationToken: cancellationToken);
        if (string.IsNullOrWhiteSpace(xml)) return null;
        try
        {
            var summary = XElement.Parse(xml).DescendantsAndSelf("summary").FirstOrDefault();
            if (summary is null) return null;
            foreach (var see in summary.Descendants().Where(e => e.Name.LocalName is "see" or "paramref" or "typeparamref").ToList())
                if (see.IsEmpty)
                    see.ReplaceWith(((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? "").Split(':', '.')[^1]);
            return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        catch (System.Xml.XmlException)
        {
            // The author of the file has not finished the comment.
            return null;
        }
    }
}
