using System.Collections.Concurrent;
using System.Globalization;
using Granary.Contracts.Why;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Trading.Live;

namespace Granary.Trading.Why;

/// <summary>The facts of an account's journal, as far as it was read; each reading adds the entries that the journal has since.</summary>
internal sealed class JournalCopy
{
    private static readonly IReadOnlyList<string> Unused = [nameof(TradeChanged), nameof(PositionChanged), nameof(SessionChanged)];

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly List<(long Sequence, JournalEvent Event)> _facts = [];
    private readonly ConcurrentDictionary<string, string> _strategyOf = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>All facts in order, with their sequence numbers.</summary>
    public IReadOnlyList<(long Sequence, JournalEvent Event)> Facts => [.. _facts];

    /// <summary>Number of times at which the session took bars.</summary>
    public int Slices { get; private set; }

    /// <summary>Reads the journal's new entries without its lease, and takes a part of the whole.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<T> TakeAsync<T>(IAccountStore accounts, string account, Func<JournalCopy, T> part,
        CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var query = new JournalQuery { After = _sequence, Without = Unused };
            foreach (var entry in await accounts.PeekAsync(account, query, cancellationToken).ConfigureAwait(false)) Add(entry);
            return part(this);
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Add(JournalEntry entry)
    {
        var e = JournalCodec.Decode(entry);
        _sequence = entry.Sequence;
        _facts.Add((entry.Sequence, e));
        if (e is BarsTaken) Slices++;
        if (e is OrderIntended intended) _strategyOf[intended.Order.ClientId] = intended.Strategy;
    }

    /// <summary>
    /// Returns what a strategy's session sent and received in a bar: the facts within it and at its close, and what followed for the orders
    /// that were made at its close.
    /// </summary>
    /// <param name="facts">Facts that were taken from the journal.</param>
    /// <param name="bar">Open and close time of the bar, UTC ticks.</param>
    public IReadOnlyList<WhyFact> Of(IReadOnlyList<(long Sequence, JournalEvent Event)> facts, string strategy, Timeframe timeframe,
        (long From, long Close) bar)
    {
        var (from, close) = bar;
        var made = facts.Where(f => f.Event is OrderIntended && f.Event.Timestamp == close && f.Event.Strategy == strategy)
            .Select(f => ((OrderIntended)f.Event).Order.ClientId).ToHashSet(StringComparer.Ordinal);
        return [.. facts.Where(f => IsOf(f.Event) && (f.Event.Timestamp > from && f.Event.Timestamp <= close
                || f.Event is VenueReported { Event.Fill: { } fill } && fill.At >= from && fill.At < close
                || OrderOf(f.Event) is { } order && made.Contains(order)))
            .Select(f => new WhyFact(f.Sequence, At(f.Event, timeframe), f.Event.GetType().Name, f.Event.Symbol, TextOf(f.Event)))];

        bool IsOf(JournalEvent e) => e is not BarsTaken and not SessionStarted
            && (e.Strategy == strategy || OrderOf(e) is { } order && _strategyOf.GetValueOrDefault(order) == strategy
                || e is WeightsChanged or SessionControlled);
    }

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

    private static string TextOf(JournalEvent e) => FactLine.Words(e) ?? e switch
    {
        OrderAnswered { Status: { } status } => $"The venue answered for order {status.ClientId}: {Word(status.State)}"
            + (status.Reason.Length > 0 ? $", {status.Reason}" : ""),
        OrderAnswered a => $"The venue did not answer for order {a.ClientId} in time; its state is unknown",
        VenueReported { Event.Fill: { } f } => string.Create(CultureInfo.InvariantCulture,
            $"Filled {(f.Side == Side.Buy ? "buy" : "sell")} {RunText.Number(f.Quantity)} {f.Symbol} at {RunText.Number(f.Price)}, fee "
                + $"{RunText.Number(f.Fee)}{(f.Leg.Length > 0 ? $", by the {f.Leg}" : "")}, order {f.ClientId}"),
        VenueReported v => $"The venue reported order {v.Event.Status.ClientId}: {Word(v.Event.Status.State)}"
            + (v.Event.Status.Reason.Length > 0 ? $", {v.Event.Status.Reason}" : ""),
        OrderClosed c => $"Order {c.ClientId} is closed: all its effects are booked",
        _ => e.GetType().Name,
    };

    private static string Word(OrderState state) => state.ToString().ToLowerInvariant();
}
