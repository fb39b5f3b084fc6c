using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A word of the left column of the glossary.</summary>
/// <param name="Scope">Where it is banned.</param>
/// <param name="Pattern">Finds the word.</param>
/// <param name="Instead">What to write.</param>
/// <param name="Example">A text that holds the word; proves that the pattern finds it.</param>
/// <param name="ExceptUnder">Folder in which the word is a term of the field.</param>
public sealed record BannedWord(BannedWordScope Scope, Regex Pattern, string Instead, string Example, string? ExceptUnder)
{
    /// <summary>
    /// Reads lines of the form: scope | pattern | what to write | example | folder to leave out (optional).
    /// The pattern may not hold ' | '.
    /// </summary>
    public static IReadOnlyList<BannedWord> Parse(string text) =>
    [
        .. from line in text.Split('\n').Select(line => line.Trim())
           where line.Length > 0 && line[0] != '#'
           let cells = line.Split(" | ")
           let scope = Enum.Parse<BannedWordScope>(cells[0], ignoreCase: true)
           select new BannedWord(scope, Compile(cells[1]), cells[2], cells[3], cells.ElementAtOrDefault(4)),
    ];

    private static Regex Compile(string pattern) =>
        new($@"\b(?:{pattern})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
}
