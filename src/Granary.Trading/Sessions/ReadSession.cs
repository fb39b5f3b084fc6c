using System.Globalization;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>
/// The bars and the log of a session, as far as its journal was read. Each reading adds the entries that the journal has since.
/// </summary>
internal sealed class ReadSession(string name, Timeframe timeframe)
{
    /// <summary>The most entries of a log that are kept of one kind and symbol: pages to the past end there.</summary>
    public const int MostEntries = 50_000;

    private static readonly IReadOnlyList<string> Unused = [nameof(OrderClosed), nameof(PositionChanged)];

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, List<Bar>> _bars = new(StringComparer.Ordinal);
    private readonly Dictionary<(SessionLogKind Kind, string Symbol), Queue<SessionLogEntry>> _log = [];
    private readonly Dictionary<string, OrderRole> _roles = new(StringComparer.Ordinal);
    private long _sequence;

    public string Name => name;

    /// <summary>The symbols of the series after a hand-over to a different deployment; empty without one.</summary>
    public IReadOnlyList<string> Switched { get; private set; } = [];

    /// <summary>The instruments of the last start.</summary>
    public IReadOnlyList<Instrument> Instruments { get; private set; } = [];

    /// <summary>Reads the journal's new entries, and takes a part of the whole.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<T> TakeAsync<T>(IAccountStore accounts, string account, Func<ReadSession, T> part,
        CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var query = new JournalQuery(After: _sequence);
            foreach (var entry in await accounts.PeekAsync(account, query, cancellationToken).ConfigureAwait(false))
            {
                // The next reading begins after the last entry, whatever its kind.
                if (!Unused.Contains(entry.Kind, StringComparer.Ordinal)) Add(entry.Sequence, JournalCodec.Decode(entry));
                _sequence = entry.Sequence;
            }
            return part(this);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The bars of a symbol, oldest first.</summary>
    public IReadOnlyList<Bar> BarsOf(string symbol) => [.. _bars.GetValueOrDefault(symbol) ?? []];

    /// <summary>The newest entries of the log that match, newest first.</summary>
    public IReadOnlyList<SessionLogEntry> Log(SessionLogQuery query) =>
    [
        .. _log.Where(l => (query.Kind is null || l.Key.Kind == query.Kind) && (query.Symbol is null || l.Key.Symbol == query.Symbol))
            .SelectMany(l => l.Value).Where(query.Matches).OrderByDescending(e => e.Sequence).Take(query.Limit),
    ];

    private void Add(long sequence, JournalEvent e)
    {
        switch (e)
        {
            case BarsTaken taken:
                foreach (var bar in taken.Bars)
                {
                    if (!_bars.TryGetValue(bar.Symbol, out var bars)) _bars.Add(bar.Symbol, bars = []);
                    bars.Add(bar.Bar);
                }
                return;
            case SessionStarted started:
                Instruments = started.Instruments;
                break;
            case OrderIntended order:
                _roles[order.Order.ClientId] = order.Role;
                break;
            case DeploymentSwitched { Symbols: var symbols }:
                Switched = symbols;
                break;
        }
        if (KindOf(e) is not { } kind) return;
        var fill = (e as VenueReported)?.Event.Fill;
        if (!_log.TryGetValue((kind, e.Symbol), out var entries)) _log.Add((kind, e.Symbol), entries = []);
        if (entries.Count == MostEntries) entries.Dequeue();
        var at = e.Timestamp > 0 ? new DateTime(FactTime.Of(e, timeframe), DateTimeKind.Utc) : (DateTime?)null;
        entries.Enqueue(new SessionLogEntry(sequence, at, kind, e.Strategy, e.Symbol, fill is null ? FactLine.Words(e)! : TextOf(fill))
        {
            Side = fill?.Side ?? (e as SignalDecided)?.Side,
            Price = fill?.Price,
            Role = fill is null ? null : RoleOf(fill, _roles.GetValueOrDefault(fill.ClientId)),
        });
    }

    private static SessionLogKind? KindOf(JournalEvent e) => e switch
    {
        VenueReported { Event.Fill: not null } => SessionLogKind.Fill,
        SignalDecided { Decision.IsAccepted: true } or PortfolioActed => SessionLogKind.Signal,
        SignalDecided or EntrySkipped or OrderChanged { To: OrderState.Rejected } => SessionLogKind.Refusal,
        ModelChanged or ModelWatched or PolicyChanged or WeightsDecided when FactLine.Words(e) is not null => SessionLogKind.Model,
        SessionControlled or WeightsChanged or EnablementChanged or DeploymentSwitched => SessionLogKind.Operator,
        SessionStarted or SessionChanged or Reconciled => SessionLogKind.Session,
        _ => null,
    };

    // A leg of an entry fills under the entry's id.
    private static OrderRole RoleOf(BrokerFill fill, OrderRole order) => fill.Leg switch
    {
        "stop" => OrderRole.StopLoss,
        "target" => OrderRole.TakeProfit,
        "trail" => OrderRole.TrailingStop,
        "ruined" or "liquidation" => OrderRole.Exit,
        _ => order,
    };

    private static string TextOf(BrokerFill f) => string.Create(CultureInfo.InvariantCulture,
        $"{(f.Side == Side.Buy ? "Bought" : "Sold")} {f.Quantity:0.########} {f.Symbol} at {f.Price:0.########}, fee {f.Fee:0.####}"
        + $"{(f.Leg.Length > 0 ? $", by the {f.Leg}" : "")}");
}
