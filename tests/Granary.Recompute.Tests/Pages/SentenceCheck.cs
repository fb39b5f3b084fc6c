using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Sentences of a page or of a file: every number in them is compared with a recomputed one, or stands in the expected
/// words.</summary>
internal sealed class SentenceCheck(IEnumerable<string> sentences, List<string> differences)
{
    private const string Number = @"(–|[+−-]?(?:\d[\d,]*)?\.?\d+(?:E[+-]\d+)?(?:\s?%|[kMBT](?![a-zA-Z]))?)";

    private readonly List<string> _left = [.. sentences.Where(s => s.Any(char.IsDigit))];

    /// <summary>Sentences with numbers that nothing has been compared of.</summary>
    public IReadOnlyList<string> Unchecked => _left;

    /// <summary>Demands of a sentence, where it is said, that its numbers are the recomputed ones.</summary>
    /// <param name="template">The whole sentence; <c>{}</c> stands for a number, <c>*</c> for words without one, <c>{~}</c> for what
    /// depends on the clock, the machine or a choice of what is drawn.</param>
    public void Says(string template, params double[] values)
    {
        var pattern = Pattern(template);
        var fitting = _left.FindAll(s => pattern.IsMatch(s));
        if (fitting.Count == 0) return;
        // Of several of one form the one with these numbers.
        var sentence = fitting.Find(s => Numbers(pattern, s).Zip(values).All(p => ShownNumber.Parse(p.First).Agrees(p.Second)))
            ?? fitting[0];
        _left.Remove(sentence);
        var shown = Numbers(pattern, sentence);
        if (shown.Length != values.Length)
            differences.Add($"{shown.Length} numbers where {values.Length} are recomputed: {sentence}");
        foreach (var (text, value) in shown.Zip(values))
            if (!ShownNumber.Parse(text).Agrees(value))
                differences.Add($"{text} where {value} is recomputed: {sentence}");
    }

    /// <summary>Sentences whose numbers are not recomputed.</summary>
    /// <param name="pattern">A regular expression for the whole sentence.</param>
    /// <param name="reason">Why, in a few words.</param>
    public void Listed(string pattern, string reason)
    {
        reason.ShouldNotBeEmpty();
        _left.RemoveAll(s => Regex.IsMatch(s, $"^(?:{pattern})$", RegexOptions.Singleline));
    }

    private static string[] Numbers(Regex pattern, string sentence) =>
        [.. pattern.Match(sentence).Groups.Values.Skip(1).Select(g => g.Value)];

    private static Regex Pattern(string template) => new('^'
        + Regex.Escape(template).Replace("\\{}", Number, StringComparison.Ordinal).Replace("\\*", "[^0-9]*", StringComparison.Ordinal)
            .Replace("\\{~}", ".*?", StringComparison.Ordinal)
        + '$');
}
