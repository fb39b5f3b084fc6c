using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Passes;

/// <summary>
/// Converts recorded trades to run events on the bars of their market. The signal of a trade is at the close before the bar of its entry.
/// Entry and exit are booked at their bars, at the recorded prices.
/// </summary>
/// <param name="instance">The strategy of the trades.</param>
/// <param name="trades">Trades in any order; those that begin before the strategy trades are left out.</param>
/// <param name="bars">Bars of the market, oldest first; open trades are marked at the last close.</param>
internal sealed class TradeReplay(StrategyInstance instance, IReadOnlyList<ReplayedTrade> trades, IReadOnlyList<Bar> bars)
{
    private readonly long[] _times = [.. bars.Select(b => b.Time)];

    /// <summary>Value in quote currency of a price move of 1 for one unit.</summary>
    public required double Multiplier { get; init; }

    /// <summary>The value of the quote currency in the account's.</summary>
    public RateSeries Rates { get; init; } = RateSeries.None;

    /// <summary>Factor for the recorded costs.</summary>
    public double CostFactor { get; init; } = 1;

    private enum Step
    {
        Exiting,
        Signal,
        Exit,
        Entry,
        // Exit of a trade that was entered in the same bar.
        LaterExit,
    }

    /// <summary>Writes the events in the order that a portfolio expects.</summary>
    /// <returns>Number of signals.</returns>
    /// <exception cref="InputException">A trade is outside the period of the bars.</exception>
    public int Write(RunEventWriter writer)
    {
        var taken = trades.Where(t => BarOf(t.EntryTime) >= instance.Trading.TradeFrom).OrderBy(t => BarOf(t.EntryTime))
            .ThenBy(t => t.EntryTime).ToList();
        var steps = new List<(long Timestamp, Step Step, int Number)>();
        for (var i = 0; i < taken.Count; i++) steps.AddRange(StepsOf(taken[i], i + 1));
        // Signals are made at a bar's close; entries and exits follow at the next open.
        foreach (var (_, step, number) in steps.OrderBy(s => s.Timestamp).ThenBy(s => s.Step).ThenBy(s => s.Number))
            Write(writer, step, number, taken[number - 1]);
        for (var i = 0; i < taken.Count; i++)
            if (taken[i].ExitTime is null)
                writer.On(RunEvent.Of(TradeOf(taken[i], i + 1)));
        writer.End();
        return taken.Count;
    }

    private IEnumerable<(long, Step, int)> StepsOf(ReplayedTrade trade, int number)
    {
        var entry = BarOf(trade.EntryTime);
        yield return (entry, Step.Signal, number);
        yield return (entry, Step.Entry, number);
        if (trade.ExitTime is not { } at) yield break;
        var exit = BarOf(at);
        if (exit > entry) yield return (exit, Step.Exiting, number);
        yield return (exit, exit > entry ? Step.Exit : Step.LaterExit, number);
    }

    private void Write(RunEventWriter writer, Step step, int number, in ReplayedTrade trade)
    {
        var entry = BarOf(trade.EntryTime);
        switch (step)
        {
            case Step.Signal:
                writer.On(RunEvent.Of(new Signal(number, instance.Timeframe.OpenOf(entry), trade.Side, OrderType.Market, trade.EntryPrice,
                    trade.Quantity, 0, 0, long.MaxValue)
                { SizedOn = trade.SizedOn, IsByHand = true }));
                break;
            case Step.Exiting:
                writer.On(RunEvent.Of(new ExitingEvent(number, instance.Timeframe.OpenOf(BarOf(trade.ExitTime!.Value)), IsByHand: true)));
                break;
            case Step.Entry:
                writer.On(RunEvent.Of(new TradeFill(number, entry, trade.EntryPrice, trade.Quantity, EntryCosts(trade), default,
                    IsEntry: true, IsFirst: true, IsMaker: false)
                { IsByHand = true, IsAtOpen = step == Step.Entry }));
                break;
            case Step.Exit or Step.LaterExit:
                writer.On(RunEvent.Of(new TradeFill(number, BarOf(trade.ExitTime!.Value), trade.ExitPrice, trade.Quantity,
                    Costs(trade) - EntryCosts(trade), default, IsEntry: false, IsFirst: false, IsMaker: false)
                { IsByHand = true, OpenBefore = trade.Quantity, IsAtOpen = step == Step.Exit, Reason = trade.Reason }));
                writer.On(RunEvent.Of(TradeOf(trade, number)));
                break;
        }
    }

    // A file contains the costs of a whole trade; the entry pays its share by notional.
    private double EntryCosts(in ReplayedTrade trade) =>
        Costs(trade) * (trade.ExitTime is null ? 1 : trade.EntryPrice / (trade.EntryPrice + trade.ExitPrice));

    private double Costs(in ReplayedTrade trade) => FeeModel.Worse(trade.Commission, CostFactor);

    private Trade TradeOf(in ReplayedTrade trade, int number)
    {
        var (entry, exit) = (BarOf(trade.EntryTime), trade.ExitTime is { } at ? BarOf(at) : _times[^1]);
        var price = trade.ExitTime is null ? bars[^1].Close : trade.ExitPrice;
        var (fall, rise) = Reach(trade, NumberOf(entry), NumberOf(exit), price);
        return new Trade(number, trade.Side, trade.Quantity, instance.Timeframe.OpenOf(entry), entry, trade.EntryPrice, exit, price,
            (int)trade.Side * (price - trade.EntryPrice) * trade.Quantity * Multiplier, Costs(trade), NumberOf(exit) - NumberOf(entry),
            trade.Reason, trade.Side == Side.Buy ? fall : rise, trade.Side == Side.Buy ? rise : fall).In(Rates.At(exit));
    }

    // Largest fall and rise of the price from the entry on, as fractions of the entry price. The entry bar counts if the entry was at its
    // open.
    private (double Fall, double Rise) Reach(in ReplayedTrade trade, int entry, int exit, double price)
    {
        var (low, high) = (Math.Min(trade.EntryPrice, price), Math.Max(trade.EntryPrice, price));
        for (var i = bars[entry].Open == trade.EntryPrice ? entry : entry + 1; i < exit; i++)
            (low, high) = (Math.Min(low, bars[i].Low), Math.Max(high, bars[i].High));
        return ((trade.EntryPrice - low) / trade.EntryPrice, (high - trade.EntryPrice) / trade.EntryPrice);
    }

    private long BarOf(long time)
    {
        var bar = instance.Timeframe.Floor(time);
        if (_times.Length > 0 && bar >= _times[0] && bar <= _times[^1]) return bar;
        throw new InputException(string.Create(CultureInfo.InvariantCulture,
            $"a trade at {new DateTime(time):yyyy-MM-dd HH:mm} lies outside the bars of {instance.Symbol}; give bars over the whole time "
                + $"of the trades"));
    }

    private int NumberOf(long time)
    {
        var at = Array.BinarySearch(_times, time);
        return at < 0 ? ~at - 1 : at;
    }
}
