using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.Resampling;

/// <summary>
/// Draws records of the law of an account's returns. A path of the account's own returns would take their mean and deviation for those of
/// the law, and its band would be too narrow by a factor of √2. So each path first draws another record, of mean m* and deviation s*, then
/// its returns r, and contains mean + (r − m*)·s/s*: the bootstrap-t for a prediction (Davison and Hinkley, Bootstrap Methods and their
/// Application, 1997, section 6.3.3).
/// </summary>
internal sealed class ReturnLaw
{
    // A record drawn from few returns may have almost no deviation.
    private const double MostScale = 3, MostWidening = 2;

    private readonly double[] _deviations;
    private readonly double _mean, _deviation, _widening;

    public ReturnLaw(ReadOnlySpan<double> returns)
    {
        _deviations = new double[returns.Length];
        foreach (var r in returns) _mean += r;
        _mean /= returns.Length;
        for (var i = 0; i < _deviations.Length; i++)
        {
            _deviations[i] = returns[i] - _mean;
            _deviation += _deviations[i] * _deviations[i];
        }
        _deviation = Math.Sqrt(_deviation / _deviations.Length);
        (MeanBlock, var longRun) = BlockLength.Choose(returns);
        _widening = Math.Sqrt(Math.Clamp(longRun / OfBlocks(_deviations, MeanBlock), 1, MostWidening));
    }

    /// <summary>Expected length of a block, in returns.</summary>
    public double MeanBlock { get; }

    /// <summary>Draws the returns of a path.</summary>
    /// <param name="order">Working memory of as many places as there are returns.</param>
    public void Draw(StationaryBootstrap bootstrap, Span<int> order, Span<double> returns)
    {
        bootstrap.NextOrder(order);
        double sum = 0, squares = 0;
        foreach (var i in order)
        {
            var d = _deviations[i];
            sum += d;
            squares += d * d;
        }
        var mean = sum / order.Length;
        var variance = squares / order.Length - mean * mean;
        var scale = Variation.IsNoneOfSums(variance, squares / order.Length) ? MostScale
            : Math.Min(_deviation / Math.Sqrt(variance), MostScale);
        scale *= _widening;
        bootstrap.NextOrder(order);
        for (var t = 0; t < order.Length; t++) returns[t] = _mean + scale * (_deviations[order[t]] - mean);
    }

    // The long-run variance of the resampled series as a multiple of the variance (Politis and Romano 1994, lemma 1): blocks end, and with
    // them the correlation, so that it is smaller than that of the record.
    private static double OfBlocks(double[] deviations, double meanBlock)
    {
        var n = deviations.Length;
        double variance = 0;
        foreach (var d in deviations) variance += d * d;
        if (Variation.IsNoneSquared(variance / n, Variation.OfReturns) || meanBlock <= 1) return 1;
        var (goesOn, sum) = (1.0, variance);
        // Later terms weigh less than a millionth; on the circle, the distance of two returns is at most half of them.
        for (var lag = 1; lag <= n / 2; lag++)
        {
            goesOn *= 1 - 1 / meanBlock;
            if (goesOn < 1e-6) break;
            double product = 0;
            for (var t = 0; t < n; t++) product += deviations[t] * deviations[t + lag < n ? t + lag : t + lag - n];
            sum += 2 * goesOn * product;
        }
        return sum / variance;
    }
}
