namespace Granary.Learning.Regimes;

/// <summary>Agreement of two series of states.</summary>
/// <param name="Counts">[first's state, second's state]: number of bars.</param>
/// <param name="AdjustedRand">
/// Adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, about 0 for chance agreement; NaN if both have a single state.
/// </param>
internal sealed record RegimeAgreement(long[,] Counts, double AdjustedRand)
{
    /// <summary>Compares the bars at which both have a state (not −1).</summary>
    public static RegimeAgreement Of(ReadOnlySpan<int> first, int firstStates, ReadOnlySpan<int> second, int secondStates)
    {
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} states against {second.Length}");
        var counts = new long[firstStates, secondStates];
        long all = 0;
        for (var t = 0; t < first.Length; t++)
        {
            if (first[t] < 0 || second[t] < 0) continue;
            counts[first[t], second[t]]++;
            all++;
        }
        static double Pairs(double n) => n * (n - 1) / 2;
        double together = 0, rows = 0, columns = 0;
        for (var i = 0; i < firstStates; i++)
        {
            long row = 0;
            for (var j = 0; j < secondStates; j++)
            {
                row += counts[i, j];
                together += Pairs(counts[i, j]);
            }
            rows += Pairs(row);
        }
        for (var j = 0; j < secondStates; j++)
        {
            long column = 0;
            for (var i = 0; i < firstStates; i++) column += counts[i, j];
            columns += Pairs(column);
        }
        var chance = rows * columns / Pairs(all);
        var most = (rows + columns) / 2;
        return new RegimeAgreement(counts, most - chance > 0 ? (together - chance) / (most - chance) : double.NaN);
    }
}
