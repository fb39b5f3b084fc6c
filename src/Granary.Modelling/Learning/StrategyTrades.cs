using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Collects the closed trades of a batch's strategies with their models' predictions while a host runs them.</summary>
internal sealed class StrategyTrades : IEventSink
{
    private readonly List<FilteredTrade>?[] _trades;
    private readonly Dictionary<int, (double Prediction, double SizeFactor)>?[] _open;
    private readonly double[] _multipliers;
    private readonly int[] _next;

    private StrategyTrades(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        _trades = new List<FilteredTrade>[plan.Instances.Count];
        _open = new Dictionary<int, (double, double)>[plan.Instances.Count];
        _next = new int[plan.Instances.Count];
        // A strategy whose market has no bars here has no trades, so its multiplier does not matter.
        _multipliers =
            [.. plan.Instances.Select(i => markets.TryGetValue(i.Symbols[0], out var market) ? market.Instrument.Multiplier : 1)];
    }

    public static async Task<StrategyTrades> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IBatchHost host,
        Func<StrategyInstance, bool> include, CancellationToken cancellationToken)
    {
        var trades = new StrategyTrades(plan, markets);
        await host.RunAsync(new StrategyPass(plan, markets) { Include = include, Events = trades }, cancellationToken);
        return trades;
    }

    /// <summary>Returns a strategy's trades in the order of closing.</summary>
    public IReadOnlyList<FilteredTrade> Of(int strategy) => _trades[strategy] ?? [];

    // The chunks of one strategy arrive one at a time, so its lists need no lock. A repeated chunk has the same content and is skipped.
    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        if (chunk < _next[strategy]) return;
        _next[strategy] = chunk + 1;
        var reader = new RunEventReader(events);
        while (reader.Next(out var e))
            switch (e.Kind)
            {
                case RunEventKinds.Signal:
                    var signal = e.Signal;
                    (_open[strategy] ??= []).Add(signal.Number, (signal.Prediction, signal.SizeFactor));
                    break;
                case RunEventKinds.SignalEnded:
                    _open[strategy]?.Remove(e.Number);
                    break;
                case RunEventKinds.Trade:
                    var trade = e.Trade;
                    if (_open[strategy] is { } open && open.Remove(e.Number, out var said) && trade.Reason != ExitReason.Open)
                        (_trades[strategy] ??= []).Add(FilteredTrade.Of(trade, said.Prediction, said.SizeFactor,
                            _multipliers[strategy]));
                    break;
            }
    }

    // The host answers for whole runs; a trade that is still open does not count.
    public void End(int strategy, in EventTally tally)
    {
    }

    /// <summary>Labels the bar of each trade's signal: 1 if the trade made a profit after commission, otherwise 0.</summary>
    /// <returns>Labels, sides, and the labelled bars. If two trades start from one bar, the first one counts.</returns>
    public (LabelColumn Label, double[] Sides, IReadOnlyList<int> Bars) LabelOf(int strategy, FeatureTable features)
    {
        var values = new double[features.Bars];
        var end = new int[features.Bars];
        var sides = new double[features.Bars];
        Array.Fill(values, double.NaN);
        Array.Fill(end, -1);
        var bars = new SortedSet<int>();
        foreach (var (trade, _, _, _) in Of(strategy).OrderBy(t => t.Trade.Number))
        {
            var bar = Array.BinarySearch(features.Time, trade.SignalTime);
            var exit = Array.BinarySearch(features.Time, trade.ExitTime);
            if (bar < 0 || exit < 0 || !bars.Add(bar)) continue;
            (values[bar], end[bar], sides[bar]) = (trade.NetProfit > 0 ? 1 : 0, exit, (int)trade.Side);
        }
        return (new LabelColumn(values, end), sides, [.. bars]);
    }
}
