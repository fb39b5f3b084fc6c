using System.Globalization;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>
/// Reads the bars, the log, the equity and the configuration of live sessions from their journals, also while the sessions run.
/// </summary>
public sealed class SessionHistory(ISessionService sessions, IAccountStore accounts, DeploymentBook deployments,
    GranaryCatalogues catalogues)
{
    private const int MostCached = 4;

    // Bars without the other entries, which are most of a journal.
    private static readonly IReadOnlyList<string> OnlyBars = JournalKinds.AllBut(nameof(BarsTaken));
    private static readonly IReadOnlyList<string> NoBars = [nameof(BarsTaken), nameof(OrderClosed), nameof(PositionChanged)];

    private readonly Lock _gate = new();
    private readonly LinkedList<MarketBars> _cached = new();

    // The bars of a session that were read so far. A later reading adds those that the journal has since.
    private sealed record MarketBars(string Session)
    {
        public SemaphoreSlim Reading { get; } = new(1, 1);

        public long Sequence { get; set; }

        public Dictionary<int, List<Bar>> Bars { get; } = [];
    }

    /// <summary>Returns the configuration with the weights in force.</summary>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<SessionConfiguration?> ConfigurationAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (start, production)) return null;
        var weights = new Dictionary<string, double>(production.Spec.Portfolio.FixedWeights ?? new Dictionary<string, double>(),
            StringComparer.Ordinal);
        var members = production.Spec.Strategies.Select(s => s.Id!).ToList();
        var disabled = new HashSet<string>(StringComparer.Ordinal);
        var version = 0L;
        await foreach (var e in FactsAsync(id, JournalKinds.AllBut(nameof(WeightsChanged), nameof(EnablementChanged),
            nameof(DeploymentSwitched)), cancellationToken).ConfigureAwait(false))
            switch (e.Event)
            {
                case WeightsChanged change:
                    version = change.Version;
                    foreach (var (strategy, weight) in change.Weights) weights[strategy] = weight;
                    break;
                case EnablementChanged change:
                    foreach (var strategy in members.Where(m => change.Strategy.Length > 0 ? m == change.Strategy
                        : AccountStrategies.SymbolsOf(m).Contains(change.Symbol)))
                        _ = change.Enabled ? disabled.Remove(strategy) : disabled.Add(strategy);
                    break;
                case DeploymentSwitched:
                    // The account traded another configuration before, and its weights were of that one.
                    version = 0;
                    weights = new(production.Spec.Portfolio.FixedWeights ?? new Dictionary<string, double>(), StringComparer.Ordinal);
                    disabled.Clear();
                    break;
            }
        return new SessionConfiguration(production.Spec.Name, production.Hash, start.Deployment, production.Spec.Data.Timeframe.ToString(),
            production.Spec.Data.Symbols, version, [.. members.Select(m =>
                new SessionMember(m, AccountStrategies.SymbolsOf(m), weights.GetValueOrDefault(m), !disabled.Contains(m)))]);
    }

    /// <summary>Returns the equity of the account with the interval that the backtest of its deployment leads to expect.</summary>
    /// <returns>Null if the account never had a session.</returns>
    public async Task<SessionEquity?> EquityAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (_, production)) return null;
        var account = (await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false))?.Status?.Account ?? new AccountDetails();
        var curve = account.Curve;
        List<(double Low, double Middle, double High)> expected = [];
        if (deployments.Find(production.Hash) is { } deployment)
        {
            var returns = new ExpectedReturn(deployment.Backtest.Days);
            expected = [.. curve.Days.Select(returns.After)];
        }
        double At(double fraction) => account.StartingCash * (1 + fraction);
        return new SessionEquity(curve.Times, curve.Equity, curve.Drawdown, [.. expected.Select(e => At(e.Middle))],
            [.. expected.Select(e => At(e.Low))], [.. expected.Select(e => At(e.High))]);
    }

    /// <summary>Returns the bars that a session has taken, those of its warm-up included.</summary>
    /// <param name="timeframe">A multiple of the session's, whose bars are cut by UTC time; null = the session's.</param>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="InputException">The session does not trade the symbol, or cannot have the timeframe.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<RunBars?> BarsAsync(string id, string symbol, Timeframe? timeframe, RunSeries part,
        CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (_, production)) return null;
        var view = await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> symbols = production.Spec.Data.Symbols;
        await foreach (var e in FactsAsync(id, JournalKinds.AllBut(nameof(DeploymentSwitched)), cancellationToken).ConfigureAwait(false))
            symbols = [.. ((DeploymentSwitched)e.Event).Symbols.Union(production.Spec.Data.Symbols, StringComparer.Ordinal)];
        var index = symbols.ToList().IndexOf(symbol);
        if (index < 0) throw new InputException($"symbol={symbol}: the session of {id} has {string.Join(", ", symbols)}");
        var (from, to) = (production.Spec.Data.Timeframe, timeframe ?? production.Spec.Data.Timeframe);
        if (!to.IsMultipleOf(from)) throw new InputException($"timeframe={to}: ask for a multiple of {from}, which the session trades");
        var bars = await ReadAsync(id, view?.Run ?? "", index, cancellationToken).ConfigureAwait(false);
        return part.Show(symbol, to, to == from ? bars : Joined(bars, from, to));
    }

    /// <summary>Returns the newest entries of a session's log, newest first.</summary>
    /// <param name="kind">Null for all kinds.</param>
    /// <param name="symbol">Null for all symbols.</param>
    /// <param name="limit">The maximum number of entries.</param>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<IReadOnlyList<SessionLogEntry>?> LogAsync(string id, SessionLogKind? kind, string? symbol, int limit,
        CancellationToken cancellationToken = default)
    {
        if (await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false) is null) return null;
        var found = new List<SessionLogEntry>();
        var roles = new Dictionary<string, OrderRole>(StringComparer.Ordinal);
        await foreach (var (sequence, e) in FactsAsync(id, NoBars, cancellationToken).ConfigureAwait(false))
        {
            if (e is OrderIntended order) roles[order.Order.ClientId] = order.Role;
            if (KindOf(e) is not { } of || kind is not null && of != kind || symbol is not null && e.Symbol != symbol) continue;
            var fill = (e as VenueReported)?.Event.Fill;
            found.Add(new SessionLogEntry(sequence, e.Timestamp > 0 ? new DateTime(e.Timestamp, DateTimeKind.Utc) : null, of, e.Strategy,
                e.Symbol, fill is null ? FactLine.Words(e)! : TextOf(fill))
            {
                Side = fill?.Side ?? (e as SignalDecided)?.Side,
                Price = fill?.Price,
                Role = fill is null ? null : RoleOf(fill, roles.GetValueOrDefault(fill.ClientId)),
            });
        }
        found.Reverse();
        return found.Count > limit ? found.GetRange(0, limit) : found;
    }

    private static SessionLogKind? KindOf(JournalEvent e) => e switch
    {
        VenueReported { Event.Fill: not null } => SessionLogKind.Fill,
        SignalDecided { Decision: Decision.Accepted } or PortfolioActed => SessionLogKind.Signal,
        SignalDecided or EntrySkipped or OrderChanged { To: OrderState.Rejected } => SessionLogKind.Refusal,
        ModelChanged or PolicyChanged or WeightsDecided when FactLine.Words(e) is not null => SessionLogKind.Model,
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
        _ => order,
    };

    private static string TextOf(BrokerFill f) => string.Create(CultureInfo.InvariantCulture,
        $"{(f.Side == Side.Buy ? "Bought" : "Sold")} {f.Quantity:0.########} {f.Symbol} at {f.Price:0.########}, fee {f.Fee:0.####}"
        + $"{(f.Leg.Length > 0 ? $", by the {f.Leg}" : "")}");

    private async Task<(SessionStart Start, Production Production)?> OpenAsync(string id, CancellationToken cancellationToken) =>
        await sessions.StartOfAsync(id, cancellationToken).ConfigureAwait(false) is { } start
            ? (start, new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder)) : null;

    private async IAsyncEnumerable<(long Sequence, JournalEvent Event)> FactsAsync(string id, IReadOnlyList<string> without,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await accounts.PeekAsync(id, new JournalQuery { Without = without }, cancellationToken).ConfigureAwait(false))
            yield return (entry.Sequence, JournalCodec.Decode(entry));
    }

    private async Task<IReadOnlyList<Bar>> ReadAsync(string id, string run, int index, CancellationToken cancellationToken)
    {
        var read = Cached($"{id} {run}");
        await read.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var entry in await accounts.PeekAsync(id, new JournalQuery { Without = OnlyBars, After = read.Sequence },
                cancellationToken).ConfigureAwait(false))
            {
                foreach (var bar in ((BarsTaken)JournalCodec.Decode(entry)).Bars)
                {
                    if (!read.Bars.TryGetValue(bar.Series, out var bars)) read.Bars.Add(bar.Series, bars = []);
                    bars.Add(bar.Bar);
                }
                read.Sequence = entry.Sequence;
            }
            return [.. read.Bars.GetValueOrDefault(index) ?? []];
        }
        finally
        {
            read.Reading.Release();
        }
    }

    private MarketBars Cached(string session)
    {
        lock (_gate)
        {
            var known = _cached.FirstOrDefault(c => c.Session == session) ?? new MarketBars(session);
            _cached.Remove(known);
            _cached.AddFirst(known);
            if (_cached.Count > MostCached) _cached.RemoveLast();
            return known;
        }
    }

    // The last bar may be unfinished: the chart shows it as it is.
    private static List<Bar> Joined(IReadOnlyList<Bar> bars, Timeframe from, Timeframe to)
    {
        var (aggregator, joined) = (new BarAggregator(from, to), new List<Bar>());
        foreach (var bar in bars)
        {
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } gap) joined.Add(gap);
            if (completed is { } full) joined.Add(full);
        }
        if (aggregator.Unfinished is { } last) joined.Add(last);
        return joined;
    }
}
