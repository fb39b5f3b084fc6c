using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Charts;

/// <summary>Records the stops and targets of a strategy's trades, and returns those in a symbol by bar.</summary>
internal sealed class LevelRecorder : IRunListener
{
    private readonly List<Change> _changes = [];
    private readonly List<long> _entries = [];

    /// <param name="HasEnded">Whether the trade was closed in that bar; its levels are the last ones.</param>
    private readonly record struct Change(int Symbol, int Trade, long Time, double Stop, double Target, bool HasEnded);

    /// <summary>Open times of the entry bars, UTC ticks, in the order in which the trades ended.</summary>
    public IReadOnlyList<long> Entries => _entries;

    /// <summary>
    /// Returns the levels of the last opened trade after the close of each bar; in the bar in which that trade is closed, its last levels.
    /// NaN if there is none.
    /// </summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    /// <param name="bars">All bars of the strategy's feed, oldest first.</param>
    public (double[] Stops, double[] Targets) Over(int symbol, IReadOnlyList<Bar> bars)
    {
        var (stops, targets) = (new double[bars.Count], new double[bars.Count]);
        var changes = _changes.FindAll(c => c.Symbol == symbol);
        var open = new List<Change>();
        var next = 0;
        for (var i = 0; i < bars.Count; i++)
        {
            Change? ended = null;
            for (; next < changes.Count && changes[next].Time <= bars[i].Time; next++)
            {
                var change = changes[next];
                var at = open.FindIndex(c => c.Trade == change.Trade);
                if (!change.HasEnded && at >= 0) open[at] = change;
                else if (!change.HasEnded) open.Add(change);
                else if (at >= 0)
                {
                    ended = open[at];
                    open.RemoveAt(at);
                }
            }
            var shown = open.Count > 0 ? open[^1] : ended;
            stops[i] = shown is { Stop: > 0 and var stop } ? stop : double.NaN;
            targets[i] = shown is { Target: > 0 and var target } ? target : double.NaN;
        }
        return (stops, targets);
    }

    public RunEventKinds Kinds => RunEventKinds.Levels | RunEventKinds.Trade;

    public void On(in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Levels when e.Levels is var levels:
                _changes.Add(new Change(e.SymbolIndex, e.Number, e.Time, levels.Stop, levels.Target, HasEnded: false));
                break;
            // The rest of a trade that was closed in part keeps its levels.
            case RunEventKinds.Trade when e.Trade is var trade:
                _entries.Add(trade.EntryTime);
                if (e.IsClosedTrade) _changes.Add(new Change(e.SymbolIndex, e.Number, e.Time, 0, 0, HasEnded: true));
                break;
        }
    }
}
