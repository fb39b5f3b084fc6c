namespace Granary.Engine.Analysis;

/// <summary>A risk-free rate per year, as a fraction: constant, or a series of which each value is known from its time on.</summary>
internal sealed class RiskFreeRate
{
    private readonly long[] _times;
    private readonly double[] _rates;

    private RiskFreeRate(long[] times, double[] rates) => (_times, _rates) = (times, rates);

    public static RiskFreeRate None { get; } = Of(0);

    /// <summary>The same rate at all times.</summary>
    public static RiskFreeRate Of(double rate) => new([long.MinValue], [rate]);

    /// <summary>A series: the rate is 0 before its first time, and its last value holds on.</summary>
    /// <param name="times">UTC ticks, strictly increasing.</param>
    /// <param name="rates">As many.</param>
    /// <exception cref="ArgumentException">There are none, or not as many of both.</exception>
    public static RiskFreeRate Of(IReadOnlyList<long> times, IReadOnlyList<double> rates) =>
        times.Count > 0 && times.Count == rates.Count ? new([.. times], [.. rates])
            : throw new ArgumentException("a series of rates has a rate for each time, and at least one", nameof(rates));

    public bool IsConstant => _times[0] == long.MinValue;

    public bool IsNone => IsConstant && _rates[0] == 0;

    /// <summary>The rate that is known at a time, UTC ticks.</summary>
    public double At(long time)
    {
        var at = Array.BinarySearch(_times, time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 0 : _rates[at];
    }

    /// <summary>The mean over the returns of a curve.</summary>
    public double Over(EquityCurve curve)
    {
        if (IsConstant || curve.Count < 2) return _rates[0];
        var sum = 0.0;
        for (var i = 0; i + 1 < curve.Count; i++) sum += At(curve.Times[i]);
        return sum / (curve.Count - 1);
    }

    /// <summary>The figures of a curve's returns above the rate, which is that at the beginning of each of them.</summary>
    /// <param name="benchmark">Null without one.</param>
    /// <param name="periodsPerYear">Of the curve. A year's rate is divided by it.</param>
    public ExcessFigures Above(EquityCurve curve, EquityCurve? benchmark, double periodsPerYear)
    {
        var excess = Excess(curve, periodsPerYear);
        var moments = Moments.OfReturns(excess);
        var losses = 0.0;
        foreach (var r in excess) losses += Math.Min(r, 0) * Math.Min(r, 0);
        var (deviation, downside) = (moments.SampleDeviation, Math.Sqrt(losses / excess.Length));
        var scale = Math.Sqrt(periodsPerYear);
        return new ExcessFigures(deviation > 0 ? moments.Mean / deviation * scale : double.NaN,
            downside > 0 ? moments.Mean / downside * scale : double.NaN,
            benchmark is null ? double.NaN : Alpha(curve, benchmark, periodsPerYear));
    }

    // Jensen's.
    private double Alpha(EquityCurve curve, EquityCurve benchmark, double periodsPerYear)
    {
        var (own, other, _) = CurveJoin.Of(curve, benchmark);
        var (r, b) = (Excess(own, periodsPerYear), Excess(other, periodsPerYear));
        var (mine, theirs) = (Moments.OfReturns(r), Moments.OfReturns(b));
        if (!(theirs.SampleVariance > 0)) return double.NaN;
        var products = 0.0;
        for (var i = 0; i < r.Length; i++) products += (r[i] - mine.Mean) * (b[i] - theirs.Mean);
        return (mine.Mean - products / (r.Length - 1) / theirs.SampleVariance * theirs.Mean) * periodsPerYear;
    }

    private double[] Excess(EquityCurve curve, double periodsPerYear)
    {
        var excess = curve.Returns.ToArray();
        for (var i = 0; i < excess.Length; i++) excess[i] -= At(curve.Times[i]) / periodsPerYear;
        return excess;
    }
}

/// <summary>Figures of a curve's returns above the risk-free rate; NaN where undefined.</summary>
/// <param name="Alpha">Jensen's, per year; NaN without a benchmark.</param>
internal sealed record ExcessFigures(double Sharpe, double Sortino, double Alpha);
