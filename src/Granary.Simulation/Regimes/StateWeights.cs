using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Regimes;

/// <summary>
/// Keeps the weights of a portfolio at those of the states of its markets, bar by bar: <c>weights: regime</c> for a host without a
/// schedule.
/// </summary>
public sealed class StateWeights
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

    /// <param name="series">Of the bars that will be shown, by symbol: those of the data's own timeframe.</param>
    /// <param name="weights">By strategy id its weight in each of the plan's states.</param>
    public StateWeights(PortfolioRun portfolio, BatchPlan plan, Func<string, MarketSeries> series,
        IReadOnlyDictionary<string, IReadOnlyList<double>> weights)
    {
        _portfolio = portfolio;
        foreach (var instance in plan.Instances)
        {
            if (!weights.TryGetValue(instance.Id, out var own)) continue;
            // A strategy of several symbols goes by the first.
            if (!_markets.TryGetValue(instance.Symbols[0], out var market))
                _markets.Add(instance.Symbols[0], market = new Market(new RegimeTracker(series(instance.Symbols[0]), plan.Spec.Regimes!)));
            market.Members.Add((instance.Index, [.. own]));
            // Nothing is traded before there is a state.
            portfolio.SetWeight(instance.Index, 0);
        }
    }

    /// <summary>A bar has closed: signals from its close on are sized by the state that it leaves.</summary>
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
