namespace Granary.Engine.Factors.Kernels;

/// <summary>The last <c>n</c> one-bar logarithmic returns, oldest first: what skew, kurtosis, hurst and entropy look at.</summary>
internal struct ReturnWindow(int n)
{
    private RollingWindow _window = new(n);
    private double _previous = double.NaN;

    public readonly ReadOnlySpan<double> Values => _window.Values;

    /// <summary>Takes the next close; true once n returns are there.</summary>
    public bool Add(double close)
    {
        var before = _previous;
        _previous = close;
        if (double.IsNaN(before)) return false;
        _window.Add(Math.Log(close / before));
        return _window.IsFull;
    }
}
