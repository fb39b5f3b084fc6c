using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>Compares the actions of a strategy before a time, from the event chunks of two runs.</summary>
internal static class StrategyPast
{
    /// <param name="known">Only events before this time are compared, UTC ticks.</param>
    /// <returns>The first difference as a sentence; null if there is none.</returns>
    public static string? Difference(IReadOnlyList<byte[]> truth, IReadOnlyList<byte[]> other, long known)
    {
        using var a = Before(truth, known).GetEnumerator();
        using var b = Before(other, known).GetEnumerator();
        while (true)
        {
            var (more, others) = (a.MoveNext(), b.MoveNext());
            if (!more && !others) return null;
            var (x, y) = (a.Current, b.Current);
            if (!more) return $"it made one more {Name(y.Kind)} at {Text(y.Time)} when only later bars were changed";
            if (!others) return $"its {Name(x.Kind)} at {Text(x.Time)} went away when only later bars were changed";
            if (!x.SameAs(y)) return $"its {Name(x.Kind)} at {Text(x.Time)} changed when only later bars were changed";
        }
    }

    private static string Name(RunEventKinds kind) => kind switch
    {
        RunEventKinds.SignalEnded => "end of a signal",
        RunEventKinds.ClosedPart => "partial exit",
        RunEventKinds.EntryEnded => "end of an entry",
        RunEventKinds.EntryCut => "reduced entry",
        RunEventKinds.Exiting => "exit order",
        RunEventKinds.CashShort => "lack of cash",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>
    /// Compares exits that the strategy ordered on the last unchanged bar. They fill at the open of the first changed bar, whatever its
    /// price, so the same trades must end there.
    /// </summary>
    /// <param name="truthBar">Open time of the first bar from the cut on, in the source, UTC ticks.</param>
    /// <param name="otherBar">Open time of the first bar from the cut on, in the changed bars, UTC ticks.</param>
    public static string? ExitDifference(IReadOnlyList<byte[]> truth, long truthBar, IReadOnlyList<byte[]> other, long otherBar)
    {
        var (a, b) = (ExitsAt(truth, truthBar), ExitsAt(other, otherBar));
        foreach (var (number, reason) in a)
            if (reason == ExitReason.Signal && !b.ContainsKey(number))
                return $"its exit ordered before {Text(truthBar)} went away when only bars from then on were changed";
        foreach (var (number, reason) in b)
            if (reason == ExitReason.Signal && !a.ContainsKey(number))
                return $"it ordered one more exit before {Text(truthBar)} when only bars from then on were changed";
        return null;
    }

    /// <summary>
    /// Compares market orders that the strategy submitted on the last unchanged bars and that fill at changed bars. Price and size may
    /// differ, but symbol and side of each entry must be the same.
    /// </summary>
    /// <param name="known">Orders submitted before this time and filled at it or later are compared, UTC ticks.</param>
    public static string? OrderDifference(IReadOnlyList<byte[]> truth, IReadOnlyList<byte[]> other, long known)
    {
        // If an account cannot pay at the changed price, its missing fill says nothing about the strategy.
        if (OrdersOver(truth, known) is not { } a || OrdersOver(other, known) is not { } b) return null;
        foreach (var (time, _, side) in a.Except(b).Order())
            return $"its order to {Verb(side)} sent at {Text(time)} went away when only later bars were changed";
        foreach (var (time, _, side) in b.Except(a).Order())
            return $"it sent one more order to {Verb(side)} at {Text(time)} when only later bars were changed";
        return null;
    }

    private static string Verb(Side side) => side == Side.Buy ? "buy" : "sell";

    // Entries ordered before the time and filled at it or later; null if cash was short there.
    private static HashSet<(long Time, int Symbol, Side Side)>? OrdersOver(IReadOnlyList<byte[]> chunks, long known)
    {
        var orders = new HashSet<(long, int, Side)>();
        RunEvent? sent = null;
        foreach (var e in chunks.Events())
        {
            if (e.Kind == RunEventKinds.CashShort && e.Time >= known) return null;
            if (sent is { } order && e.Time >= known) orders.Add((order.Time, order.SymbolIndex, order.Signal.Side));
            sent = IsSentOver(e, known) ? e : null;
        }
        return orders;
    }

    private static bool IsSentOver(in RunEvent e, long known) =>
        e.Kind == RunEventKinds.Signal && e.Time < known && e.Signal is { AtFill: true, Type: OrderType.Market };

    private static Dictionary<int, ExitReason> ExitsAt(IReadOnlyList<byte[]> chunks, long bar)
    {
        var exits = new Dictionary<int, ExitReason>();
        foreach (var e in chunks.Events())
            if (e.Kind == RunEventKinds.Trade && e.Time == bar && e.Trade.Reason != ExitReason.Open)
                exits[e.Number] = e.Trade.Reason;
        return exits;
    }

    private static string Text(long time) => new DateTime(time, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm",
        System.Globalization.CultureInfo.InvariantCulture);

    // Returns the events before a time. A signal created with its fill, such as that of a strategy's own order, has the time of the fill,
    // which is the next event.
    private static IEnumerable<RunEvent> Before(IReadOnlyList<byte[]> chunks, long known)
    {
        RunEvent? signal = null;
        foreach (var e in chunks.Events())
            if (signal is { } created)
            {
                signal = null;
                if (e.Time >= known) continue;
                yield return created;
                yield return e;
            }
            else if (e.IsEndOfRun || e.Time >= known)
                continue;
            else if (e.Kind == RunEventKinds.Signal && e.Signal.AtFill)
                signal = e;
            else
                yield return e;
    }
}
