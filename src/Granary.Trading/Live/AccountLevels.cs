using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Trading.Live;

/// <summary>
/// The stops and targets of the account's open trades as they work at the venue. They follow fills, moved stops, the operator's prices,
/// splits and rolls; trailing stops also follow the bars.
/// </summary>
internal sealed class AccountLevels(AccountLedger ledger, ExecutionSettings execution, Timeframe timeframe,
    Func<string, Instrument> instrumentOf)
{
    private sealed class Held
    {
        public TradeProtection Protection;

        /// <summary>The entry price before the last fill.</summary>
        public double Basis;
    }

    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    // The operator's prices by entry, and the market time of the command.
    private readonly Dictionary<string, (Protection Terms, long Since)> _own = new(StringComparer.Ordinal);
    // Stops that a strategy moved before the first fill.
    private readonly Dictionary<string, double> _moved = new(StringComparer.Ordinal);
    // Bars that closed last: what comes with their close still happened within them, and trailing stops move after it.
    private readonly Dictionary<string, Bar> _bars = new(StringComparer.Ordinal);
    private long _close = long.MinValue;

    /// <summary>The stop and target of a trade that work now, 0 = none, and whether the stop trails the price.</summary>
    public (double Stop, double Target, bool Trails) Of(AccountTrade trade)
    {
        if (!_held.TryGetValue(trade.Entry, out var held)) return default;
        var now = held.Protection;
        if (_bars.TryGetValue(trade.Symbol, out var bar)) Follow(ref now, trade, bar, _close);
        var (stop, reason) = now.WorkingStop(trade.Side);
        return (stop, now.Target, stop > 0 && reason == ExitReason.TrailingStop);
    }

    /// <summary>Whether the stop and target of a trade are the operator's.</summary>
    public bool IsByHand(string entry) => _own.ContainsKey(entry);

    /// <summary>The operator's stop and target as they work now; 0 = none.</summary>
    public (double Stop, double Target) OwnOf(string entry) => _held.TryGetValue(entry, out var held)
        ? (held.Protection.Stop, held.Protection.Target) : (_own[entry].Terms.StopPrice, _own[entry].Terms.TargetPrice);

    /// <summary>Takes the prices of a command by hand.</summary>
    /// <param name="timestamp">Market time of the command, UTC ticks.</param>
    public void Protect(string entry, double stop, double target, long timestamp)
    {
        var terms = Protection.Fixed(stop, target);
        _own[entry] = (terms, timestamp);
        if (_held.TryGetValue(entry, out var held)) held.Protection.Replace(terms);
    }

    /// <summary>Takes the stop of a strategy that was sent to the venue.</summary>
    public void Move(string entry, double price)
    {
        if (_own.ContainsKey(entry)) return;
        if (_held.TryGetValue(entry, out var held)) held.Protection.Stop = price;
        else if (ledger.TradeOf(entry) is null) _moved[entry] = price;
    }

    /// <summary>Takes what the venue reported of a trade, after it was booked.</summary>
    public void Take(AccountTrade trade, BrokerEvent e)
    {
        if (!(trade.Open > 0))
        {
            _held.Remove(trade.Entry);
            return;
        }
        var instrument = instrumentOf(trade.Symbol);
        if (!_held.TryGetValue(trade.Entry, out var held))
        {
            _held.Add(trade.Entry, held = new Held());
            Start(ref held.Protection, trade, instrument);
        }
        else if (e.Split is { } split && IsSince(trade, split.At))
            held.Protection.Split(split.Ratio, trade.Quantity / split.Ratio, instrument);
        else if (e.Roll is { } roll && IsSince(trade, roll.At)) held.Protection.Roll(ChangeOf(instrument, roll), instrument);
        else if (e.Fill is { Leg: "target" } taken)
            held.Protection.Take(taken.Quantity, trade.Side, trade.Basis, trade.Quantity, instrument);
        else if (e.Fill is { Leg: "" } fill && fill.ClientId == trade.Entry)
            held.Protection.Follow(trade.Side, held.Basis, trade.Basis, trade.Quantity, instrument);
        held.Basis = trade.Basis;
    }

    // A command may be written before a report that was booked before it; its prices are those after the split or the roll.
    private bool IsSince(AccountTrade trade, long at) => !_own.TryGetValue(trade.Entry, out var own) || at >= own.Since;

    private void Start(ref TradeProtection protection, AccountTrade trade, Instrument instrument)
    {
        protection.Start(ledger.Find(trade.Entry)!.Order.Protection, trade.Side, trade.Basis, trade.Quantity, instrument);
        if (_moved.Remove(trade.Entry, out var stop)) protection.Stop = stop;
        if (_own.TryGetValue(trade.Entry, out var own)) protection.Replace(own.Terms);
    }

    // The prices of the report are those of the venue's own orders; levels move by the prices of the contracts.
    private static ListingChange ChangeOf(Instrument instrument, BrokerRoll roll)
    {
        for (var i = instrument.Changes.Count - 1; i >= 0; i--)
            if (instrument.Changes[i] is var change && change.From == roll.From && change.To == roll.To) return change;
        return new ListingChange(roll.At, roll.From, roll.To, ListingChangeKind.Roll, roll.OldPrice, roll.NewPrice);
    }

    /// <summary>Takes the bars that close at one time.</summary>
    /// <param name="close">UTC ticks.</param>
    public void Begin(long close, IReadOnlyList<ClosedBar> bars)
    {
        _close = close;
        foreach (var bar in bars) _bars[bar.Symbol] = bar.Bar;
    }

    /// <summary>
    /// Moves market time on. Call it before a fact of this time is booked, in a session and in the replay of its journal alike.
    /// </summary>
    /// <param name="timestamp">UTC ticks.</param>
    public void Reach(long timestamp)
    {
        if (timestamp <= _close || _bars.Count == 0) return;
        foreach (var trade in ledger.ActiveTrades)
            if (_held.TryGetValue(trade.Entry, out var held) && held.Protection.IsMoving && _bars.TryGetValue(trade.Symbol, out var bar))
                Follow(ref held.Protection, trade, bar, bar.Time);
        _bars.Clear();
    }

    // Moves a trailing stop after a bar, and lowers a target with the age of the trade.
    private void Follow(ref TradeProtection protection, AccountTrade trade, in Bar bar, long now)
    {
        if (trade.EntryTime >= timeframe.CloseOf(bar.Time)) return;
        var instrument = instrumentOf(trade.Symbol);
        if (protection.Terms.HasTrail)
            protection.Trail(trade.Side, trade.Basis, bar, trade.EntryTime < bar.Time || IsEnteredAtOpen(trade), instrument);
        protection.Fall(trade.Side, trade.Basis, now - trade.EntryTime, instrument);
    }

    private bool IsEnteredAtOpen(AccountTrade trade) => execution.Fill != FillTiming.SameClose
        && ledger.Find(trade.Entry)?.Order.Type == OrderType.Market;
}
