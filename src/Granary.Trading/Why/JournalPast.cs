using System.Collections.Concurrent;
using Granary.Contracts.Why;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Why;

/// <summary>The facts of an account's journal at one time.</summary>
/// <param name="facts">All facts in order, with their sequence numbers.</param>
/// <param name="strategyOf">The strategy of each order, by the order's id.</param>
/// <param name="slices">Number of times at which the session took bars.</param>
internal sealed class JournalPast(IReadOnlyList<(long Sequence, JournalEvent Event)> facts, IReadOnlyDictionary<string, string> strategyOf,
    int slices)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<(long Sequence, JournalEvent Event)>> _own = new(StringComparer.Ordinal);

    private readonly FactLine _lines = new(facts.Select(f => f.Event));

    /// <summary>All facts in order.</summary>
    public IReadOnlyList<JournalEvent> Events { get; } = [.. facts.Select(f => f.Event)];

    /// <summary>Number of times at which the session took bars.</summary>
    public int Slices => slices;

    /// <summary>
    /// Returns what a strategy's session sent and received in a bar: the facts within it and at its close, and what followed for the orders
    /// that were made at its close.
    /// </summary>
    /// <param name="bar">Open and close time of the bar, UTC ticks.</param>
    public IReadOnlyList<WhyFact> Of(string strategy, Timeframe timeframe, (long From, long Close) bar)
    {
        var (from, close) = bar;
        var own = _own.GetOrAdd(strategy, s => [.. facts.Where(f => IsOf(f.Event, s))]);
        var made = own.Where(f => f.Event is OrderIntended && f.Event.Timestamp == close && f.Event.Strategy == strategy)
            .Select(f => ((OrderIntended)f.Event).Order.ClientId).ToHashSet(StringComparer.Ordinal);
        return [.. own.Where(f => f.Event.Timestamp > from && f.Event.Timestamp <= close
                || f.Event is VenueReported { Event.Fill: { } fill } && fill.At >= from && fill.At < close
                || OrderOf(f.Event) is { } order && made.Contains(order))
            .Select(f => new WhyFact(f.Sequence, At(f.Event, timeframe), f.Event.GetType().Name, f.Event.Symbol, TextOf(f.Event)))];
    }

    private bool IsOf(JournalEvent e, string strategy) => e is not BarsTaken and not SessionStarted
        && (e.Strategy == strategy || OrderOf(e) is { } order && strategyOf.GetValueOrDefault(order) == strategy
            || e is WeightsChanged or SessionControlled);

    private static string? OrderOf(JournalEvent e) => e switch
    {
        OrderIntended o => o.Order.ClientId,
        OrderAnswered a => a.ClientId,
        OrderChanged c => c.ClientId,
        OrderClosed c => c.ClientId,
        StopMoved m => m.ClientId,
        VenueReported v => v.Event.Fill?.ClientId ?? v.Event.Status.ClientId,
        _ => null,
    };

    private static DateTime? At(JournalEvent e, Timeframe timeframe) =>
        FactTime.Of(e, timeframe) is > 0 and var at ? new DateTime(at, DateTimeKind.Utc) : null;

    private string TextOf(JournalEvent e) => _lines.Words(e) ?? e switch
    {
        OrderAnswered { Status: { } status } => $"The venue answered for order {status.ClientId}: {Word(status.State)}"
            + (status.Reason.Length > 0 ? $", {status.Reason}" : ""),
        OrderAnswered a => $"The venue did not answer for order {a.ClientId} in time; its state is unknown",
        VenueReported { Event.Fill: { } f } => $"{_lines.Words(f)}, order {f.ClientId}",
        VenueReported v => $"The venue reported order {v.Event.Status.ClientId}: {Word(v.Event.Status.State)}"
            + (v.Event.Status.Reason.Length > 0 ? $", {v.Event.Status.Reason}" : ""),
        OrderClosed c => $"Order {c.ClientId} is closed: all its effects are booked",
        _ => e.GetType().Name,
    };

    private static string Word(OrderState state) => state.ToString().ToLowerInvariant();
}
