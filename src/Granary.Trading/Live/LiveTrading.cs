using System.Text;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Trading.Live;

/// <summary>
/// Trades an account, one time slice after another: its journal was replayed, and its venue is connected. Between time slices it executes
/// the operator's commands (<see cref="SessionOperator"/>), and every 30 seconds it reconciles books and venue.
/// </summary>
/// <remarks>
/// For each time slice: (1) the venue's fills are booked. (2) The strategies process the bars that close. (3) The portfolio decides
/// (<see cref="LivePortfolio"/>). (4) Bars, signals and the intents of all orders are appended to the journal together. (5) The orders are
/// sent, and (6) the responses are appended (<see cref="AccountOrders"/>, <see cref="OrderManager"/>). The journal therefore shows what
/// was sent, whenever the process ends.
/// </remarks>
internal sealed class LiveTrading(OpenedSession opened, SessionBooks books, OrderManager venue, StatusReporter reporter)
{
    private readonly LiveOptions _options = opened.Options;
    private readonly AccountJournal _journal = opened.Account.Journal;
    private readonly TimeProvider _clock = opened.Clock;
    private LiveState _state = LiveState.WarmingUp;
    private long _reconciledAt;
    // Whether books and venue were reconciled since the start; otherwise an entry could double a position.
    private bool _reconciled;
    private bool _hasBars;

    private LivePortfolio Portfolio => books.Portfolio;

    /// <summary>Whether the operator has stopped the session.</summary>
    public bool Stopping => books.Operator.Stopping;

    /// <summary>Begins: records the start, reconciles books and venue, and completes actions that an earlier session left open.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _journal.AppendAsync([new SessionStarted(Portfolio.Timestamp, opened.Tag, _options.Account, _options.Configuration,
            opened.Account.Broker, _options.Machine, _options.Process, _options.WithoutEvidence)
        {
            Program = SessionProgram.Version,
            Traded = new EarlierConfiguration(_options.Configuration, opened.Spec.Place.KeptFolder,
                Encoding.UTF8.GetString(opened.Spec.Text)),
            Instruments = [.. opened.Feed.Series.Select(s => s.Instrument).DistinctBy(i => i.Symbol)],
        }], cancellationToken).ConfigureAwait(false);
        await reporter.NoteAsync(_state, Portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        if (_journal.Cut is { } cut) books.Notes.Add(cut);
        if (_options.Changed.Count > 0)
            await _journal.AppendAsync([.. _options.Changed.Select(c =>
                new Reconciled(Portfolio.Timestamp, ChangedBars.Rule, c.Difference, 0) { Symbol = c.Symbol })], cancellationToken)
                .ConfigureAwait(false);
        books.Notes.AddRange(_options.Changed.Select(c => $"the feed differs from the journal, whose bars stay: {c.Difference}"));
        if (_options.WithoutEvidence)
            books.Notes.Add("The validation checks of this configuration are missing or failed; it is traded with --without-evidence.");
        // A simulated venue may have taken bars that the journal does not have; they come again.
        if (opened.Bars.Count > 0) await venue.OnBarsAsync(Portfolio.Timestamp, [], cancellationToken).ConfigureAwait(false);
        await ReconcileAsync(Portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        // Includes commands that no earlier session has executed.
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        // Completes actions that the replayed part left open, such as a cancellation that was in progress.
        await books.Orders.CatchUpAsync(venue, Portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await LookForVersionsAsync(now: true, cancellationToken).ConfigureAwait(false);
        // Facts of this time are in the journal before those of the next bars, which an append may write first.
        await _journal.FlushIfDueAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Trades on a time slice.</summary>
    /// <param name="past">Whether it is history, before the first live bar.</param>
    public async ValueTask ProcessAsync(TimeSlice slice, bool past, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var taken = slice.Of(opened.Spec.Data.Timeframe);
        if (books.Rates is { } rates)
        {
            if (await rates.TakeAsync(slice, cancellationToken).ConfigureAwait(false) is { } news)
                await _journal.NoteAsync(news, cancellationToken).ConfigureAwait(false);
            // History before the first rate is left out, and a bar to trade on needs one.
            if (rates.FaultOf(slice, Portfolio.InstrumentOf) is { } fault)
            {
                if (past && !books.HasTraded) return;
                throw fault;
            }
        }
        // The nights of a balance without a reference rate would count 0, and the session's backtest would refuse its bars.
        if (!_hasBars) AccountCurrency.CheckInterest(opened.Spec, slice.Bars.Min(b => b.Bar.Time));
        _hasBars = true;
        // Before the account's first trade, strategies process the history, and the session does not act on it.
        if (past && !books.HasTraded)
        {
            await _journal.NoteAsync(new BarsTaken(slice.Time, taken, Warm: true), cancellationToken).ConfigureAwait(false);
            books.Warm(slice, taken.Count);
            reporter.Show(_state, now: false);
            return;
        }
        if (!books.HasTraded) books.Begin(slice.Time);
        books.Reach(slice.Time);
        // Commands have the time of the bars before, so their orders reach a simulated venue before these bars, also after a restart.
        if (_reconciled) await CommandsAsync(cancellationToken).ConfigureAwait(false);
        // A simulated venue refuses entries in symbols that are no members at these bars.
        Portfolio.Reach(slice);
        // The venue's facts about these bars are in the journal only with them.
        _journal.Hold();
        if (taken.Count > 0) await venue.OnBarsAsync(slice.Time, taken, cancellationToken).ConfigureAwait(false);
        // A simulated venue receives the bars first; from here on the session processes them.
        var arrived = _clock.GetTimestamp();
        books.Watch.LastBarAt = _clock.GetUtcNow();
        if (_reconciled) await venue.CatchUpAsync(slice.Time, cancellationToken).ConfigureAwait(false);
        else await ReconcileAsync(slice.Time, cancellationToken).ConfigureAwait(false);
        await ActAsync(slice, taken, arrived, cancellationToken).ConfigureAwait(false);
        await books.Orders.MoveAsync(venue, slice.Time, cancellationToken).ConfigureAwait(false);
        await IdleAsync(cancellationToken).ConfigureAwait(false);
    }

    // Has the portfolio decide, writes what was decided, and sends the orders.
    private async ValueTask ActAsync(TimeSlice slice, IReadOnlyList<ClosedBar> taken, long arrived, CancellationToken cancellationToken)
    {
        var orders = books.Orders;
        orders.Begin(new BarsTaken(slice.Time, taken));
        _journal.Release();
        var late = _options.EntriesWithin is { } within && _clock.GetUtcNow().UtcTicks - slice.Time > within.Ticks;
        _state = late ? LiveState.CatchingUp : books.Operator.Paused ? LiveState.Paused : LiveState.Trading;
        var why = books.IsRuined || books.Watch.HasNoEquity ? "ruined"
            : !_reconciled ? "unreconciled" : late ? "late" : "";
        books.Take(slice, (at, decided, factors) =>
            orders.Decided(at, decided, factors, why.Length > 0 ? why : books.RefusalOf(decided.Symbol, at)));
        orders.Acted(Portfolio.Acted);
        orders.Watched(Portfolio.Watched);
        if (Portfolio.WeightsDecidedAt(slice.Time) is { } weights) orders.Weighed(new WeightsDecided(slice.Time, weights));
        orders.Align(slice.Time);
        var journalBefore = _journal.Appending;
        if (orders.Intended > 0)
        {
            await orders.SendAsync(venue, slice.Time, cancellationToken).ConfigureAwait(false);
            GranaryInstruments.OrderLatency.Record(_clock.GetElapsedTime(arrived, orders.FirstSent).TotalSeconds);
            reporter.Latency.Add(_clock.GetElapsedTime(arrived, orders.FirstSent), _clock.GetElapsedTime(arrived),
                _journal.Appending - journalBefore);
        }
        else if (_options.IsStream && !late)
        {
            // The feed may not repeat these bars, so they must be durable.
            await _journal.AppendAsync(orders.Facts, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var fact in orders.Facts) await _journal.NoteAsync(fact, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does what is due while no time slice comes.</summary>
    public async ValueTask IdleAsync(CancellationToken cancellationToken)
    {
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        if (_clock.GetElapsedTime(_reconciledAt) >= _options.ReconcileEvery)
            await ReconcileAsync(Portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await LookForVersionsAsync(now: false, cancellationToken).ConfigureAwait(false);
        await reporter.NoteAsync(reporter.Waits(_state), Portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await _journal.FlushIfDueAsync(cancellationToken).ConfigureAwait(false);
        reporter.Show(_state, now: false);
    }

    // Looks for newer weights, policies and models.
    private async ValueTask LookForVersionsAsync(bool now, CancellationToken cancellationToken)
    {
        await books.Operator.LookForWeightsAsync(now, cancellationToken).ConfigureAwait(false);
        await books.Policies.LookAsync(cancellationToken).ConfigureAwait(false);
        await books.Models.LookAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReconcileAsync(long timestamp, CancellationToken cancellationToken)
    {
        books.Notes.AddRange(await venue.ReconcileAsync(timestamp, cancellationToken).ConfigureAwait(false));
        _reconciledAt = _clock.GetTimestamp();
        _reconciled |= opened.Account.Venue.Fault is null;
    }

    private async ValueTask CommandsAsync(CancellationToken cancellationToken)
    {
        if (!await books.Operator.CommandsAsync(venue, cancellationToken).ConfigureAwait(false)) return;
        _state = books.Operator.Paused ? LiveState.Paused : books.HasTraded ? LiveState.Trading : LiveState.WarmingUp;
        reporter.Show(_state, now: true);
    }
}
