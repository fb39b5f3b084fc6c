using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Reads the events of a finished batch from its event log, one strategy at a time.</summary>
internal sealed class RunEvents(BatchPlan plan, EventLog? log, IReadOnlyDictionary<int, List<Decision>> decisions,
    (Func<IEnumerable<PortfolioTrade>> Trades, Func<IEnumerable<(string Symbol, PortfolioFill Fill)>> Fills) portfolio,
    IReadOnlyDictionary<string, OpenedMarket> markets) : IRunEvents
{
    public IEnumerable<Trade> Trades(int strategy) =>
        log is null ? [] : log.Events(strategy).Where(e => e.IsTradeRow).Select(e => e.Trade);

    // Returns signals of the run that the portfolio followed, because its decisions refer to them.
    public IEnumerable<SignalRow> Signals(int strategy)
    {
        if (log is null) return [];
        var answers = decisions.GetValueOrDefault(strategy);
        return SignalOutcomes.Of(log, log.Followed(strategy), number => answers is null ? Decision.WeightZero : answers[number - 1]);
    }

    public IReadOnlyList<string> FactorNames(int strategy) =>
        FeedFactors.NamesOf(plan, plan.Instances[strategy], s => markets[s].Instrument);

    public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => log is null ? []
        : log.Events(strategy).Where(e => e.Kind == RunEventKinds.Roll)
            .Select(e => (plan.Instances[strategy].Symbols[e.SymbolIndex], e.Roll));

    public IEnumerable<PortfolioTrade> PortfolioTrades() => portfolio.Trades();

    public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills() => portfolio.Fills();

    public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most)
    {
        if (!markets.TryGetValue(symbol, out var market)) return [];
        var bars = new List<Bar>();
        var (stride, number) = (1, 0L);
        foreach (var block in FeedBlocks.ReadAsync(market.Series, Timeframe.Parse(timeframe), IBarSeries.DefaultBlockSize)
            .ToBlockingEnumerable())
            for (var i = 0; i < block.Count; i++)
            {
                var bar = block[i];
                if (bar.Time < plan.Spec.Data.From) continue;
                if (number++ % stride != 0)
                {
                    bars[^1] = bars[^1].JoinedWith(bar);
                    continue;
                }
                bars.Add(bar);
                if (bars.Count <= most) continue;
                // From here on, joins pairs of bars, so that each bar is twice as long.
                var half = new List<Bar>(most);
                for (var k = 0; k < bars.Count; k += 2) half.Add(k + 1 < bars.Count ? bars[k].JoinedWith(bars[k + 1]) : bars[k]);
                bars = half;
                stride *= 2;
            }
        return bars;
    }
}
