using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Learning.Regimes;

/// <summary>A closed trade with the data for weights by state.</summary>
/// <param name="State">The combined state at the bar of its signal; −1 for none.</param>
/// <param name="Profit">Profit net of commission.</param>
internal readonly record struct RegimeTrade(string Strategy, int State, double Profit);

/// <summary>Weights of strategies by state: 1 if the strategy earned money in the state, else 0 (<c>weights: regime</c>).</summary>
internal sealed class RegimeWeights
{
    private readonly Dictionary<(string Strategy, int State), (double Weight, TradeMeasures Trades)> _cells = [];

    private RegimeWeights(int states) => States = states;

    public int States { get; }

    /// <summary>Sets the weight 1 for a strategy in each state in which its trades were profitable, otherwise 0.</summary>
    /// <param name="trades">Trades in order of closing. They must precede the period in which the weights are used.</param>
    /// <param name="leastTrades">The minimum number of trades in a state; with fewer, the weight is 0.</param>
    public static RegimeWeights Learn(IEnumerable<RegimeTrade> trades, int states, int leastTrades = 5)
    {
        var cells = new Dictionary<(string, int), TradeAccumulator>();
        foreach (var trade in trades)
        {
            if (trade.State < 0) continue;
            if (!cells.TryGetValue((trade.Strategy, trade.State), out var cell))
                cells.Add((trade.Strategy, trade.State), cell = new TradeAccumulator());
            cell.Add(trade.Profit);
        }
        var weights = new RegimeWeights(states);
        foreach (var (key, cell) in cells)
        {
            var measures = cell.Measure();
            weights._cells.Add(key, (measures.Trades >= leastTrades && Expectancy(measures) > 0 ? 1 : 0, measures));
        }
        return weights;
    }

    /// <summary>The weight; 0 for an unknown state or strategy.</summary>
    public double this[string strategy, int state] => _cells.TryGetValue((strategy, state), out var cell) ? cell.Weight : 0;

    /// <summary>Returns the results of a strategy's trades in a state; null if it never traded in it.</summary>
    public TradeMeasures? TradesOf(string strategy, int state) => _cells.TryGetValue((strategy, state), out var cell) ? cell.Trades : null;

    private static double Expectancy(in TradeMeasures trades) => TradeMetrics.Expectancy.Compute(MetricInput.Of(trades));
}
