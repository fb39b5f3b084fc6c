using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Keeps what a run tells its observer.</summary>
internal sealed class TradeRecorder : IRunObserver
{
    public List<Signal> Signals { get; } = [];

    public List<(int Number, SignalEnd End, long Time)> Ended { get; } = [];

    public List<(int Number, long Time, double Price, double Quantity, double Commission)> Entries { get; } = [];

    /// <summary>Closed trades, and those still open at the end.</summary>
    public List<Trade> Trades { get; } = [];

    public IEnumerable<Trade> Closed => Trades.Where(t => t.Reason != ExitReason.Open);

    public void OnSignal(in Signal signal) => Signals.Add(signal);

    public void OnSignalEnded(int number, SignalEnd end, long time) => Ended.Add((number, end, time));

    public void OnFill(in TradeFill fill)
    {
        Fills.Add(fill);
        if (fill.IsFirst) Entries.Add((fill.Number, fill.Time, fill.Price, fill.Quantity, fill.Commission));
    }

    /// <summary>Every fill that is reported; the only exit of a trade is not.</summary>
    public List<TradeFill> Fills { get; } = [];

    /// <summary>What was closed of trades that are open at the end.</summary>
    public List<Trade> Parts { get; } = [];

    public void OnClosedPart(in Trade part) => Parts.Add(part);

    public void OnTrade(in Trade trade) => Trades.Add(trade);
}
