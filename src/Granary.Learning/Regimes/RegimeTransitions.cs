using Granary.Engine.Analysis;

namespace Granary.Learning.Regimes;

/// <summary>Frequencies with which states follow one another.</summary>
/// <param name="Counts">[from, to]: how often a bar's state was followed by the next bar's, staying included.</param>
/// <param name="Probabilities">[from, to]: a row adds up to 1; NaN for a state that nothing follows.</param>
/// <param name="Share">The share of all bars with a state.</param>
/// <param name="Spells">Uninterrupted stretches of each state.</param>
/// <param name="MeanSpell">
/// Mean length of these periods in bars, including the first and last ones, which the ends of the record truncate; NaN without any.
/// </param>
internal sealed record RegimeTransitions(long[,] Counts, double[,] Probabilities, double[] Share, int[] Spells, double[] MeanSpell)
{
    /// <param name="states">One state per bar, −1 for none; bars without a state are skipped and end a period.</param>
    public static RegimeTransitions Of(ReadOnlySpan<int> states, int count)
    {
        var counts = new long[count, count];
        var bars = new long[count];
        var spells = new int[count];
        long all = 0;
        var before = -1;
        foreach (var state in states)
        {
            if (state >= 0)
            {
                all++;
                bars[state]++;
                if (state != before) spells[state]++;
                if (before >= 0) counts[before, state]++;
            }
            before = state;
        }
        var probabilities = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            long row = 0;
            for (var j = 0; j < count; j++) row += counts[i, j];
            for (var j = 0; j < count; j++) probabilities[i, j] = row > 0 ? counts[i, j] / (double)row : double.NaN;
        }
        return new RegimeTransitions(counts, probabilities,
            [.. bars.Select(b => all > 0 ? b / (double)all : double.NaN)], spells,
            [.. bars.Select((b, i) => spells[i] > 0 ? b / (double)spells[i] : double.NaN)]);
    }

    /// <summary>Computes the mean and the deviation of the returns, per bar, in the bar after each state.</summary>
    /// <param name="returns">
    /// The return of each bar, as long as <paramref name="states"/>. The state at bar t is paired with the return of bar t + 1, so it
    /// could have been traded.
    /// </param>
    public static (double Mean, double Deviation, long Bars)[] NextReturns(ReadOnlySpan<int> states, ReadOnlySpan<double> returns,
        int count)
    {
        if (states.Length != returns.Length) throw new ArgumentException($"{states.Length} states, but {returns.Length} returns");
        var moments = new Moments[count];
        for (var t = 0; t + 1 < states.Length; t++)
            if (states[t] >= 0 && double.IsFinite(returns[t + 1]))
                moments[states[t]].Add(returns[t + 1]);
        return [.. moments.Select(m => (m.Mean, m.SampleDeviation, m.Count))];
    }
}
