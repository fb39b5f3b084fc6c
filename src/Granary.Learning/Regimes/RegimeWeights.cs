using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Learning.Regimes;

/// <summary>A closed trade as far as weights by state go.</summary>
/// <param name="State">The state of the whole at the bar of its signal; −1 for none.</param>
/// <param name="Profit">Net of commission.</param>
public readonly record struct RegimeTrade(string Strategy, int State, double Profit);

/// <summary>Which strategies may trade in which state (<c>weights: regime</c>).</summary>
public sealed class RegimeWeights
{
    private readonly Dictionary<(string Strategy, int State), (double Weight, TradeMeasures Trades)> _cells = [];

    private RegimeWeights(int states) => States = states;

    public int States { get; }

    /// <summary>1 for a strategy in a state in which its trades earned money, 0 else.</summary>
    /// <param name="trades">In order of closing. They must come from before the time in which the weights are used.</param>
    /// <param name="leastTrades">Fewer trades in a state prove nothing: weight 0.</param>
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

    /// <summary>0 for a state, or a strategy, that was never seen.</summary>
    public double this[string strategy, int state] => _cells.TryGetValue((strategy, state), out var cell) ? cell.Weight : 0;

    /// <summary>What a strategy did in a state; null where it never traded in it.</summary>
    public TradeMeasures? TradesOf(string strategy, int state) => _cells.TryGetValue((strategy, state), out var cell) ? cell.Trades : null;

    private static double Expectancy(in TradeMeasures trades) => TradeMetrics.Expectancy.Compute(MetricInput.Of(trades));
}
