using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Views;

/// <summary>Trades with a common property, such as exit reason, entry hour or side.</summary>
internal sealed class TradeGroup
{
    private readonly TradeAccumulator _trades = new();
    private double _returns;

    /// <summary>Measures net of commission, in account currency.</summary>
    public TradeMeasures Measures => _trades.Measure();

    public double AverageReturn => Measures.Trades is > 0 and var trades ? _returns / trades : double.NaN;

    /// <summary>Computes a metric of these trades.</summary>
    public double this[Metric metric] => metric.Compute(MetricInput.Of(Measures));

    public void Add(in Trade trade, double multiplier)
    {
        _trades.Add(trade.NetProfit, bars: trade.Bars);
        _returns += trade.Return(multiplier);
    }
}
