namespace Granary.Trading.Deployments;

/// <summary>Returns that the daily log returns of a backtest lead to expect, if they are independent and normal.</summary>
internal sealed class ExpectedReturn
{
    // Two-sided 95 % quantile of the normal distribution.
    private const double Width = 1.959963984540054;

    private readonly double _mean, _deviation;

    /// <param name="days">Equity of the backtest by day.</param>
    public ExpectedReturn(IReadOnlyList<DayEquity> days)
    {
        var returns = new List<double>();
        for (var i = 1; i < days.Count; i++)
            if (days[i].Equity > 0 && days[i - 1].Equity > 0) returns.Add(Math.Log(days[i].Equity / days[i - 1].Equity));
        _mean = returns.Count == 0 ? 0 : returns.Average();
        _deviation = returns.Count < 2 ? 0 : Math.Sqrt(returns.Sum(r => (r - _mean) * (r - _mean)) / (returns.Count - 1));
    }

    /// <summary>Returns the median and the ends of the 95 % interval, as fractions.</summary>
    public (double Low, double Middle, double High) After(int days)
    {
        var (centre, half) = (_mean * days, Width * _deviation * Math.Sqrt(days));
        return (Math.Exp(centre - half) - 1, Math.Exp(centre) - 1, Math.Exp(centre + half) - 1);
    }
}
