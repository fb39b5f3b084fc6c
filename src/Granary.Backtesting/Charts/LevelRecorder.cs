using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Charts;

/// <summary>Records the stops and targets of a strategy's trades in one symbol, and returns them by bar.</summary>
internal sealed class LevelRecorder : IRunObserver, IProtectionObserver
{
    private readonly List<Change> _changes = [];
    private readonly List<long> _entries = [];

    /// <param name="HasEnded">Whether the trade was closed in that bar; its levels are the last ones.</param>
    private readonly record struct Change(int Trade, long Time, double Stop, double Target, bool HasEnded);

    /// <summary>Open times of the entry bars, UTC ticks, in the order in which the trades ended.</summary>
    public IReadOnlyList<long> Entries => _entries;

    /// <summary>
    /// Returns the levels of the last opened trade after the close of each bar; in the bar in which that trade is closed, its last levels.
    /// NaN if there is none.
    /// </summary>
    /// <param name="bars">All bars of the strategy's feed, oldest first.</param>
    public (double[] Stops, double[] Targets) Over(IReadOnlyList<Bar> bars)
    {
        var (stops, targets) = (new double[bars.Count], new double[bars.Count]);
        var open = new List<Change>();
        var next = 0;
        for (var i = 0; i < bars.Count; i++)
        {
            Change? ended = null;
            for (; next < _changes.Count && _changes[next].Time <= bars[i].Time; next++)
            {
                var change = _changes[next];
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

    public void OnProtection(int trade, long time, double stop, double target) =>
        _changes.Add(new Change(trade, time, stop, target, HasEnded: false));

    // The rest of the trade keeps its levels.
    public void OnClosedPart(in Trade part)
    {
    }

    public void OnTrade(in Trade trade)
    {
        _entries.Add(trade.EntryTime);
        if (trade.Reason != ExitReason.Open) _changes.Add(new Change(trade.Number, trade.ExitTime, 0, 0, HasEnded: true));
    }

    public void OnSignal(in Signal signal)
    {
    }

    public void OnSignalEnded(int number, SignalEnd end, long time)
    {
    }

    public void OnFill(in TradeFill fill)
    {
    }
}
