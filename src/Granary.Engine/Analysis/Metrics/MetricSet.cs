namespace Granary.Engine.Analysis.Metrics;

/// <summary>
/// The metrics of one strategy, portfolio, curve or list of trades: one number for each metric of its layout. Fractions, not percent; NaN
/// where undefined. Two sets are equal where their layouts and all their values are.
/// </summary>
public sealed class MetricSet : IEquatable<MetricSet>
{
    private readonly double[] _values;

    internal MetricSet(MetricLayout layout, double[] values) => (Layout, _values) = (layout, values);

    public MetricLayout Layout { get; }

    /// <summary>In the order of the layout's metrics.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>A metric by its key; NaN where the set does not have it.</summary>
    public double this[string key] => Layout.SlotOf(key) is >= 0 and var slot ? _values[slot] : double.NaN;

    /// <inheritdoc cref="this[string]"/>
    public double this[Metric metric] => this[metric.Key];

    /// <summary>Whether the set has the metric.</summary>
    public bool Has(Metric metric) => Layout.SlotOf(metric.Key) >= 0;

    // The metrics that the platform itself uses in computations.

    public long Trades => (long)this[TradeMetrics.Trades];

    public double WinRate => this[TradeMetrics.WinRate];

    /// <summary>Net of commission, closed trades only; account currency.</summary>
    public double NetProfit => this[ReturnMetrics.NetProfit];

    public double TotalReturn => this[ReturnMetrics.TotalReturn];

    public double Cagr => this[ReturnMetrics.Cagr];

    public double FinalEquity => this[ReturnMetrics.FinalEquity];

    public double Volatility => this[RiskMetrics.Volatility];

    public double MaxDrawdown => this[RiskMetrics.MaxDrawdown];

    public double Sharpe => this[RatioMetrics.Sharpe];

    public double Sortino => this[RatioMetrics.Sortino];

    /// <summary>
    /// Whether the account lost everything and was closed: its return is −100 %, its volatility and ratios are undefined, and it ranks
    /// last.
    /// </summary>
    public bool IsRuined => FinalEquity <= 0;

    /// <summary>The place of a metric of the set among other accounts' values; a ruined account comes last.</summary>
    /// <inheritdoc cref="Metric.RankOf"/>
    public MetricRank RankOf(Metric metric, bool isMinimised = false) =>
        IsRuined ? new MetricRank(double.NaN, double.NegativeInfinity) : metric.RankOf(this[metric], TotalReturn, isMinimised);

    /// <summary>Returns the listed metrics of the set, in order.</summary>
    public IEnumerable<MetricValue> Listed()
    {
        for (var slot = 0; slot < _values.Length; slot++)
        {
            var metric = Layout.Metrics[slot];
            if (metric.Group == MetricGroup.Internal || (metric.OmitsZero && _values[slot] == 0)) continue;
            yield return new MetricValue(metric, _values[slot]);
        }
    }

    /// <summary>Returns the set with the metrics of parts that were measured later.</summary>
    /// <param name="later">Its parts are parts of <see cref="MetricParts.Later"/>.</param>
    public MetricSet With(in MetricInput later)
    {
        var layout = Layout.Catalogue.LayoutOf(Layout.Parts | later.Parts);
        var input = later with { Earlier = this };
        var metrics = layout.Metrics;
        var values = layout == Layout ? _values.AsSpan().ToArray() : new double[metrics.Length];
        for (var slot = 0; slot < values.Length; slot++)
        {
            if ((metrics[slot].Needs & later.Parts) != 0) values[slot] = metrics[slot].Compute(input);
            else if (layout != Layout) values[slot] = this[metrics[slot]];
        }
        return new MetricSet(layout, values);
    }

    public bool Equals(MetricSet? other) => other is not null && other.Layout == Layout && other._values.AsSpan().SequenceEqual(_values);

    public override bool Equals(object? obj) => Equals(obj as MetricSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in _values) hash.Add(value);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", Listed().Select(v => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{v.Metric.Key} {v.Value}")));
}
