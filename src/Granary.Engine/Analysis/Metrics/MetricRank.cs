namespace Granary.Engine.Analysis.Metrics;

/// <summary>
/// The place of a metric among the same metric of other accounts; higher is better. An undefined metric has a place too: above all values
/// if the account has lost nothing, below all if it has traded nothing. The total return decides among undefined ones, and ruined accounts
/// come last. See <see cref="Metric.RankOf"/> and <see cref="MetricSet.RankOf"/>.
/// </summary>
public readonly record struct MetricRank : IComparable<MetricRank>
{
    // Infinite without a loss, NaN without a trade.
    private readonly double _value;
    // Zero if the metric is defined, so that the order of the batch decides among equal ones.
    private readonly double _return;

    internal MetricRank(double value, double totalReturn) =>
        (_value, _return) = (value, double.IsFinite(value) ? 0 : totalReturn);

    /// <summary>Whether the account may be chosen: its metric is defined, or undefined because nothing was lost.</summary>
    public bool IsKnown => !double.IsNaN(_value);

    public int CompareTo(MetricRank other) =>
        _value.CompareTo(other._value) is var order and not 0 ? order : _return.CompareTo(other._return);

    public static bool operator <(MetricRank a, MetricRank b) => a.CompareTo(b) < 0;

    public static bool operator >(MetricRank a, MetricRank b) => a.CompareTo(b) > 0;

    public static bool operator <=(MetricRank a, MetricRank b) => a.CompareTo(b) <= 0;

    public static bool operator >=(MetricRank a, MetricRank b) => a.CompareTo(b) >= 0;
}
