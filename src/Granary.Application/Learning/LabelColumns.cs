using Granary.Application.Batches;
using Granary.Learning.Features;
using Granary.Learning.Labels;

namespace Granary.Application.Learning;

/// <summary>Labels that follow from the bars alone.</summary>
internal static class LabelColumns
{
    // Barriers are in deviations of the last twenty returns.
    private const int DeviationBars = 20;

    /// <param name="label">Any but <see cref="LabelKind.Trade"/>, which needs the strategy's trades.</param>
    public static LabelColumn Of(FeatureTable features, LabelSpec label) => label.Kind switch
    {
        LabelKind.Direction => LabelColumn.Direction(features.Close, label.Bars),
        LabelKind.Return => LabelColumn.ForwardReturn(features.Close, label.Bars),
        LabelKind.Volatility => LabelColumn.ForwardVolatility(features.Close, label.Bars),
        _ => Barriers(features, label),
    };

    private static LabelColumn Barriers(FeatureTable features, LabelSpec label)
    {
        var deviation = new double[features.Bars];
        var past = LabelColumn.ForwardVolatility(features.Close, DeviationBars);
        Array.Fill(deviation, double.NaN);
        for (var i = DeviationBars; i < deviation.Length; i++)
            deviation[i] = past.Values[i - DeviationBars] * Math.Sqrt(label.Bars);
        return LabelColumn.TripleBarrier(features.High, features.Low, features.Close,
            Array.ConvertAll(deviation, d => d * label.Target), Array.ConvertAll(deviation, d => d * label.Stop), label.Bars);
    }
}
