using Granary.Application.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Application.Simulation;

/// <summary>Reads a finished batch's events out of its event log, one strategy at a time.</summary>
internal sealed class RunEvents(BatchPlan plan, EventLog? log, IReadOnlyDictionary<int, List<Decision>> decisions,
    Func<IEnumerable<PortfolioTrade>> portfolioTrades, IReadOnlyDictionary<string, OpenedMarket> markets) : IRunEvents
{
    public IEnumerable<Trade> Trades(int strategy)
    {
        if (log is null) yield break;
        for (var chunk = 0; chunk < log.ChunkCount(strategy); chunk++)
            foreach (var trade in TradesOf(log.Read(strategy, chunk)))
                yield return trade;
    }

    private static List<Trade> TradesOf(byte[] chunk)
    {
        var trades = new List<Trade>();
        var reader = new RunEventReader(chunk);
        while (reader.Next(out var e, out _))
            if (e.Kind == RunEventKind.Trade)
                trades.Add(e.ToTrade());
        return trades;
    }

    public IEnumerable<SignalRow> Signals(int strategy)
    {
        var answers = decisions.GetValueOrDefault(strategy);
        // A signal is returned when its outcome is known, and in the order of the signals.
        var waiting = new Queue<Pending>();
        var closings = 0;
        // Of the run that the portfolio followed: its answers are to these signals.
        foreach (var (e, factors) in Events(log?.Followed(strategy) ?? strategy))
        {
            switch (e.Kind)
            {
                case RunEventKind.Signal:
                    var answer = answers is null ? Decision.WeightZero : answers[e.Number - 1];
                    waiting.Enqueue(new Pending(e.ToSignal(), answer, factors));
                    break;
                case RunEventKind.SignalEnded:
                    foreach (var p in waiting)
                        if (p.Signal.Number == e.Number)
                            p.End = e.ToSignalEnded().End;
                    break;
                case RunEventKind.Trade:
                    closings++;
                    foreach (var p in waiting)
                        if (p.Signal.Number == e.Number)
                            (p.Trade, p.Closing) = (e.ToTrade(), closings);
                    break;
            }
            while (waiting.TryPeek(out var first) && first.IsSettled) yield return waiting.Dequeue().Row;
        }
        while (waiting.TryDequeue(out var rest)) yield return rest.Row;
    }

    private sealed class Pending(Signal signal, Decision decision, double[] factors)
    {
        public Signal Signal => signal;

        public Trade? Trade { get; set; }

        public SignalEnd? End { get; set; }

        public int Closing { get; set; }

        public bool IsSettled => Trade is not null || End is not null;

        public SignalRow Row => new(signal, decision, Trade, End, factors) { Closing = Closing };
    }

    private IEnumerable<(RunEvent Event, double[] Factors)> Events(int strategy)
    {
        if (log is null) yield break;
        for (var chunk = 0; chunk < log.ChunkCount(strategy); chunk++)
        {
            var list = new List<(RunEvent, double[])>();
            var reader = new RunEventReader(log.Read(strategy, chunk));
            while (reader.Next(out var e, out var factors)) list.Add((e, factors.ToArray()));
            foreach (var item in list) yield return item;
        }
    }

    public IReadOnlyList<string> FactorNames(int strategy)
    {
        var instance = plan.Instances[strategy];
        var execution = plan.Spec.Execution.Settings;
        var series = instance.Symbols.Select(s => new MarketSeries(markets[s].Instrument, instance.Timeframe)).ToList();
        if (instance.Create() is not Engine.Strategies.MultiSymbolStrategy several)
        {
            var factors = new FactorPlan { Supply = plan.Feeds[0].Supply, Symbols = [.. instance.Symbols, .. instance.References] };
            return new StrategyRun(instance.Id, instance.Create(), series[0], instance.Trading, execution, factors).FactorNames;
        }
        var run = new MultiSymbolRun(instance.Id, several, series, instance.Trading, execution,
            [.. series.Select(_ => plan.Feeds[0].NewFactors())]);
        return run.Factors(0).FactorNames;
    }

    public IEnumerable<PortfolioTrade> PortfolioTrades() => portfolioTrades();

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
                // Twice as long bars from here on.
                var half = new List<Bar>(most);
                for (var k = 0; k < bars.Count; k += 2) half.Add(k + 1 < bars.Count ? bars[k].JoinedWith(bars[k + 1]) : bars[k]);
                bars = half;
                stride *= 2;
            }
        return bars;
    }
}
