using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Keeps what a run tells its listener.</summary>
internal sealed class TradeRecorder : IRunListener
{
    public List<Signal> Signals { get; } = [];

    public List<(int Number, SignalEnd End, long Time)> Ended { get; } = [];

    public List<(int Number, long Time, double Price, double Quantity, double Commission)> Entries { get; } = [];

    /// <summary>Closed trades, and those still open at the end.</summary>
    public List<Trade> Trades { get; } = [];

    public IEnumerable<Trade> Closed => Trades.Where(t => t.Reason != ExitReason.Open);

    /// <summary>What was closed of trades that are open at the end.</summary>
    public List<Trade> Parts { get; } = [];

    public void On(in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Signal:
                Signals.Add(e.Signal);
                break;
            case RunEventKinds.SignalEnded:
                Ended.Add((e.Number, e.SignalEnded.End, e.Time));
                break;
            case RunEventKinds.Fill when e.Fill is { IsFirst: true } fill:
                Entries.Add((fill.Number, fill.Time, fill.Price, fill.Quantity, fill.Commission));
                break;
            case RunEventKinds.ClosedPart:
                Parts.Add(e.Trade);
                break;
            case RunEventKinds.Trade:
                Trades.Add(e.Trade);
                break;
        }
    }
}
