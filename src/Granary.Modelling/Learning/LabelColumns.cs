using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Computes labels that depend on the bars alone.</summary>
internal static class LabelColumns
{
    // Barriers are multiples of the standard deviation of the last 20 returns.
    private const int DeviationBars = 20;

    /// <param name="label">
    /// Any kind except <see cref="LabelKind.Trade"/>, which needs the strategy's trades, and <see cref="LabelKind.Drawdown"/>, which needs
    /// entries.
    /// </param>
    public static LabelColumn Of(FeatureTable features, LabelSpec label) => label.Kind switch
    {
        LabelKind.Direction => LabelColumn.Direction(features.Close, label.Bars),
        LabelKind.Return => LabelColumn.ForwardReturn(features.Close, label.Bars),
        LabelKind.Volatility => LabelColumn.ForwardVolatility(features.Close, label.Bars),
        LabelKind.TripleBarrier => Barriers(features, label),
        _ => throw new ArgumentException($"the label {label} does not follow from the bars alone", nameof(label)),
    };

    /// <summary>Computes the label of one bar from the bars available now.</summary>
    /// <param name="at">Index of the bar in the columns.</param>
    /// <param name="label">Any kind except <see cref="LabelKind.Trade"/> and <see cref="LabelKind.Drawdown"/>.</param>
    /// <returns>The value, and the index of the bar at whose close it was known; −1 if it is not known yet.</returns>
    public static (double Value, int End) At(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, int at,
        LabelSpec label)
    {
        var last = Math.Min(at + label.Bars, close.Length - 1);
        var ahead = close[at..(last + 1)];
        var column = label.Kind switch
        {
            LabelKind.Direction => LabelColumn.Direction(ahead, label.Bars),
            LabelKind.Return => LabelColumn.ForwardReturn(ahead, label.Bars),
            LabelKind.Volatility => LabelColumn.ForwardVolatility(ahead, label.Bars),
            LabelKind.TripleBarrier => Barriers(high[at..(last + 1)], low[at..(last + 1)], ahead,
                DeviationBefore(close, at) * Math.Sqrt(label.Bars), label),
            LabelKind.Trade or LabelKind.Drawdown =>
                throw new ArgumentException($"the label {label} does not follow from the bars alone", nameof(label)),
        };
        return (column.Values[0], column.End[0] < 0 ? -1 : at + column.End[0]);
    }

    /// <summary>Number of earlier bars that the label of a bar needs.</summary>
    public static int Before(LabelSpec label) => label.Kind == LabelKind.TripleBarrier ? DeviationBars : 0;

    private static double DeviationBefore(ReadOnlySpan<double> close, int at) => at < DeviationBars ? double.NaN
        : LabelColumn.ForwardVolatility(close[(at - DeviationBars)..(at + 1)], DeviationBars).Values[0];

    private static LabelColumn Barriers(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, double deviation,
        LabelSpec label)
    {
        var (target, stop) = (new double[close.Length], new double[close.Length]);
        Array.Fill(target, double.NaN);
        (target[0], stop[0]) = (deviation * label.Target, deviation * label.Stop);
        return LabelColumn.TripleBarrier(high, low, close, target, stop, label.Bars);
    }

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
