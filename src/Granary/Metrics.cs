using System.Collections;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;

namespace Granary;

/// <summary>
/// Metrics of an account by their keys, which are those of <c>results.json</c>. Fractions, not percent; NaN where undefined.
/// </summary>
public sealed class Metrics : IReadOnlyCollection<KeyValuePair<string, double>>
{
    private readonly MetricSet _values;

    internal Metrics(MetricSet values) => _values = values;

    /// <summary>Mean over standard deviation of the returns, per year.</summary>
    public double Sharpe => _values.Sharpe;

    /// <summary>Profit over the starting cash.</summary>
    public double TotalReturn => _values.TotalReturn;

    /// <summary>Compound return of a year.</summary>
    public double Cagr => _values.Cagr;

    /// <summary>Greatest fall from a peak, as a positive fraction of it.</summary>
    public double MaxDrawdown => _values.MaxDrawdown;

    /// <summary>Equity after the last bar, account currency.</summary>
    public double FinalEquity => _values.FinalEquity;

    /// <summary>Closed trades.</summary>
    public long Trades => _values.Trades;

    /// <inheritdoc/>
    public int Count => _values.Listed().Count();

    /// <summary>A metric by its key, such as <c>profitFactor</c>; NaN if the account does not have it.</summary>
    /// <exception cref="InputException">No metric has this key.</exception>
    public double this[string key]
    {
        get
        {
            var known = _values.Layout.Catalogue;
            if (known.Find(key) is { } metric) return _values[metric];
            throw new InputException($"there is no metric '{key}'; "
                + (Spelling.Nearest(key, known.All.Select(m => m.Key)) is { } near ? $"did you mean '{near}'?" : "the page of the metrics lists them"));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() =>
        _values.Listed().Select(m => KeyValuePair.Create(m.Metric.Key, m.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
