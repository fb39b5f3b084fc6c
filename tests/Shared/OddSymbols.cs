using System.Text;

namespace Granary.Testing;

/// <summary>Symbols that are hard on file systems: slashes, spaces, dots, percent signs, devices of Windows, other scripts.</summary>
internal static class OddSymbols
{
    private static readonly string[] Fixed =
        ["BTC/USDT", "BTC_USDT", "BTC%2FUSDT", "BTC:USDT", "BRK.B", "BRK.B.csv", "..", "../../x", "/etc/passwd", "a\\b", " A ", "A B",
            "^GSPC", "ES=F", "100%", "%41", "CON", "nul.gz", "münze", "株式/円", "😀", "x.zip", "-x", "~", "*", "a,b", "a\"b", "#1"];

    // Pieces, so that a random symbol has the sequences that matter.
    private static readonly string[] Pieces =
        ["/", "\\", ".", "..", "../", " ", "%", "%2F", "%2f", "A", "z", "9", "_", "-", ":", "ä", "円", "😀", "CON", ".csv", ".gz", ",", "'"];

    /// <summary>The fixed ones, and random ones from a seed; all different.</summary>
    public static IReadOnlyList<string> Of(int seed, int count)
    {
        var random = new Random(seed);
        var symbols = new List<string>(Fixed);
        while (symbols.Count < count)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 6); i > 0; i--) text.Append(Pieces[random.Next(Pieces.Length)]);
            if (text.ToString() is var symbol && symbol.Trim().Length > 0 && !symbols.Contains(symbol, StringComparer.Ordinal))
                symbols.Add(symbol);
        }
        return symbols;
    }
}
