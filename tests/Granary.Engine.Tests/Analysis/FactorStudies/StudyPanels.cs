using Granary.Engine.Analysis.FactorStudies;

namespace Granary.Engine.Tests.Analysis.FactorStudies;

/// <summary>Panels whose factors follow one another slowly and know nothing of returns, unless strength is planted.</summary>
internal static class StudyPanels
{
    /// <param name="strength">Part of the next bar's return that the first factor explains, in deviations.</param>
    public static FactorPanel Random(int seed, int symbols, int dates, int factors, double strength = 0, double memory = 0.9)
    {
        var normals = new SeededNormals(seed);
        var all = new PanelSymbol[symbols];
        for (var s = 0; s < symbols; s++)
        {
            var values = new double[factors][];
            for (var f = 0; f < factors; f++)
            {
                values[f] = new double[dates];
                var value = normals.Next();
                for (var t = 0; t < dates; t++) values[f][t] = value = memory * value + Math.Sqrt(1 - memory * memory) * normals.Next();
            }
            var prices = new double[dates];
            var price = 100.0;
            for (var t = 0; t < dates; t++)
            {
                prices[t] = price;
                price *= 1 + 0.01 * (strength * values[0][t] + normals.Next());
            }
            all[s] = new PanelSymbol($"S{s}", prices, values, dates - 1, prices[^1]);
        }
        return Of(all);
    }

    public static FactorPanel Of(params PanelSymbol[] symbols)
    {
        var day = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return new FactorPanel([.. Enumerable.Range(0, symbols.Length == 0 ? 0 : DatesOf(symbols[0])).Select(d => day.AddDays(d).Ticks)],
            symbols);
    }

    public static FactorFigures Figures(FactorPanel panel, int factor, FactorStudySettings settings)
    {
        var dates = new FactorDates(panel, factor, settings);
        dates.Compute(0, panel.Times.Length);
        return FactorFigures.Of(dates);
    }

    private static int DatesOf(PanelSymbol symbol) => symbol.LastBar + 1;
}
