using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>How often a market was in a state, for how long, and what came after.</summary>
/// <param name="Share">Of the bars that have a state.</param>
/// <param name="Spells">Uninterrupted stretches.</param>
/// <param name="MeanSpell">Bars.</param>
/// <param name="NextReturn">Mean return of the bar after.</param>
/// <param name="NextDeviation">Of these returns.</param>
/// <param name="To">Shares of the states of the bar after.</param>
internal sealed record StateFigures(double Share, int Spells, double MeanSpell, double NextReturn, double NextDeviation, double[] To)
{
    public static StateFigures Of(List<MarketBar> bars, int[] states, int state, int count)
    {
        int[] at = [.. Enumerable.Range(0, states.Length).Where(i => states[i] == state)];
        var spells = at.Count(i => i == 0 || states[i - 1] != state);
        int[] followed = [.. at.Where(i => i + 1 < states.Length)];
        double[] returns = [.. followed.Select(i => bars[i + 1].Close / bars[i].Close - 1)];
        int[] next = [.. followed.Select(i => states[i + 1]).Where(s => s >= 0)];
        return new StateFigures((double)at.Length / states.Count(s => s >= 0), spells, (double)at.Length / spells,
            returns.DefaultIfEmpty(double.NaN).Average(), returns.Length < 2 ? double.NaN : CurveFigures.Deviation(returns),
            [.. Enumerable.Range(0, count).Select(s => (double)next.Count(n => n == s) / next.Length)]);
    }

    /// <summary>The adjusted Rand index of two ways to divide the bars, over those that both divide (Hubert and Arabie
    /// 1985).</summary>
    public static double Agreement(int[] first, int[] second)
    {
        var both = first.Zip(second).Where(s => s.First >= 0 && s.Second >= 0).ToList();
        double Together<T>(Func<(int, int), T> key) => both.GroupBy(key).Sum(g => g.Count() * (g.Count() - 1.0) / 2);
        var (same, a, b) = (Together(s => s), Together(s => s.Item1), Together(s => s.Item2));
        var chance = a * b / (both.Count * (both.Count - 1.0) / 2);
        return (same - chance) / ((a + b) / 2 - chance);
    }
}
