using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// Passes the events of a strategy to a portfolio, whose bars it reports at their times: events within bars first, then the bars, then what
/// the strategy asks for at the close.
/// </summary>
/// <param name="bars">All bars of the strategy's symbol.</param>
internal sealed class PortfolioFollower(PortfolioRun run, Timeframe timeframe, Bar[] bars) : IRunListener
{
    // What has ended within the bar: the portfolio's own bar comes first.
    private readonly List<RunEvent> _within = [];
    private int _next;

    public void On(in RunEvent e)
    {
        if (e.IsEndOfRun) return;
        var time = e.Kind == RunEventKinds.Order ? long.MinValue : e.Time;
        while (_next < bars.Length && (bars[_next].Time < time || e.IsAtClose && bars[_next].Time == time)) Close();
        switch (e.Kind)
        {
            case RunEventKinds.Signal:
                // It is to take the strategy's own quantity.
                run.OnSignal(0, e.Signal with { SizedOn = 0 });
                break;
            // An entry that has ended in part has filled before, maybe at the open of this bar.
            case RunEventKinds.EntryEnded when !IsClosed(time): _within.Add(e); break;
            case RunEventKinds.SignalEnded or RunEventKinds.EntryEnded: run.OnEntryEnded(0, e.Number); break;
            case RunEventKinds.Exiting: run.OnExiting(0, e.Exiting); break;
            case RunEventKinds.StopMoved: run.OnStopMoved(0, e.StopMoved); break;
            case RunEventKinds.Fill when e.Fill.IsByHand: run.OnFill(0, e.Fill); break;
            case RunEventKinds.Trade when e.IsClosedTrade:
                if (IsClosed(time)) run.OnTrade(0, e.Trade);
                else _within.Add(e);
                break;
        }
    }

    /// <summary>Reports the bars after the last event.</summary>
    public void End()
    {
        while (_next < bars.Length) Close();
        run.Revalue(bars[^1].Time);
    }

    private bool IsClosed(long time) => _next > 0 && bars[_next - 1].Time == time;

    private void Close()
    {
        // A host closes a row after the signals at its closes.
        if (_next > 0) run.Revalue(bars[_next - 1].Time);
        run.OnBar(0, timeframe, BarBlock.FromBars(_next, bars.AsSpan(_next, 1)), 0);
        run.Process();
        foreach (var e in _within)
            if (e.Kind == RunEventKinds.Trade) run.OnTrade(0, e.Trade);
            else run.OnEntryEnded(0, e.Number);
        _within.Clear();
        run.Revalue(bars[_next].Time);
        run.CheckEnd();
        _next++;
    }
}
