using System.Globalization;

namespace Granary.Reporting.Runs;

/// <summary>Formats a count with its noun in singular or plural.</summary>
internal static class Counted
{
    /// <summary>1 trade, 2 trades, 1,024 strategies.</summary>
    /// <param name="noun">Singular.</param>
    public static string Of(long count, string noun) =>
        count.ToString("#,0", CultureInfo.InvariantCulture) + " " + (count == 1 ? noun : Plural(noun));

    /// <summary>3 of 8 trades, 1 of 1 trade.</summary>
    /// <param name="noun">Singular.</param>
    public static string Of(long count, long all, string noun) =>
        count.ToString("#,0", CultureInfo.InvariantCulture) + " of " + Of(all, noun);

    // Nouns that end in a consonant and y, such as strategy and entry.
    private static string Plural(string noun) =>
        noun.EndsWith('y') && !"aeou".Contains(noun[^2], StringComparison.Ordinal) ? noun[..^1] + "ies" : noun + "s";
}
