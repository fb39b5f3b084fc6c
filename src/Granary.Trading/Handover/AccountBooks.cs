using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Handover;

/// <summary>What the journal of an account says: its configuration, its open trades, and the last bars.</summary>
internal sealed class AccountBooks
{
    private AccountBooks(IReadOnlyList<JournalEvent> events, SessionStarted started)
    {
        Started = started;
        LastSwitch = events.OfType<DeploymentSwitched>().LastOrDefault();
        Switches = events.OfType<DeploymentSwitched>().Count();
        foreach (var e in events)
        {
            Ledger.Apply(e);
            if (e is BarsTaken taken)
            {
                Timestamp = taken.Timestamp;
                foreach (var bar in taken.Bars) LastClose[bar.Series] = bar.Close;
            }
        }
    }

    /// <summary>The last start, with the configuration that sessions trade now.</summary>
    public SessionStarted Started { get; }

    /// <summary>Null where the account was never handed over.</summary>
    public DeploymentSwitched? LastSwitch { get; }

    public int Switches { get; }

    /// <summary>Market time that was reached, UTC ticks.</summary>
    public long Timestamp { get; }

    /// <summary>By the number of the series.</summary>
    public Dictionary<int, double> LastClose { get; } = [];

    /// <summary>Its cash counts from 0; only orders and trades are used.</summary>
    public AccountLedger Ledger { get; } = new(0, _ => 1);

    /// <summary>Open trades, and entries that wait without one: the entry's id, strategy, symbol.</summary>
    public IEnumerable<(TrackedOrder Entry, AccountTrade? Trade)> Open()
    {
        foreach (var trade in Ledger.ActiveTrades) yield return (Ledger.Find(trade.Entry)!, trade);
        foreach (var order in Ledger.OpenOrders)
            if (order.Order.Closes is null && !order.State.IsFinal() && Ledger.TradeOf(order.Order.ClientId) is not { Open: > 0 })
                yield return (order, null);
    }

    /// <summary>Null where no session has started on the journal.</summary>
    public static AccountBooks? Read(IReadOnlyList<JournalEvent> events) =>
        events.Aggregate((SessionStarted?)null, LiveSession.LastStart) is { } started ? new AccountBooks(events, started) : null;
}
