using System.Text.RegularExpressions;
using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>No name, comment, string or document holds a word of the glossary's left column (banned-words.txt).</summary>
public sealed partial class BannedWordRule(IReadOnlyList<BannedWord> words) : IRule
{
    public const string WordsFile = "banned-words.txt";

    private readonly WordList _inNames = new([.. words.Where(word => word.Scope != BannedWordScope.Text)]);
    private readonly WordList _inText = new([.. words.Where(word => word.Scope != BannedWordScope.Names)]);

    public string Remedy => $"Write the word of the glossary instead ({WordsFile}).";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        var sources = code.Sources.AsParallel().AsOrdered().SelectMany(file => InNames(file).Concat(InSourceText(file)));
        var documents = code.Documents.AsParallel().AsOrdered()
            .SelectMany(document => document.Lines.SelectMany((line, index) => _inText.Find(document.Path, index + 1, line)));
        return sources.Concat(documents);
    }

    /// <summary>Splits a name into words: WalkForwardRun and Walk_forward_run are 'walk forward run'.</summary>
    public static string WordsOf(string name) => WordBorder().Replace(name, " ").Replace('_', ' ').Trim();

    private IEnumerable<Violation> InNames(SourceFile file)
    {
        var declared = file.Nodes.Select(node => node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier,
            DelegateDeclarationSyntax type => type.Identifier,
            MethodDeclarationSyntax method => method.Identifier,
            LocalFunctionStatementSyntax local => local.Identifier,
            PropertyDeclarationSyntax property => property.Identifier,
            VariableDeclaratorSyntax variable => variable.Identifier,
            SingleVariableDesignationSyntax variable => variable.Identifier,
            ForEachStatementSyntax loop => loop.Identifier,
            ParameterSyntax parameter => parameter.Identifier,
            EnumMemberDeclarationSyntax member => member.Identifier,
            _ => default,
        });
        foreach (var name in declared.Where(name => name.ValueText.Length > 0))
        {
            foreach (var violation in _inNames.Find(file.Path, LineOf(name.GetLocation()), WordsOf(name.ValueText)))
            {
                yield return violation with { Text = $"{violation.Text}, in the name {name.ValueText}" };
            }
        }

        foreach (var space in file.Nodes.OfType<BaseNamespaceDeclarationSyntax>())
        {
            foreach (var violation in _inNames.Find(file.Path, LineOf(space.GetLocation()), WordsOf(space.Name.ToString())))
            {
                yield return violation;
            }
        }
    }

    private IEnumerable<Violation> InSourceText(SourceFile file)
    {
        var comments = file.Unit.DescendantTrivia().Where(IsComment)
            .Select(comment => (Text: comment.ToFullString(), Line: LineOf(comment.GetLocation())));
        var strings = file.Unit.DescendantTokens().Where(IsString).Select(token => (token.Text, Line: LineOf(token.GetLocation())));
        return from text in comments.Concat(strings)
               from line in text.Text.Split('\n').Select((line, index) => (Text: line, Number: text.Line + index))
               from violation in _inText.Find(file.Path, line.Number, line.Text)
               select violation;
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static bool IsString(SyntaxToken token) =>
        token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken;

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;

    [GeneratedRegex(@"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\.", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex WordBorder();

    private sealed class WordList(IReadOnlyList<BannedWord> words)
    {
        // One pattern of all words tells which lines need a closer look: few do.
        private readonly Regex _any = new(
            @"\b(?:" + string.Join('|', words.Select(word => word.Pattern.ToString()).DefaultIfEmpty("(?!)")) + ")",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled,
            TimeSpan.FromSeconds(10));

        public IEnumerable<Violation> Find(string file, int line, string text) =>
            _any.IsMatch(text)
                ? from word in words
                  where word.ExceptUnder is not { } folder || !file.StartsWith(folder + "/", StringComparison.Ordinal)
                  from match in word.Pattern.Matches(text)
                  select new Violation(file, line, $"'{match.Value}': write {word.Instead}")
                : [];
    }
}
