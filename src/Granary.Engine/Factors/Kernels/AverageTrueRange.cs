namespace Granary.Engine.Factors.Kernels;

/// <summary>Wilder's average of the true range: the recursion behind atr, natr, keltner, supertrend, chandelier.</summary>
internal struct AverageTrueRange(int n) : IBarFold
{
    private ExponentialAverage _average = new(n, 1.0 / n);
    private double _previous = double.NaN;

    /// <summary>Takes the next bar; NaN until n true ranges, that is n + 1 bars, have come.</summary>
    public double Next(double high, double low, double close)
    {
        var first = double.IsNaN(_previous);
        var range = TrueRanges.Of(high, low, _previous);
        _previous = close;
        return first ? double.NaN : _average.Next(range);
    }

    /// <summary>The same for a run of bars.</summary>
    public void Next(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, Span<double> results)
    {
        var first = double.IsNaN(_previous) ? 1 : 0;
        TrueRanges.Of(high, low, close, _previous, results);
        _previous = close[^1];
        _average.Next(results[first..], results[first..]);
    }

    public void Next(in FactorInput bars, Span<double> results) => Next(bars.High, bars.Low, bars.Close, results);
}
