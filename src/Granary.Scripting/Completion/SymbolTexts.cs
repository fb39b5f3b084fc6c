using System.Globalization;
using System.Xml.Linq;
using Granary.Engine.Market;
using Granary.Simulation.Plugins;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Granary.Scripting.Completion;

/// <summary>Texts of symbols: declaration, documentation, ranges of parameters, the text of an override.</summary>
internal sealed class SymbolTexts(SemanticModel model, int position, CancellationToken cancellationToken)
{
    private static readonly SymbolDisplayFormat s_stub = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeParamsRefOut);

    public CompletionItem Item(ISymbol symbol) => new(symbol.Name, KindOf(symbol),
        symbol.ToMinimalDisplayString(model, position, SymbolDisplayFormat.MinimallyQualifiedFormat), About(symbol));

    /// <param name="access">The modifier that is typed before <c>override</c>; empty if there is none.</param>
    public CompletionItem Stub(IMethodSymbol method, string access)
    {
        var declaration = method.ToMinimalDisplayString(model, position, s_stub);
        var modifiers = SyntaxFacts.GetText(method.DeclaredAccessibility) + " override ";
        var result = method.ReturnsVoid ? "$0" : method.IsAbstract ? "return $0;" : $"return base.{method.Name}($0);";
        return new CompletionItem((access.Length == 0 ? "" : access + " ") + "override " + method.Name, "override", declaration,
            SummaryOf(method), $"{modifiers}{declaration}\n{{\n    {result}\n}}");
    }

    private string? About(ISymbol symbol)
    {
        var range = symbol is IParameterSymbol parameter ? RangeOf(parameter) : null;
        var summary = SummaryOf(symbol);
        return range is null ? summary : summary is null ? range : $"{summary} {range}";
    }

    private static string? RangeOf(IParameterSymbol parameter)
    {
        var range = parameter.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == nameof(RangeAttribute)
            && a.ConstructorArguments.Length == 2);
        return range is null ? null : string.Create(CultureInfo.InvariantCulture,
            $"From {range.ConstructorArguments[0].Value} to {range.ConstructorArguments[1].Value}.");
    }

    private static string KindOf(ISymbol symbol) => symbol switch
    {
        ITypeParameterSymbol => "class",
        INamedTypeSymbol type => type.TypeKind.ToString().ToLowerInvariant(),
        ILocalSymbol or IRangeVariableSymbol => "local",
        IParameterSymbol => "parameter",
        _ => symbol.Kind.ToString().ToLowerInvariant(),
    };

    private string? SummaryOf(ISymbol symbol)
    {
        var xml = symbol.GetDocumentationCommentXml(cancellationToken: cancellationToken);
        if (string.IsNullOrWhiteSpace(xml)) return null;
        try
        {
            var summary = XElement.Parse(xml).DescendantsAndSelf("summary").FirstOrDefault();
            if (summary is null) return null;
            foreach (var see in summary.Descendants().Where(e => e.Name.LocalName is "see" or "paramref" or "typeparamref").ToList())
                if (see.IsEmpty)
                    see.ReplaceWith(((string?)see.Attribute("cref") ?? (string?)see.Attribute("name")
                        ?? (string?)see.Attribute("langword") ?? "")
                        .Split(':', '.')[^1].Split('(')[0]);
            return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        catch (System.Xml.XmlException)
        {
            // The author of the file has not finished the comment.
            return null;
        }
    }
}
