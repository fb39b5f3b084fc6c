using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Views;

/// <summary>Trades that have something in common: what ended them, their hour, their side.</summary>
internal sealed class TradeGroup
{
    private readonly TradeAccumulator _trades = new();
    private double _returns;

    /// <summary>Net of commission, account currency.</summary>
    public TradeMeasures Measures => _trades.Measure();

    public double AverageReturn => Measures.Trades is > 0 and var trades ? _returns / trades : double.NaN;

    /// <summary>A metric of these trades.</summary>
    public double this[Metric metric] => metric.Compute(MetricInput.Of(Measures));

    public void Add(in Trade trade, double multiplier)
    {
        _trades.Add(trade.NetProfit, bars: trade.Bars);
        _returns += trade.Return(multiplier);
    }
}
