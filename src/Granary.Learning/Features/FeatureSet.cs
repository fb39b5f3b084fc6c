using System.Globalization;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Features;

/// <summary>One feature: a line of a factor, optionally divided by the close, optionally lagged by some bars.</summary>
internal sealed record Feature(string Name, FactorRequest Request, int Line, bool OverClose, int Lag)
{
    /// <summary>Parses <c>factor</c>, <c>factor/close</c>, <c>factor[2]</c> (two bars ago) or <c>factor/close[2]</c>.</summary>
    public static Feature Parse(string text, FactorCatalogue factors)
    {
        var rest = text.Trim();
        var lag = 0;
        if (rest.EndsWith(']'))
        {
            var open = rest.LastIndexOf('[');
            if (open < 0 || !int.TryParse(rest.AsSpan(open + 1, rest.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture,
                out lag) || lag > 5_000)
                throw new InputException($"the feature '{text}': write bars ago as [2], from 0 to 5000");
            rest = rest[..open].TrimEnd();
        }
        var overClose = rest.EndsWith("/close", StringComparison.Ordinal);
        if (overClose) rest = rest[..^6].TrimEnd();
        try
        {
            var (request, line) = factors.Parse(rest);
            return new Feature(text.Trim(), request, line, overClose, lag);
        }
        catch (InputException e)
        {
            throw new InputException($"the feature '{text}': {e.Message}", e);
        }
    }
}

/// <summary>
/// The features of a model, in order: factors of the catalogue such as <c>rsi(14)</c>, <c>sma(20)/close</c> (divided by the close) or
/// <c>return(1)[3]</c> (three bars ago). <c>beta(SPY,50)</c> uses the closes of another symbol. Features are causal, because factors are.
/// </summary>
internal sealed class FeatureSet
{
    private FeatureSet(Feature[] features)
    {
        Features = features;
        Names = [.. features.Select(f => f.Name)];
        LongestLag = features.Max(f => f.Lag);
    }

    /// <summary>Recent returns, averages of 5, 10 and 20 bars, volatility, RSI and MACD; all independent of the price level.</summary>
    public static FeatureSet Default { get; } = Parse(
    [
        "return(1)", "return(1)[1]", "return(1)[2]", "return(1)[3]", "return(1)[4]", "return(5)", "return(10)", "return(20)",
        "sma(5)/close", "sma(10)/close", "sma(20)/close", "volatility(10)", "volatility(20)", "rsi(14)",
        "macd(12,26,9)/close", "macd(12,26,9).signal/close", "macd(12,26,9).histogram/close", "range(20)/close",
    ], FactorCatalogue.BuiltIn);

    /// <summary>The names as the user wrote them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The longest lag, in bars.</summary>
    public int LongestLag { get; }

    /// <summary>The factor of each feature.</summary>
    public IReadOnlyList<FactorRequest> Requests => [.. Features.Select(f => f.Request)];

    internal Feature[] Features { get; }

    /// <summary>Returns the features of some factors; null if there are none.</summary>
    public FeatureSet? Where(Func<FactorRequest, bool> isWanted)
    {
        Feature[] wanted = [.. Features.Where(f => isWanted(f.Request))];
        return wanted.Length == 0 ? null : new FeatureSet(wanted);
    }

    /// <summary>Returns the features that use the closes of another symbol by its name, with that symbol.</summary>
    /// <param name="supply">The factors of the batch, see <see cref="FactorPlan.Supply"/>.</param>
    /// <returns>The features in order. A feature that does not exist on these bars has no reference.</returns>
    public IReadOnlyList<(string Feature, string Symbol)> ReferencesOn(MarketSeries series,
        Func<FactorRequest, FactorKernel?>? supply = null)
    {
        var found = new List<(string, string)>();
        foreach (var feature in Features)
            try
            {
                found.AddRange(feature.Request.CreateKernel(series, supply).ReferenceSymbols.Select(s => (feature.Name, s)));
            }
            catch (InputException)
            {
                // The bars are too long for this factor; its computation reports the error.
            }
        return found;
    }

    /// <param name="texts">The features as users write them.</param>
    /// <param name="factors">The factors that the process knows.</param>
    /// <exception cref="InputException">None, one twice, or one that is not a factor.</exception>
    public static FeatureSet Parse(IReadOnlyList<string> texts, FactorCatalogue factors)
    {
        if (texts.Count == 0) throw new InputException("no feature is named; leave 'features' out for the usual ones");
        Feature[] features = [.. texts.Select(text => Feature.Parse(text, factors))];
        if (features.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputException($"the feature '{twice.Key}' is named twice; once is enough");
        return new FeatureSet(features);
    }
}
