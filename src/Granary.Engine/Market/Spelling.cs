namespace Granary.Engine.Market;

/// <summary>Finds what a mistyped name was meant to be.</summary>
internal static class Spelling
{
    /// <summary>The candidate with the fewest edits, where these are few enough for it to be a likely slip; else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = Math.Max(2, word.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            // Each further character of one of them is an edit, so a long text is compared with names of its own length only.
            if (Math.Abs(word.Length - candidate.Length) >= least) continue;
            var distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance >= least) continue;
            least = distance;
            best = candidate;
        }
        return best;
    }

    // Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each count one.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
