using System.Text.RegularExpressions;

namespace Granary.Server.Explanations;

/// <summary>Explanation of a term.</summary>
/// <param name="Term">As files, batches and tables spell it.</param>
/// <param name="Kind">Kind of the term: a metric, a check, a decision on an entry, …</param>
/// <param name="Text">One paragraph.</param>
internal sealed partial record Explanation(string Term, string Kind, string Text)
{
    /// <summary>The name in reports; empty if it is the term itself.</summary>
    public string Name { get; init; } = "";

    /// <summary>The formula; empty if there is none.</summary>
    public string Formula { get; init; } = "";

    /// <summary>The publication, program or convention that defines it; empty if there is none.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether a word names this term; case, blanks and hyphens do not count.</summary>
    public bool IsCalled(string word) => Folded(Term) == Folded(word) || (Name.Length > 0 && Folded(Name) == Folded(word));

    /// <summary>Whether its term or its name contains all words of a text; for example, maxDrawdown contains drawdown.</summary>
    public bool Has(string text)
    {
        var own = Words(Term).Concat(Words(Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Words(text) is { Count: > 0 } words && words.All(own.Contains);
    }

    private static List<string> Words(string text) => [.. Word().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+|[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    private static string Folded(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
