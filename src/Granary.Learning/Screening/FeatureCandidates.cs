using System.Globalization;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Screening;

/// <summary>
/// Generates features from a catalogue of factors: each factor over several windows, independent of the price level, without and with lags.
/// </summary>
/// <remarks>
/// A factor with one integer parameter is used with each of <see cref="Windows"/> in its range, any other factor with its defaults. A
/// factor that refers to another symbol is used with its default window and also with each of its text options. A line that scales with the
/// price, tested by multiplying prices by four, is divided by the close.
/// </remarks>
internal static class FeatureCandidates
{
    /// <summary>The maximum number of bars for testing which lines scale with the price.</summary>
    public const int TriedBars = 1_000;

    /// <summary>Window lengths in bars.</summary>
    public static IReadOnlyList<int> Windows { get; } = [5, 10, 20, 50, 100];

    /// <summary>Lags in bars.</summary>
    public static IReadOnlyList<int> Lags { get; } = [0, 1, 5];

    /// <summary>Returns features from the market's own bars.</summary>
    /// <param name="bars">Some of the market's bars, for testing which lines scale with the price.</param>
    /// <returns>The features as text, in the order of the catalogue.</returns>
    public static IReadOnlyList<string> Of(FactorCatalogue factors, MarketSeries series, BarBlock bars) =>
        Of(factors, series, bars, OwnArguments, null);

    /// <summary>Returns features that compare the market with another symbol.</summary>
    /// <param name="bars">Some of the market's bars.</param>
    /// <param name="other">The other symbol.</param>
    /// <param name="closes">The other symbol's close known at each of these bars; NaN before its first.</param>
    /// <returns>The features as text, in the order of the catalogue.</returns>
    public static IReadOnlyList<string> Of(FactorCatalogue factors, MarketSeries series, BarBlock bars, string other, double[] closes) =>
        Of(factors, series, bars, d => ReferringArguments(d, other), (other, closes));

    private static List<string> Of(FactorCatalogue factors, MarketSeries series, BarBlock bars,
        Func<FactorDefinition, IEnumerable<object[]>> arguments, (string Symbol, double[] Closes)? other)
    {
        var tried = bars.Slice(0, Math.Min(TriedBars, bars.Count));
        var scaled = Scaled(tried, 4);
        var texts = new List<string>();
        foreach (var definition in factors.All)
            foreach (var list in arguments(definition))
            {
                var request = factors.Request(definition.Name, list);
                if (Lines(request, series, tried, other) is { } plain && Lines(request, series, scaled, other) is { } grown)
                    AddLines(texts, request, tried, plain, grown);
            }
        return texts;
    }

    private static void AddLines(List<string> texts, FactorRequest request, BarBlock tried, double[][] plain, double[][] grown)
    {
        var written = request.Arguments.Count == 0 ? request.Definition.Name : request.Key;
        foreach (var (line, name) in request.Definition.Lines.Index())
        {
            var factor = line == 0 ? written : $"{written}.{name}";
            if (plain[line].AsSpan().SequenceEqual(tried.Close)) continue; // divided by the close, it would be 1
            var form = FollowsPrice(plain[line], grown[line]) ? factor + "/close" : factor;
            foreach (var lag in Lags) texts.Add(lag == 0 ? form : string.Create(CultureInfo.InvariantCulture, $"{form}[{lag}]"));
        }
    }

    private static IEnumerable<object[]> OwnArguments(FactorDefinition definition)
    {
        var parameters = definition.Parameters;
        if (parameters.Any(p => p.Default is null || p.Type == typeof(string))) return [];
        if (parameters is not [{ } window] || window.Type != typeof(int)) return [[.. parameters.Select(p => p.Default!)]];
        return WindowsOf(window).Select(w => new object[] { w });
    }

    // Arguments of a factor with one symbol: each combination of its windows and text options.
    private static IEnumerable<object[]> ReferringArguments(FactorDefinition definition, string other)
    {
        var parameters = definition.Parameters;
        if (parameters.Count(p => p.Type == typeof(string) && p.Default is null) != 1) return [];
        var hasOneWindow = parameters.Count(p => p.Type == typeof(int)) == 1;
        IEnumerable<object[]> lists = [[]];
        foreach (var parameter in parameters)
        {
            List<object> values = parameter.Type == typeof(string) && parameter.Default is null ? [other]
                : parameter.Type == typeof(int) && hasOneWindow
                    ? [.. WindowsOf(parameter).Prepend((int)(parameter.Default ?? Windows[0])).Distinct().Select(w => (object)w)]
                : parameter.Type.IsEnum ? [.. Enum.GetNames(parameter.Type).Select(n => n.ToLowerInvariant())]
                : parameter.Default is { } usual ? [usual] : [];
            lists = [.. lists.SelectMany(list => values.Select(v => (object[])[.. list, v]))];
        }
        return lists;
    }

    private static IEnumerable<int> WindowsOf(DeclaredKey window) =>
        Windows.Where(w => w >= window.Minimum && w <= window.Maximum);

    // Null if a factor does not exist on these bars, or uses other symbols than the given one.
    private static double[][]? Lines(FactorRequest request, MarketSeries series, BarBlock bars, (string Symbol, double[] Closes)? other)
    {
        FactorKernel kernel;
        try
        {
            kernel = request.CreateKernel(series);
        }
        catch (InputException)
        {
            return null; // the bars are too long for it
        }
        if (other is null ? kernel.ReferenceSymbols.Count > 0 : kernel.ReferenceSymbols is not [var read] || read != other.Value.Symbol)
            return null;
        double[][] lines = [.. request.Definition.Lines.Select(_ => new double[bars.Count])];
        kernel.Process(new FactorInput(bars, 0, bars.Count, other is { } o ? [o.Closes] : null), new FactorOutput(lines, 0, bars.Count));
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
            bars.Volume.ToArray())
        {
            Further = bars.Further,
        };
    }
}
