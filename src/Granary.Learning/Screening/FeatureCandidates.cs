using System.Globalization;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Screening;

/// <summary>
/// Features made from a catalogue of factors: each factor over several windows, free of the price's level, now and some bars ago.
/// </summary>
/// <remarks>
/// A factor with one whole number as its parameter is taken over each of <see cref="Windows"/> in its range, any other with its defaults.
/// A line that is multiplied by four with the prices is divided by the close. Factors that compare with another symbol are left out, since
/// a model reads the bars of one market.
/// </remarks>
public static class FeatureCandidates
{
    private const int TriedBars = 1_000;

    /// <summary>Bars of a window.</summary>
    public static IReadOnlyList<int> Windows { get; } = [5, 10, 20, 50, 100];

    /// <summary>Bars ago.</summary>
    public static IReadOnlyList<int> Lags { get; } = [0, 1, 5];

    /// <param name="bars">Some of the market's bars, on which it is tried which lines follow the price's level.</param>
    /// <returns>Texts of features, in the order of the catalogue.</returns>
    public static IReadOnlyList<string> Of(FactorCatalogue factors, MarketSeries series, BarBlock bars)
    {
        var tried = bars.Slice(0, Math.Min(TriedBars, bars.Count));
        var scaled = Scaled(tried, 4);
        var texts = new List<string>();
        foreach (var definition in factors.All)
            foreach (var arguments in Arguments(definition))
                AddLines(texts, factors.Request(definition.Name, [.. arguments]), series, tried, scaled);
        return texts;
    }

    private static void AddLines(List<string> texts, FactorRequest request, MarketSeries series, BarBlock tried, BarBlock scaled)
    {
        if (Lines(request, series, tried) is not { } plain || Lines(request, series, scaled) is not { } grown) return;
        var written = request.Arguments.Count == 0 ? request.Definition.Name : request.Key;
        foreach (var (line, name) in request.Definition.Lines.Index())
        {
            var factor = line == 0 ? written : $"{written}.{name}";
            if (plain[line].AsSpan().SequenceEqual(tried.Close)) continue; // divided by the close it is 1
            var form = FollowsPrice(plain[line], grown[line]) ? factor + "/close" : factor;
            foreach (var lag in Lags) texts.Add(lag == 0 ? form : string.Create(CultureInfo.InvariantCulture, $"{form}[{lag}]"));
        }
    }

    private static IEnumerable<object[]> Arguments(FactorDefinition definition)
    {
        var parameters = definition.Parameters;
        if (parameters.Any(p => p.Default is null || p.Type == typeof(string))) return [];
        if (parameters is not [{ } window] || window.Type != typeof(int)) return [[.. parameters.Select(p => p.Default!)]];
        return Windows.Where(w => w >= window.Minimum && w <= window.Maximum).Select(w => new object[] { w });
    }

    // null for a factor that does not exist over these bars, or that compares with another symbol.
    private static double[][]? Lines(FactorRequest request, MarketSeries series, BarBlock bars)
    {
        FactorKernel kernel;
        try
        {
            kernel = request.CreateKernel(series);
        }
        catch (ArgumentException)
        {
            return null; // the bars are too long for it
        }
        if (kernel.ReferenceSymbols.Count > 0) return null;
        double[][] lines = [.. request.Definition.Lines.Select(_ => new double[bars.Count])];
        kernel.Process(new FactorInput(bars, 0, bars.Count, null), new FactorOutput(lines, 0, bars.Count));
        return lines;
    }

    private static bool FollowsPrice(double[] plain, double[] grown)
    {
        var any = false;
        for (var i = 0; i < plain.Length; i++)
        {
            if (!double.IsFinite(plain[i])) continue;
            if (Math.Abs(grown[i] - 4 * plain[i]) > 1e-6 * Math.Abs(plain[i])) return false;
            any |= plain[i] != 0;
        }
        return any;
    }

    private static BarBlock Scaled(BarBlock bars, double factor)
    {
        double[] Times(ReadOnlySpan<double> prices)
        {
            var scaled = prices.ToArray();
            for (var i = 0; i < scaled.Length; i++) scaled[i] *= factor;
            return scaled;
        }
        return new BarBlock(0, bars.Time.ToArray(), Times(bars.Open), Times(bars.High), Times(bars.Low), Times(bars.Close),
            bars.Volume.ToArray());
    }
}
