using System.Text.RegularExpressions;
using Granary.Engine.Factors;
using Granary.Simulation.Plugins;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Scripting.Completion;

/// <summary>Finds what may stand at a position of a source: members, names in scope, methods to override, factors.</summary>
internal sealed partial class CodeCompletion
{
    private const string AttributeEnd = "Attribute";

    private static readonly string[] s_keywords =
    [
        "base", "bool", "break", "case", "class", "const", "continue", "default", "double", "else", "enum", "false", "for", "foreach",
        "if", "in", "int", "internal", "is", "long", "namespace", "new", "null", "out", "override", "private", "protected", "public",
        "readonly", "record", "ref", "return", "sealed", "static", "string", "struct", "switch", "this", "throw", "true", "using", "var",
        "void", "when", "while",
    ];

    private readonly SemanticModel _model;
    private readonly SyntaxNode _root;
    private readonly int _position, _word;
    private readonly string _line;
    private readonly SymbolTexts _texts;
    private readonly CancellationToken _cancellationToken;

    /// <param name="position">Number of UTF-16 units before the cursor.</param>
    public CodeCompletion(SemanticModel model, int position, CancellationToken cancellationToken)
    {
        (_model, _root, _cancellationToken) = (model, model.SyntaxTree.GetRoot(cancellationToken), cancellationToken);
        var text = model.SyntaxTree.GetText(cancellationToken);
        _position = Math.Clamp(position, 0, text.Length);
        _word = _position;
        while (_word > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[_word - 1])) _word--;
        _line = text.ToString(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(text.Lines.GetLineFromPosition(_position).Start, _position));
        _texts = new SymbolTexts(model, _position, cancellationToken);
    }

    public CompletionList Find(FactorCatalogue factors)
    {
        if (IsInComment()) return Sorted(_position, []);
        if (TextInQuotes() is { } quoted)
            return quoted.IsFactor ? FactorCompletion.At(factors, quoted.Before, _position) : Sorted(_position, []);
        if (OverrideLine().Match(_line) is { Success: true } line && Overridden(line) is { } stubs) return stubs;
        if (Before(_word) is { } token && token.IsKind(SyntaxKind.DotToken)) return Sorted(_word, Members(token).Select(_texts.Item));
        // A number is being typed, not a name.
        if (_word < _position && char.IsAsciiDigit(_root.SyntaxTree.GetText(_cancellationToken)[_word])) return Sorted(_position, []);
        return Sorted(_word, Names());
    }

    private static CompletionList Sorted(int start, IEnumerable<CompletionItem> items) =>
        new(start, [.. items.OrderBy(i => i.Label, StringComparer.OrdinalIgnoreCase).ThenBy(i => i.Label, StringComparer.Ordinal)]);

    private bool IsInComment()
    {
        if (_position == 0) return false;
        var trivia = _root.FindTrivia(_position - 1);
        if (trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
            return _position < trivia.Span.End || !trivia.ToString().EndsWith("*/", StringComparison.Ordinal);
        return trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia
            or SyntaxKind.MultiLineDocumentationCommentTrivia or SyntaxKind.DisabledTextTrivia || trivia.IsDirective;
    }

    // The start of the literal that the cursor is in; null outside of one.
    private (string Before, bool IsFactor)? TextInQuotes()
    {
        if (_position == 0) return null;
        var token = _root.FindToken(_position - 1);
        if (token.Kind() is not (SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken)
            || token.SpanStart >= _position || token.Span.End < _position) return null;
        var text = token.ToString();
        var isClosed = text.Length > 1 && text[^1] == text[0] && token.Span.End == _position;
        if (isClosed && !token.IsKind(SyntaxKind.InterpolatedStringTextToken)) return null;
        var isFirst = token.Parent is LiteralExpressionSyntax { Parent: ArgumentSyntax { Parent: ArgumentListSyntax list } argument }
            && list.Arguments[0] == argument && list.Parent is InvocationExpressionSyntax call
            && call.Expression is IdentifierNameSyntax { Identifier.Text: "Use" };
        return (text[1..(_position - token.SpanStart)], isFirst && token.IsKind(SyntaxKind.StringLiteralToken));
    }

    private SyntaxToken? Before(int position)
    {
        var token = position == 0 ? default : _root.FindToken(position - 1);
        if (token.SpanStart >= position) token = token.GetPreviousToken();
        return token.IsKind(SyntaxKind.None) ? null : token;
    }

    private IEnumerable<ISymbol> Members(SyntaxToken dot)
    {
        var left = dot.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax binding =>
                binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault()?.Expression,
            _ => null,
        };
        if (left is null) return [];
        var found = _model.GetSymbolInfo(left, _cancellationToken).Symbol;
        var symbols = found is INamespaceOrTypeSymbol named
            ? _model.LookupSymbols(_position, named).Where(s => s is INamespaceOrTypeSymbol || s.IsStatic)
            : _model.GetTypeInfo(left, _cancellationToken).Type is { } type
                ? _model.LookupSymbols(_position, type, includeReducedExtensionMethods: true)
                    .Where(s => !s.IsStatic && s is not INamedTypeSymbol || s is IMethodSymbol { IsExtensionMethod: true })
                : [];
        return Distinct(symbols);
    }

    private IEnumerable<CompletionItem> Names()
    {
        var isAttribute = _root.FindToken(Math.Max(0, _word - 1)).Parent?.AncestorsAndSelf()
            .Any(n => n is AttributeListSyntax || n is AttributeSyntax { ArgumentList: null }) == true
            && Before(_word) is { } before && before.Kind() is SyntaxKind.OpenBracketToken or SyntaxKind.CommaToken;
        var symbols = Distinct(_model.LookupSymbols(Math.Min(_word, _root.FullSpan.End)));
        if (isAttribute)
            return symbols.OfType<INamedTypeSymbol>().Where(t => t.Name.EndsWith(AttributeEnd, StringComparison.Ordinal) && !t.IsAbstract)
                .Select(t => _texts.Item(t) with { Label = t.Name[..^AttributeEnd.Length] });
        var keywords = s_keywords.Select(k => new CompletionItem(k, "keyword", k, null));
        return symbols.Select(_texts.Item).Concat(keywords).DistinctBy(i => i.Label, StringComparer.Ordinal);
    }

    // Members of object and Enum, and of the compiler, are of no use in a strategy, and hide the others.
    private static IEnumerable<ISymbol> Distinct(IEnumerable<ISymbol> symbols) => symbols
        .Where(s => s.CanBeReferencedByName && !s.IsImplicitlyDeclared &&
            s.ContainingType?.SpecialType is not (SpecialType.System_Object or SpecialType.System_Enum)
            && !s.GetAttributes().Any(a => a.AttributeClass?.Name is "ObsoleteAttribute" or "EditorBrowsableAttribute"))
        .GroupBy(s => s.Name, StringComparer.Ordinal).Select(g => g.First());

    // Null outside of a class, whose methods could be overridden.
    private CompletionList? Overridden(Match line)
    {
        var declaration = _root.FindToken(Math.Max(0, _position - 1)).Parent?.AncestorsAndSelf().OfType<ClassDeclarationSyntax>()
            .FirstOrDefault();
        if (declaration is null || _model.GetDeclaredSymbol(declaration, _cancellationToken) is not { } type) return null;
        var access = line.Groups["access"].Value;
        var own = type.GetMembers().OfType<IMethodSymbol>().Where(m => m.IsOverride && m.OverriddenMethod is not null).Select(m => m.Name)
            .ToHashSet(StringComparer.Ordinal);
        var items = Bases(type).SelectMany(b => b.GetMembers()).OfType<IMethodSymbol>()
            .Where(m => (m.IsAbstract || m.IsVirtual || m.IsOverride && !m.IsSealed) && m.MethodKind == MethodKind.Ordinary
                && m.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected && !own.Contains(m.Name)
                && m.ContainingType.SpecialType != SpecialType.System_Object)
            .Where(m => access.Length == 0 || access == SyntaxFacts.GetText(m.DeclaredAccessibility))
            .DistinctBy(m => m.Name).Select(m => _texts.Stub(m, access));
        return Sorted(_position - line.Groups["typed"].Length, items);
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType) yield return at;
    }

    [GeneratedRegex(@"^\s*(?<typed>((?<access>public|protected)\s+)?override\s+\w*)$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex OverrideLine();
}
