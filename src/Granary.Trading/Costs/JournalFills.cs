using Granary.Backtesting.Costs;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Costs;

/// <summary>Reads the fills of a live account from its journal, also while its session runs.</summary>
internal sealed class JournalFills
{
    private readonly string _account;
    private readonly Timeframe? _timeframe;
    private readonly FillSet _into;
    private readonly Dictionary<string, BrokerOrder> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<Timeframe, SortedDictionary<long, Bar>>> _bars = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntryStop> _stops = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    // Fills and moves of stops in the order of the journal.
    private readonly List<(BrokerFill? Fill, StopMoved? Moved, string Venue)> _steps = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string _venue = "";

    private JournalFills(string account, Timeframe? timeframe, FillSet into) => (_account, _timeframe, _into) = (account, timeframe, into);

    /// <summary>The entries of a journal that are read.</summary>
    public static JournalQuery Query { get; } = new()
    {
        Without = JournalKinds.AllBut(nameof(SessionStarted), nameof(BarsTaken), nameof(OrderIntended), nameof(VenueReported),
            nameof(StopMoved), nameof(SessionControlled)),
    };

    /// <summary>Reads the entries of an account's journal into a set.</summary>
    /// <param name="timeframe">The bars to measure by; null takes the shortest of each symbol.</param>
    public static void Read(string account, IEnumerable<JournalEntry> entries, Timeframe? timeframe, FillSet into)
    {
        var reader = new JournalFills(account, timeframe, into);
        foreach (var entry in entries) reader.Take(JournalCodec.Decode(entry));
        reader.Finish();
    }

    /// <summary>Reads journals into a set.</summary>
    /// <param name="state">A folder, or postgres://…?account=NAME.</param>
    /// <param name="timeframe">The bars to measure by; null takes the shortest of each symbol.</param>
    /// <exception cref="InputException">The journal cannot be read; one sentence.</exception>
    public static async Task ReadAsync(string state, Timeframe? timeframe, FillSet into, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var (account, entries) in await new AccountReader([state], clock).EntriesAsync(Query, cancellationToken)
                .ConfigureAwait(false))
                Read(account, entries, timeframe, into);
        }
        catch (JournalException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private void Take(JournalEvent e)
    {
        switch (e)
        {
            case SessionStarted started:
                // The name of the broker, without its account.
                _venue = started.Broker.Split(':', '?')[0].ToLowerInvariant();
                foreach (var instrument in started.Instruments) _instruments[instrument.Symbol] = instrument;
                break;
            case BarsTaken taken:
                foreach (var closed in taken.Bars) Add(closed);
                break;
            case OrderIntended intended:
                _orders[intended.Order.ClientId] = intended.Order;
                break;
            // The venue reports a fill at least once; a repeated one is the same.
            case VenueReported { Event.Fill: { } fill } when _seen.Add($"{fill.ClientId}\n{fill.ExecutionId}"):
                _steps.Add((fill, null, _venue));
                break;
            case StopMoved moved:
                _steps.Add((null, moved, _venue));
                break;
            case SessionControlled { Command: SessionCommand.Protect, Trade: { } trade, Order: { } levels } control:
                _steps.Add((null, new StopMoved(control.Timestamp, trade, levels.Stop), _venue));
                break;
        }
    }

    private void Add(in ClosedBar closed)
    {
        if (!_bars.TryGetValue(closed.Symbol, out var own))
            _bars[closed.Symbol] = own = new(Comparer<Timeframe>.Create((a, b) => a.Ticks.CompareTo(b.Ticks)));
        if (!own.TryGetValue(closed.Timeframe, out var bars)) own[closed.Timeframe] = bars = [];
        bars[closed.Bar.Time] = closed.Bar;
    }

    private void Finish()
    {
        var sorted = new Dictionary<string, (Timeframe Timeframe, IReadOnlyList<Bar> Bars)>(StringComparer.Ordinal);
        foreach (var (symbol, own) in _bars)
        {
            if (_timeframe is { } asked && !own.ContainsKey(asked)) continue;
            var timeframe = _timeframe ?? own.Keys.First();
            sorted[symbol] = (timeframe, [.. own[timeframe].Values]);
        }
        foreach (var (fill, moved, venue) in _steps)
            if (moved is not null) StopOf(moved.ClientId)?.Move(moved.Price);
            else Measure(fill!, venue, sorted);
    }

    private EntryStop? StopOf(string clientId)
    {
        if (_stops.TryGetValue(clientId, out var known)) return known;
        return !_orders.TryGetValue(clientId, out var entry) ? null : _stops[clientId] = new EntryStop(entry,
            _instruments.GetValueOrDefault(entry.Symbol) ?? new Instrument { Symbol = entry.Symbol });
    }

    private void Measure(BrokerFill fill, string venue, Dictionary<string, (Timeframe Timeframe, IReadOnlyList<Bar> Bars)> bars)
    {
        var known = _orders.GetValueOrDefault(fill.ClientId);
        if (known is { Closes: null } && fill.Leg.Length == 0) StopOf(fill.ClientId)!.Fill(fill.Price, fill.Quantity, fill.At);
        if (!_into.IsNew($"{_account}\n{fill.ClientId}\n{fill.ExecutionId}")) return;
        if (known is not { } order) _into.Leave("without their order in the journal");
        else if (OrderKinds.LeftOut(order.Type, fill.Leg) is { } reason) _into.Leave(reason);
        else if (!bars.TryGetValue(fill.Symbol, out var own)) _into.Leave("outside of the bars");
        else
        {
            var instrument = _instruments.GetValueOrDefault(fill.Symbol) ?? new Instrument { Symbol = fill.Symbol };
            var measured = new MeasuredFill(fill.At, fill.Symbol, fill.Side, fill.Quantity, fill.Price, venue)
            {
                Multiplier = instrument.Multiplier,
                Currency = instrument.Currency,
                Place = $"{_account}, order {fill.ClientId}",
                Fee = fill.Fee,
                DecidedAt = order.CreatedAt,
            };
            if (fill.Leg.Length == 0 && order.Type == OrderType.Stop)
                measured = measured with { Stop = order.StopPrice, StopFrom = order.CreatedAt };
            else if (fill.Leg.Length > 0 && StopOf(fill.ClientId) is { } stop)
                measured = Triggered(measured, stop, own.Bars, own.Timeframe);
            // The bar of a running session's last fills has not closed yet.
            if (measured.Stop is 0) _into.Leave("of stops whose trigger is not known");
            else _into.Add(measured, own.Bars, own.Timeframe);
        }
    }

    // The trailing stop hangs below the bars that closed before the one of the fill.
    private static MeasuredFill Triggered(MeasuredFill fill, EntryStop stop, IReadOnlyList<Bar> bars, Timeframe timeframe)
    {
        var first = MeasuredFill.AtOrBefore(bars, Math.Max(stop.TrailedTo, stop.FilledAt));
        for (var i = Math.Max(0, first); i < bars.Count && timeframe.CloseOf(bars[i].Time) <= fill.Time; i++)
            if (bars[i].Time > stop.TrailedTo)
                stop.Trail(bars[i], timeframe);
        // The open of a bar in which the entry filled was before the stop.
        return fill with { Stop = stop.Price, StopFrom = stop.FilledAt + 1 };
    }
}
