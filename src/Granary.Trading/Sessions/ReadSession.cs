using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>
/// The bars and the log of a session, as far as its journal was read, and the strategies of its configuration. Each reading adds the
/// entries that the journal has since.
/// </summary>
internal sealed class ReadSession(string name, Timeframe timeframe)
{
    // Some 300,000 entries; of a longer log the newer half stays.
    private const int MostText = 64 << 20;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, List<Bar>> _bars = new(StringComparer.Ordinal);
    private readonly RowBuffer<SessionLogEntry> _log = new("the log", SessionTables.Log, MostText);
    // Prices and amounts are of no interest here, only the states of the orders.
    private readonly AccountLedger _ledger = new(0, _ => 1);
    private readonly FactLine _lines = new();
    private RowText? _orders;
    private KnownMembers? _members;
    private long _sequence;

    private sealed record KnownMembers(string Configuration, IReadOnlyList<SessionMember> Members);

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
                if (entry.Kind != nameof(PositionChanged)) Add(entry.Sequence, JournalCodec.Decode(entry));
                _sequence = entry.Sequence;
            }
            return part(this);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The strategies of a configuration, without what the journal says of them.</summary>
    /// <param name="configuration">The hash of the configuration.</param>
    /// <param name="make">Makes them where the configuration is new.</param>
    public IReadOnlyList<SessionMember> MembersOf(string configuration, Func<IReadOnlyList<SessionMember>> make)
    {
        if (_members is not { } known || known.Configuration != configuration)
            _members = known = new KnownMembers(configuration, make());
        return known.Members;
    }

    /// <summary>The bars of a symbol, oldest first.</summary>
    public IReadOnlyList<Bar> BarsOf(string symbol) => [.. _bars.GetValueOrDefault(symbol) ?? []];

    /// <summary>The rows of the log, oldest first.</summary>
    public RowText Log() => _log.Text();

    /// <summary>The rows of all orders, in the order of their intents.</summary>
    public RowText Orders()
    {
        if (_orders is not null) return _orders;
        using var text = new MemoryStream();
        AccountTables.OrdersOf(_ledger, timeframe).Write(CsvFormat.Instance, text);
        return _orders = RowText.Of("the orders", text.GetBuffer(), (int)text.Length);
    }

    private void Add(long sequence, JournalEvent e)
    {
        _ledger.Apply(e);
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
            case OrderIntended or OrderAnswered or VenueReported or OrderClosed:
                _orders = null;
                break;
            case DeploymentSwitched { Symbols: var symbols }:
                Switched = symbols;
                break;
        }
        if (KindOf(e) is not { } kind) return;
        var fill = (e as VenueReported)?.Event.Fill;
        _log.Add(new SessionLogEntry(sequence, kind, fill is null ? _lines.Words(e)! : _lines.Words(fill))
        {
            Time = e.Timestamp > 0 ? new DateTime(FactTime.Of(e, timeframe), DateTimeKind.Utc) : null,
            Strategy = e.Strategy,
            Symbol = e.Symbol,
            Side = fill?.Side ?? (e as SignalDecided)?.Side,
            Quantity = fill?.Quantity ?? (e as SignalDecided)?.Quantity,
            Price = fill?.Price,
            Role = fill is null ? null : RoleOf(fill, _ledger.Find(fill.ClientId)?.Intent.Role ?? default),
            Reason = ReasonOf(e),
        });
    }

    private static string? ReasonOf(JournalEvent e) => e switch
    {
        SignalDecided { Decision.IsAccepted: false } refused => refused.Decision.Word,
        EntrySkipped skipped => skipped.Why,
        PortfolioActed acted => acted.Reason.Word(),
        OrderChanged changed => changed.Reason,
        _ => null,
    };

    private SessionLogKind? KindOf(JournalEvent e) => e switch
    {
        VenueReported { Event.Fill: not null } => SessionLogKind.Fill,
        SignalDecided { Decision.IsAccepted: true } or PortfolioActed => SessionLogKind.Signal,
        SignalDecided or EntrySkipped or OrderChanged { To: OrderState.Rejected } => SessionLogKind.Refusal,
        ModelChanged or ModelWatched or PolicyChanged or WeightsDecided when _lines.Words(e) is not null => SessionLogKind.Model,
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
}
