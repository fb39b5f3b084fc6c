namespace Granary.Engine.Analysis;

/// <summary>Makes many <see cref="MeanInterval"/>s: each quantile of Student's t is computed once. For one thread.</summary>
internal sealed class MeanIntervals
{
    private readonly Dictionary<int, double> _quantiles = [];

    /// <inheritdoc cref="MeanInterval.Of(IReadOnlyList{double}, double)"/>
    public MeanInterval Of(IReadOnlyList<double> values, double magnitude = 0) => MeanInterval.Of(values, Quantile, magnitude);

    private double Quantile(int freedom)
    {
        if (!_quantiles.TryGetValue(freedom, out var quantile)) _quantiles[freedom] = quantile = MeanInterval.Quantile(freedom);
        return quantile;
    }
}
