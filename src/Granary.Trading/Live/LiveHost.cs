using System.Diagnostics;
using Granary.Contracts.Sessions;
using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Trading.Live;

/// <summary>
/// A live session. It runs the plan's strategies and its portfolio on each bar of a feed, and aligns a broker's account with them. A
/// restarted session replays the bars in its journal, without calls to the venue, and then continues.
/// </summary>
/// <remarks>
/// For each time slice: (1) the venue's fills are booked. (2) The strategies process the bars that close. (3) The portfolio decides
/// (<see cref="LivePortfolio"/>). (4) Bars, signals and the intents of all orders are appended to the journal together. (5) The orders are
/// sent, and (6) the responses are appended (<see cref="AccountOrders"/>, <see cref="OrderGateway"/>). The journal therefore shows what
/// was sent, whenever the process ends. Between time slices the session executes the operator's commands (<see cref="SessionOperator"/>),
/// and every 30 seconds it reconciles its books with the venue.
/// </remarks>
public sealed class LiveHost
{
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(10);

    private readonly BatchSpec _spec;
    private readonly ILiveFeed _feed;
    private readonly OrderGateway _gateway;
    private readonly TimeProvider _clock;
    private readonly LiveOptions _options;
    private readonly AccountPast _past;
    private readonly HandedTrades _handed;
    private readonly LiveBars _bars;
    private readonly List<string> _notes = [];
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);
    private AccountLedger _ledger = null!;
    private LivePortfolio _portfolio = null!;
    private AccountOrders _orders = null!;
    private AccountWatch _watch = null!;
    private SessionOperator _operator = null!;
    private SessionPolicies _policies = null!;
    private SessionModels _models = null!;
    private FeedTimeSlices _slices = null!;
    private StatusReporter _reporter = null!;
    private WarmUpWatch _warmUp = null!;
    private LiveState _state = LiveState.WarmingUp;
    private long _reconciledAt, _warm;
    private bool _ruined;
    // Whether books and venue were reconciled since the start; otherwise an entry could double a position.
    private bool _reconciled;
    // Whether live bars were taken.
    private bool _traded;

    private LiveHost(BatchSpec spec, ILiveFeed feed, OrderGateway gateway, TimeProvider clock, LiveOptions options, AccountPast past)
    {
        (_spec, _feed, _gateway, _clock, _options) = (spec, feed, gateway, clock, options);
        _past = past with { Events = [.. past.Events] };
        _handed = new HandedTrades(HandedTrades.LastSwitch(_past.Events));
        _bars = new LiveBars(feed.Series);
        Tag = OrderNames.TagOf(_past.Events, spec, options);
    }

    /// <param name="spec">The specification of the production configuration.</param>
    /// <param name="feed">A feed with all symbols at the data's timeframe; the session disposes of it.</param>
    /// <param name="past">The events of the journal.</param>
    /// <param name="clock">The clock for waiting and for the 30 seconds; market time comes from the bars.</param>
    public static LiveHost Create(BatchSpec spec, ILiveFeed feed, IBroker broker, AccountJournal journal, IReadOnlyList<JournalEvent> past,
        TimeProvider clock, LiveOptions options) =>
        Create(spec, feed, new OrderGateway(journal, broker), AccountPast.Of(past), clock, options);

    /// <inheritdoc cref="Create(BatchSpec, ILiveFeed, IBroker, AccountJournal, IReadOnlyList{JournalEvent}, TimeProvider, LiveOptions)"/>
    /// <param name="gateway">The gateway with the journal of <paramref name="past"/>, not begun; the caller disposes of it.</param>
    public static LiveHost Create(BatchSpec spec, ILiveFeed feed, OrderGateway gateway, AccountPast past, TimeProvider clock,
        LiveOptions options) =>
        new(spec, feed, gateway, clock, options, past);

    public string Description => $"live, broker {_gateway.Broker}";
    /// <summary>The bars that the session has taken, for the report of its run.</summary>
    public IBarSource Bars => _bars;

    public AccountLedger Ledger => _ledger;

    /// <summary>The prefix of the account's order ids.</summary>
    public string Tag { get; }

    /// <summary>Trades from before the account was handed over to this configuration.</summary>
    internal HandedTrades Handed => _handed;

    /// <summary>Latency from bar to order, and the journal's part of it.</summary>
    public LatencyRecorder Latency { get; } = new();

    /// <summary>The portfolio's trades with simulated fills; open ones last.</summary>
    internal IEnumerable<(StrategyInstance Strategy, string? Model, PortfolioTrade Trade)> PortfolioTrades =>
        _portfolio.Trades.Select(t => (_portfolio.Strategies[t.Member].Instance, _portfolio.Strategies[t.Member].Instance.Model?.Name, t));

    /// <summary>Open time of the first bar that the portfolio trades, UTC ticks; null if it trades from the first bar.</summary>
    internal long? PortfolioFrom => _portfolio.From;

    /// <summary>Whether a live bar was taken.</summary>
    internal bool HasTraded => _traded;

    internal Instrument InstrumentOf(string symbol) => _portfolio.InstrumentOf(symbol);

    /// <summary>Equity of the account by bar.</summary>
    internal IReadOnlyList<EquityMark> AccountEquity => _watch.Marks;

    /// <summary>Returns the symbol's last bar.</summary>
    internal Bar? LastOf(string symbol) => _portfolio.LastOf(symbol);

    /// <summary>Notes for the reader of the run; one sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The status after the last row of the portfolio.</summary>
    public LiveStatus Status => _reporter.Last;

    /// <summary>Returns the portfolio's outcome; call it after <see cref="RunAsync"/>.</summary>
    /// <param name="row">Receives every row of the equity curve.</param>
    /// <param name="trade">Receives the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Receives each change of a position.</param>
    public PortfolioOutcome Outcome(Action<EquityRow> row, Action<PortfolioTrade> trade, Action<PortfolioFill> fill) =>
        _portfolio.Outcome(row, trade, fill);

    /// <summary>Trades until the feed ends or the operator stops it.</summary>
    /// <param name="pass">All strategies of the plan, with the instruments of its markets; receives their outcomes at the end.</param>
    public async Task RunAsync(StrategyPass pass, CancellationToken cancellationToken)
    {
        var plan = pass.Plan;
        _ledger = new AccountLedger(_spec.Cash, s => _portfolio.InstrumentOf(s).Multiplier);
        if (_options.Strategies is { } shown) await shown.OwnAsync(plan, cancellationToken).ConfigureAwait(false);
        _portfolio = new LivePortfolio(pass, _feed.Series, _bars, _notes);
        _options.Strategies?.Begin(_portfolio.Strategies);
        _warmUp = new WarmUpWatch(_portfolio.Strategies, _options.Feed);
        _orders = new AccountOrders(_portfolio, _ledger, _gateway, _spec.Execution.Settings, new OrderNames(Tag, _handed));
        _watch = new AccountWatch(_ledger, _portfolio, _spec.Data.Timeframe);
        _policies = new SessionPolicies(_options, _gateway, _portfolio, _spec.Portfolio.Policy, _notes);
        _models = new SessionModels(_options, _gateway, _portfolio, _spec.Catalogues, _notes);
        _operator = new SessionOperator(_options, _gateway, _portfolio, _orders, _clock, _notes);
        // Each market in all timeframes that strategies trade.
        IReadOnlyList<Timeframe> longer =
            [.. plan.Feeds.Select(f => f.Timeframe).Where(t => t != _spec.Data.Timeframe).Distinct().OrderBy(t => t.Ticks)];
        await using var warm = new WarmFeed(new WarmFeedRequest
        {
            Feed = _feed,
            Longer = longer,
            Past = _options.Past,
            WarmUpFrom = _spec.ReadFrom,
            Store = _options.Keep,
            FillGaps = _options.IsStream,
            Clock = _clock,
        });
        _reporter = new StatusReporter(_options, _gateway, warm, _clock);
        _slices = new FeedTimeSlices(warm, _clock);
        using var life = new CancellationTokenSource();
        var heartbeat = _reporter.BeatAsync(life.Token);
        try
        {
            await TradeAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await life.CancelAsync().ConfigureAwait(false);
            await heartbeat.ConfigureAwait(false);
        }
        _notes.AddRange(warm.Notes);
        pass.Finished(_portfolio.Finish());
        Show(LiveState.Ended, now: true);
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        Show(_state, now: true);
        await ResumeAsync(cancellationToken).ConfigureAwait(false);
        await _gateway.BeginAsync(_ledger, Tag, _portfolio.Instruments, cancellationToken).ConfigureAwait(false);
        try
        {
            // Fills from here on are new, so they are reported.
            _ledger.Hit = (trade, fill) =>
            {
                _hits[fill.Leg] = _hits.GetValueOrDefault(fill.Leg) + 1;
                _options.Hit?.Invoke(trade, fill);
            };
            await StartAsync(cancellationToken).ConfigureAwait(false);
            await _slices.ReadAsync(ProcessAsync, IdleAsync, () => _operator.Stopping, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The operator stopped it: open trades stay open, at the venue and in the books, for the next start.
        }
        // An unreachable journal must not block the end of the process; the next start writes the pending facts again from the feed.
        using var end = new CancellationTokenSource(cancellationToken.IsCancellationRequested ? LastWrite : Timeout.InfiniteTimeSpan,
            _clock);
        await _reporter.NoteAsync(LiveState.Ended, _portfolio.Timestamp, end.Token).ConfigureAwait(false);
        await _gateway.FlushAsync(end.Token).ConfigureAwait(false);
    }

    // Replays the journal, and takes the account if another session still has it.
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        Replay(_past);
        var (isNew, switched) = (_past.Events.Count == 0, HandedTrades.LastSwitch(_past.Events));
        _past.Events.Clear();
        _past.Events.TrimExcess();
        if (_options.Takeover is { } takeover)
        {
            var known = long.MinValue;
            await takeover.FollowAsync(_gateway, _past, _options.Configuration, more =>
            {
                Replay(more);
                foreach (var bar in more.Events.OfType<BarsTaken>().SelectMany(t => t.Bars)) known = Math.Max(known, bar.Bar.Time);
            }, cancellationToken).ConfigureAwait(false);
            // The feed was opened before these bars came.
            if (known > long.MinValue) _feed.Seek(known + 1);
        }
        if (_options.Begins is { } begins) await begins(cancellationToken).ConfigureAwait(false);
        if (!isNew) _notes.Add($"went on with the journal at {_portfolio.TimeText(_portfolio.Timestamp)}, "
            + $"after {Counted.Of(_bars.Count, "bar")} "
            + $"and {Counted.Of(_ledger.Fills, "fill")}");
        if (switched is not null) _notes.Add(_handed.Note(switched, _spec.Data.Timeframe));
    }

    // Replays a part of the journal. Every fact of the account is booked, and no order is sent.
    private void Replay(AccountPast past)
    {
        var events = past.Events;
        var switched = events.FindLastIndex(e => e is DeploymentSwitched);
        // Strategies are run ahead of the facts, so the model versions must be set before.
        _models.Put(events.Skip(switched + 1).OfType<ModelChanged>());
        var slices = new ReplayedSlices(events, _slices, _portfolio);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            Reach(e.Timestamp);
            _operator.Know(e);
            // Before the switch, the account traded another configuration with its own weights and enablement.
            var isEarlier = i < switched;
            switch (e)
            {
                case BarsTaken taken:
                    if (!taken.Warm && !_traded && !isEarlier)
                    {
                        _portfolio.Start(taken.Timestamp);
                        _traded = true;
                    }
                    foreach (var slice in slices.Next()) Take(slice, null);
                    break;
                case WeightsChanged weights when isEarlier: _operator.Skip(weights); break;
                case WeightsChanged weights: _operator.Put(weights); break;
                case PolicyChanged or EnablementChanged when isEarlier: break;
                case ModelChanged: break;
                case PolicyChanged policy: _policies.Put(policy); break;
                case EnablementChanged enablement: _operator.Put(enablement); break;
                case SessionControlled { Command: not SessionCommand.Stop } control: _operator.Put(control); break;
                case StopMoved moved: _orders.Moved(moved); break;
                // A difference of bars, not of books and venue.
                case Reconciled { Rule: ChangedBars.Rule }: break;
                default:
                    _ledger.Apply(e);
                    if (e is OrderIntended intent) _orders.Register(_ledger.Find(intent.Order.ClientId)!);
                    break;
            }
        }
        _orders.Signals += past.Signals;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gateway.AppendAsync([new SessionStarted(_portfolio.Timestamp, Tag, _options.Account, _options.Configuration, _gateway.Broker,
            Environment.MachineName, Environment.ProcessId, _options.WithoutEvidence)], cancellationToken).ConfigureAwait(false);
        await _reporter.NoteAsync(_state, _portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        if (_gateway.Cut is { } cut) _notes.Add(cut);
        if (_options.Changed.Count > 0)
            await _gateway.AppendAsync([.. _options.Changed.Select(c =>
                new Reconciled(_portfolio.Timestamp, ChangedBars.Rule, c.Difference, 0) { Symbol = c.Symbol })], cancellationToken)
                .ConfigureAwait(false);
        _notes.AddRange(_options.Changed.Select(c => $"the feed differs from the journal, whose bars stay: {c.Difference}"));
        if (_options.WithoutEvidence)
            _notes.Add("The validation checks of this configuration are missing or failed; it is traded with --without-evidence.");
        // A simulated venue may have taken bars that the journal does not have; they come again.
        if (_bars.Count > 0) await _gateway.OnBarsAsync(_portfolio.Timestamp, [], cancellationToken).ConfigureAwait(false);
        await ReconcileAsync(_portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        // Includes commands that no earlier session has executed.
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        // Completes actions that the replayed part left open, such as a cancellation that was in progress.
        await _orders.CatchUpAsync(_portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await _operator.LookForWeightsAsync(now: true, cancellationToken).ConfigureAwait(false);
        await _policies.LookAsync(cancellationToken).ConfigureAwait(false);
        await _models.LookAsync(cancellationToken).ConfigureAwait(false);
        // Facts of this time are in the journal before those of the next bars, which an append may write first.
        await _gateway.FlushIfDueAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ProcessAsync(TimeSlice now, bool past, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var slice = now.Time;
        List<TakenBar> taken = [.. now.Bars.Where(b => b.Timeframe == _spec.Data.Timeframe).Select(b => TakenBar.Of(b.Market, b.Bar))];
        // Before the account's first trade, strategies process the history, and the session does not act on it.
        if (past && !_traded)
        {
            await _gateway.NoteAsync(new BarsTaken(slice, taken, Warm: true), cancellationToken).ConfigureAwait(false);
            Take(now, null);
            _warm += taken.Count;
            Show(_state, now: false);
            return;
        }
        if (!_traded) Begin(slice);
        Reach(slice);
        if (taken.Count > 0)
            await _gateway.OnBarsAsync(slice,
                [.. taken.Select(b => new ClosedBar(_feed.Series[b.Series].Instrument.Symbol, b.Bar, _spec.Data.Timeframe))],
                cancellationToken).ConfigureAwait(false);
        // A simulated venue receives the bars first; from here on the session processes them.
        var arrived = Stopwatch.GetTimestamp();
        _watch.LastBarAt = _clock.GetUtcNow();
        // The fills of these bars are booked before commands, whose facts have the time of the bars before.
        if (_reconciled) await _gateway.PollAsync(slice, cancellationToken).ConfigureAwait(false);
        else await ReconcileAsync(slice, cancellationToken).ConfigureAwait(false);
        await CommandsAsync(cancellationToken).ConfigureAwait(false);

        _orders.Begin(new BarsTaken(slice, taken));
        var late = _options.EntriesWithin is { } within && _clock.GetUtcNow().UtcTicks - slice > within.Ticks;
        _state = late ? LiveState.CatchingUp : _operator.Paused ? LiveState.Paused : LiveState.Trading;
        var why = _ruined || _watch.HasNoEquity ? "ruined"
            : !_reconciled ? "unreconciled" : late ? "late" : _operator.Paused ? "paused" : "";
        Take(now, (at, decided) => _orders.Decided(at, decided, why));
        _orders.Acted(_portfolio.Acted);
        if (_portfolio.WeightsDecidedAt(slice) is { } weights) _orders.Weighed(new WeightsDecided(slice, weights));
        _orders.Align(slice);
        var journalBefore = _gateway.Appending;
        if (_orders.Intended > 0)
        {
            await _orders.SendAsync(slice, cancellationToken).ConfigureAwait(false);
            GranaryInstruments.OrderLatency.Record(Stopwatch.GetElapsedTime(arrived, _orders.FirstSent).TotalSeconds);
            Latency.Add(Stopwatch.GetElapsedTime(arrived, _orders.FirstSent), Stopwatch.GetElapsedTime(arrived),
                _gateway.Appending - journalBefore);
        }
        else if (_options.IsStream && !late)
        {
            // The feed may not repeat these bars, so they must be durable.
            await _gateway.AppendAsync(_orders.Facts, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var fact in _orders.Facts) await _gateway.NoteAsync(fact, cancellationToken).ConfigureAwait(false);
        }
        await _orders.MoveAsync(slice, cancellationToken).ConfigureAwait(false);
        await IdleAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Begin(long slice)
    {
        _portfolio.Start(slice);
        if (_warm > 0) _notes.Add($"warmed up over {Counted.Of(_warm, "bar")}");
        if (_warmUp.Progress() is { } cold) _notes.Add(WarmUpWatch.Note(cold, _portfolio.Strategies.Count));
        _traded = true;
    }

    private async ValueTask IdleAsync(CancellationToken cancellationToken)
    {
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        if (_clock.GetElapsedTime(_reconciledAt) >= _options.ReconcileEvery)
            await ReconcileAsync(_portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await _operator.LookForWeightsAsync(now: false, cancellationToken).ConfigureAwait(false);
        await _policies.LookAsync(cancellationToken).ConfigureAwait(false);
        await _models.LookAsync(cancellationToken).ConfigureAwait(false);
        await _reporter.NoteAsync(_reporter.Waits(_state), _portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
        await _gateway.FlushIfDueAsync(cancellationToken).ConfigureAwait(false);
        Show(_state, now: false);
    }

    private async ValueTask ReconcileAsync(long timestamp, CancellationToken cancellationToken)
    {
        foreach (var difference in await _gateway.ReconcileAsync(timestamp, cancellationToken).ConfigureAwait(false))
            _notes.Add(difference);
        _reconciledAt = _clock.GetTimestamp();
        _reconciled |= _gateway.VenueFault is null;
    }

    private async ValueTask CommandsAsync(CancellationToken cancellationToken)
    {
        if (await _operator.CommandsAsync(cancellationToken).ConfigureAwait(false)) ShowCommanded();
    }

    /// <summary>
    /// Executes an operator's command before the next time slice. Call it on the session's own thread, or before it runs.
    /// </summary>
    public async ValueTask CommandAsync(IssuedCommand command, CancellationToken cancellationToken = default)
    {
        await _operator.CommandAsync(command, cancellationToken).ConfigureAwait(false);
        ShowCommanded();
    }

    private void ShowCommanded()
    {
        _state = _operator.Paused ? LiveState.Paused : _traded ? LiveState.Trading : LiveState.WarmingUp;
        Show(_state, now: true);
    }

    // Passes a time slice to strategies and portfolio, and begins the account's mark of it. A session and the replay of its journal do so
    // alike.
    private void Take(in TimeSlice now, Action<long, DecidedSignal>? decided)
    {
        _portfolio.Process(now, decided);
        if (!_traded) return;
        var open = long.MinValue;
        foreach (var (_, timeframe, bar) in now.Bars)
            if (timeframe == _spec.Data.Timeframe)
                open = Math.Max(open, bar.Time);
        // Longer bars that end between the feed's own ones change no price.
        if (open > long.MinValue) _watch.Begin(now.Time, open);
    }

    // Market time goes on: the mark of the bars before is final, and an account that they ruined stays ruined.
    private void Reach(long timestamp)
    {
        _watch.Reach(timestamp);
        if (_ruined || !_watch.IsRuined) return;
        _ruined = _orders.Flatten = true;
        _notes.Add($"the broker's account had no equity left at {_portfolio.TimeText(_portfolio.Timestamp)}: all positions are closed, and "
            + "nothing is entered any more");
    }

    private void Show(LiveState state, bool now)
    {
        if (!_reporter.IsDue(state, now)) return;
        _watch.Refresh();
        var (p50, p99) = Latency.Percentiles();
        _reporter.Show(new LiveStatus(state, new DateTime(_portfolio.Timestamp, DateTimeKind.Utc), _bars.Count, _portfolio.Strategies.Count,
            _portfolio.Strategies.Count(s => s.Error is not null), _portfolio.Run.Equity, _watch.Equity(), _ledger.Cash, _ledger.Fees,
            _ledger.Positions.Where(p => p.Value != 0).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            _ledger.ActiveTrades.Count, _orders.Signals, _portfolio.Run.Accepted,
            _ledger.TrackedOrders.Count, _ledger.Fills, _ledger.TrackedOrders.Count(t =>
                t.State == OrderState.Rejected || t.Ended == OrderState.Rejected),
            _ledger.OpenOrders.Count(t => t.Unknown), _ledger.Differences,
            _operator.WeightsVersion, null, null, p50, p99, [.. _notes.TakeLast(20)])
        {
            Hits = new Dictionary<string, int>(_hits),
            CommandFault = _operator.CommandFault,
            Account = _watch.Details(_gateway, _options.IsStream),
            WarmingUp = _warmUp.Progress(),
            Stopped = _portfolio.Strategies.Count(s => !s.IsEnabled),
        }, now);
    }
}
