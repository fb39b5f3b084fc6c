using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>
/// Replays the journal of an account, and runs the backtests that it is compared with. The replays go on from day to day: each takes the
/// facts and bars of the next day, and is read at its end as if nothing later were known.
/// </summary>
/// <remarks>
/// A replay that its end changes cannot go on (<see cref="ReplayPass.GoesOn"/>): strategies that act at the end, an account that is charged
/// interest, and longer bars that the close of the market cuts. The next day then begins a new one.
/// </remarks>
internal sealed class DayReplays : IAsyncDisposable
{
    private ReplayPass? _session, _own, _late, _final, _rated;
    // Whether the rates of today are others than those that the session has taken; null = not looked at.
    private bool? _hasOtherRates;
    private DivergenceReasons? _reasons;
    private SessionFacts _facts = new();
    private long _reached = long.MinValue;
    private long? _from;

    /// <summary>Reads the configuration. Each replay takes a new one, since models and policies of a session change it.</summary>
    public required Func<Production> Configuration { get; init; }

    public required LiveRequest Request { get; init; }

    public required IAccountStore Store { get; init; }

    public required string Account { get; init; }

    /// <summary>The events of the journal.</summary>
    public required IReadOnlyList<JournalEvent> Events { get; init; }

    /// <summary>The entries of the journal that give reasons for differences, in order.</summary>
    public required IReadOnlyList<JournalEvent> Reasons { get; init; }

    public required FinalBars Bars { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Replays up to a time, which is not before the last one.</summary>
    /// <param name="end">The last market time, UTC ticks.</param>
    public async Task<ReplayedDay> UntilAsync(long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await ReplayAsync(end, cancellationToken).ConfigureAwait(false);
        var (session, reasons) = (_session!, _reasons!);
        var now = await session.ReadAsync().ConfigureAwait(false);
        reasons.Refresh();
        var rows = AccountFiles.DivergenceRows(session.Host, now.Trades, reasons);
        var traded = new ComparedSession(rows.Select(r => r.ToTrade()), session.Weights());
        if (_from != session.Host.PortfolioFrom)
        {
            await EndAsync(_own, _late, _final, _rated).ConfigureAwait(false);
            (_own, _late, _final, _rated, _from) = (null, null, null, null, session.Host.PortfolioFrom);
        }

        var counts = Bars.Reach(end);
        (_own, var run) = await BacktestAsync(_own, session.Session.Bars, cancellationToken).ConfigureAwait(false);
        var backtest = _own.BacktestOf(run);
        var gap = LiveDivergence.Of(backtest, traded, _facts);
        var before = backtest.Trades;
        if (counts.Missing > 0)
        {
            (_late, run) = await BacktestAsync(_late, Bars.Late, cancellationToken).ConfigureAwait(false);
            var late = _late.BacktestOf(run).Trades;
            (gap, before) = (gap.Against(before, late, DivergenceCauses.LateBar), late);
        }
        if (counts.Revised > 0)
        {
            (_final, run) = await BacktestAsync(_final, Bars.Final, cancellationToken).ConfigureAwait(false);
            var final = _final.BacktestOf(run).Trades;
            (gap, before) = (gap.Against(before, final, DivergenceCauses.Data), final);
        }
        if (await HasOtherRatesAsync(session.Session.Spec, cancellationToken).ConfigureAwait(false))
        {
            var bars = counts.Revised > 0 ? Bars.Final : counts.Missing > 0 ? Bars.Late : session.Session.Bars;
            (_rated, run) = await BacktestAsync(_rated, bars, cancellationToken, hasOwnRates: false).ConfigureAwait(false);
            gap = gap.Against(before, _rated.BacktestOf(run).Trades, DivergenceCauses.Rates);
        }
        return new ReplayedDay(session.Host.AccountEquityNow, run.Equity, gap, run.Digest, counts);
    }

    // Rates that the source has otherwise now, or had at other times than the session found them.
    private async Task<bool> HasOtherRatesAsync(BatchSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Data.Taken is not SessionRates own || spec.Data.Fx is null) return false;
        var bars = Events.OfType<BarsTaken>();
        return _hasOtherRates ??= await own.DifferAsync(new CurrencyRates(spec.Data with { Taken = null }, spec.Catalogues),
            bars.First(b => !b.Warm).Timestamp, bars.Max(b => b.Timestamp), cancellationToken).ConfigureAwait(false);
    }

    // Replays the facts up to a time: those since the last one, if the replay can go on with them.
    private async Task ReplayAsync(long end, CancellationToken cancellationToken)
    {
        var goesOn = _session is { GoesOn: true } && IsInOrder(Events, end) && IsInOrder(Reasons, end)
            // An account that was handed over is replayed by what it kept.
            && !Since(Events, end).Exists(e => e is DeploymentSwitched);
        if (!goesOn)
        {
            await DisposeAsync().ConfigureAwait(false);
            (_own, _late, _final, _rated, _reached, _facts) = (null, null, null, null, long.MinValue, new SessionFacts());
            _session = await OpenAsync(null, Since(Events, end), cancellationToken).ConfigureAwait(false);
            _reasons = new DivergenceReasons(_session.Host, _session.Session.Spec.Data.Timeframe);
        }
        _session!.Host.Replay(Since(Events, end));
        foreach (var e in Since(Reasons, end))
        {
            _reasons!.Take(e);
            AccountFiles.Add(_facts, e, _session.Session.Spec.Data.Timeframe);
        }
        _reached = end;
    }

    private List<JournalEvent> Since(IReadOnlyList<JournalEvent> events, long end) =>
        [.. events.Where(e => e.Timestamp > _reached && e.Timestamp <= end)];

    // Whether no fact up to the last time stands behind one of the next.
    private bool IsInOrder(IReadOnlyList<JournalEvent> events, long end)
    {
        var isLater = false;
        foreach (var e in events)
        {
            if (isLater && e.Timestamp <= _reached) return false;
            isLater |= e.Timestamp > _reached && e.Timestamp <= end;
        }
        return true;
    }

    private async Task<(ReplayPass Pass, PortfolioEnd End)> BacktestAsync(ReplayPass? pass, LiveBars bars,
        CancellationToken cancellationToken, bool hasOwnRates = true)
    {
        if (pass is not { GoesOn: true })
        {
            await EndAsync(pass).ConfigureAwait(false);
            pass = await OpenAsync(_from, [], cancellationToken, hasOwnRates).ConfigureAwait(false);
        }
        pass.Take(bars);
        return (pass, await pass.ReadAsync().ConfigureAwait(false));
    }

    private async Task<ReplayPass> OpenAsync(long? from, List<JournalEvent> past, CancellationToken cancellationToken,
        bool hasOwnRates = true)
    {
        var production = Configuration();
        var spec = SessionBacktest.Reduced(LiveSession.SpecOf(production, Events));
        if (hasOwnRates)
            spec = spec with { Data = spec.Data with { Taken = SessionRates.Of(spec, Events, Bars.Markets.Select(m => m.Instrument)) } };
        if (from is not null) spec = spec with { Portfolio = spec.Portfolio with { From = from } };
        var journal = new AccountJournal(new LeasedJournal(Store, Account, "parity", Clock), Clock);
        var session = new OpenedSession(spec, new JournalFeed(Bars.Markets), TradingAccount.Read(journal, Request.Broker),
            new AccountPast(past, 0), Clock, new LiveOptions
            {
                Account = Account,
                Feed = $"{Request.Feed}",
                Configuration = production.Hash,
            });
        return await ReplayPass.OpenAsync(session, cancellationToken).ConfigureAwait(false);
    }

    private static async Task EndAsync(params IReadOnlyList<ReplayPass?> passes)
    {
        foreach (var pass in passes)
            if (pass is not null)
                await pass.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await EndAsync(_session, _own, _late, _final, _rated).ConfigureAwait(false);
}
