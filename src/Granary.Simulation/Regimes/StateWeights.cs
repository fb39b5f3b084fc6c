using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Regimes;

/// <summary>
/// Sets a portfolio's weights by its markets' regime states, bar by bar. It implements <c>weights: regime</c> for a host without a
/// schedule.
/// </summary>
internal sealed class StateWeights
{
    private readonly PortfolioRun _portfolio;
    private readonly Dictionary<string, Market> _markets = new(StringComparer.Ordinal);

    private sealed class Market(RegimeTracker tracker)
    {
        public RegimeTracker Tracker => tracker;

        public List<(int Strategy, double[] Weights)> Members { get; } = [];

        public long Bars { get; set; }

        public int State { get; set; } = -1;
    }

    /// <param name="series">Returns the series of a symbol at the data's own timeframe.</param>
    /// <param name="weights">Weights in each of the plan's states, by strategy id.</param>
    public StateWeights(PortfolioRun portfolio, BatchPlan plan, Func<string, MarketSeries> series,
        IReadOnlyDictionary<string, IReadOnlyList<double>> weights)
    {
        _portfolio = portfolio;
        foreach (var instance in plan.Instances)
        {
            if (!weights.TryGetValue(instance.Id, out var own)) continue;
            // A multi-symbol strategy uses the state of its first symbol.
            if (!_markets.TryGetValue(instance.Symbols[0], out var market))
                _markets.Add(instance.Symbols[0], market = new Market(new RegimeTracker(series(instance.Symbols[0]), plan.Spec.Regimes!)));
            market.Members.Add((instance.Index, [.. own]));
            // The strategy does not trade before there is a state.
            portfolio.SetWeight(instance.Index, 0);
        }
    }

    /// <summary>Processes a closed bar. The resulting state sizes signals from the bar's close on.</summary>
    public void Take(string symbol, in Bar bar)
    {
        if (!_markets.TryGetValue(symbol, out var market)) return;
        market.Tracker.Next(BarBlock.FromBars(market.Bars++, [bar]));
        var state = market.Tracker.States[0];
        if (state == market.State) return;
        market.State = state;
        foreach (var (strategy, weights) in market.Members) _portfolio.SetWeight(strategy, state < 0 ? 0 : weights[state]);
    }
}
