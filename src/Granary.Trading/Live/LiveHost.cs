using Granary.Contracts.Sessions;
using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>
/// A live session. It runs the plan's strategies and its portfolio on each bar of a feed, and aligns a broker's account with them. A
/// restarted session replays the bars in its journal, without calls to the venue, and then continues.
/// </summary>
/// <remarks>
/// It replays the journal into its books (<see cref="SessionBooks"/>), connects to the venue, and trades (<see cref="LiveTrading"/>).
/// </remarks>
internal sealed class LiveHost
{
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(10);

    private readonly OpenedSession _opened;
    private readonly StrategyPass _pass;
    private readonly SessionBooks _books;
    private readonly WarmFeed _feed;
    private readonly StatusReporter _reporter;

    private LiveHost(OpenedSession opened, StrategyPass pass)
    {
        var (spec, options) = (opened.Spec, opened.Options);
        (_opened, _pass) = (opened, pass);
        _books = new SessionBooks(opened, pass);
        _feed = new WarmFeed(new WarmFeedRequest
        {
            Feed = opened.Feed,
            // Each market in all timeframes that strategies trade.
            Longer = [.. pass.Plan.Feeds.Select(f => f.Timeframe).Where(t => t != spec.Data.Timeframe).Distinct().OrderBy(t => t.Ticks)],
            Past = options.Past,
            WarmUpFrom = spec.ReadFrom,
            Store = options.Keep,
            FillGaps = options.IsStream,
            Clock = opened.Clock,
        });
        _reporter = new StatusReporter(opened, _books, _feed);
    }

    /// <summary>Creates the strategies of an opened session, which <see cref="RunAsync"/> then trades.</summary>
    /// <param name="pass">All strategies of the plan, with the instruments of its markets; receives their outcomes at the end.</param>
    /// <exception cref="BarDataException">The feed has several timeframes, or a longer timeframe is not a multiple of the
    /// feed's.</exception>
    public static async Task<LiveHost> CreateAsync(OpenedSession opened, StrategyPass pass, CancellationToken cancellationToken = default)
    {
        if (opened.Options.Strategies is { } shown) await shown.OwnAsync(pass.Plan, cancellationToken).ConfigureAwait(false);
        var host = new LiveHost(opened, pass);
        opened.Options.Strategies?.Begin(host._books.Portfolio.Strategies);
        return host;
    }

    public string Description => $"live, broker {_opened.Account.Broker}";

    public AccountLedger Ledger => _books.Ledger;

    /// <summary>Trades from before the account was handed over to this configuration.</summary>
    internal HandedTrades Handed => _opened.Handed;

    /// <summary>Latency from bar to order, and the journal's part of it.</summary>
    public LatencyRecorder Latency => _reporter.Latency;

    /// <summary>The portfolio's trades with simulated fills; open ones last.</summary>
    internal IReadOnlyList<PortfolioTrade> PortfolioTrades => _books.Portfolio.Trades;

    /// <summary>The strategies by their index in the plan.</summary>
    internal IReadOnlyList<LiveStrategy> Strategies => _books.Portfolio.Strategies;

    /// <summary>Returns the strategy of a trade of the portfolio.</summary>
    internal StrategyInstance StrategyOf(in PortfolioTrade trade) => Strategies[trade.Member].Instance;

    /// <summary>The signals of the portfolio's members, with the granted quantities.</summary>
    internal IReadOnlyList<PortfolioSignal> Signals => _books.Portfolio.Signals;

    /// <summary>Whether the account was without equity, so the session closed its positions.</summary>
    internal bool IsRuined => _books.IsRuined;

    /// <summary>Returns the bars of a symbol that the session took, in order.</summary>
    internal IReadOnlyList<Bar> BarsOf(string symbol) => _opened.Bars.Of(symbol);

    /// <summary>
    /// Whether a time is after the last bar that a strategy has processed: nothing of the bar in which it lies is known to the strategy.
    /// </summary>
    /// <param name="strategy">The strategy's id.</param>
    /// <param name="time">UTC ticks.</param>
    internal bool IsAfterBarsOf(string strategy, long time) =>
        _books.Portfolio.Find(strategy) is { Run.Now: var last and > long.MinValue } found
        && time >= found.Instance.Timeframe.CloseOf(last);

    /// <summary>Open time of the first bar that the portfolio trades, UTC ticks; null if it trades from the first bar.</summary>
    internal long? PortfolioFrom => _books.Portfolio.From;

    /// <summary>Whether a live bar was taken.</summary>
    internal bool HasTraded => _books.HasTraded;

    internal Instrument InstrumentOf(string symbol) => _books.Portfolio.InstrumentOf(symbol);

    /// <summary>Equity of the account by bar.</summary>
    internal IReadOnlyList<EquityMark> AccountEquity => _books.Watch.Marks;

    /// <summary>Returns the symbol's last bar.</summary>
    internal Bar? LastOf(string symbol) => _books.Portfolio.LastOf(symbol);

    /// <summary>Notes for the reader of the run; one sentence each.</summary>
    public IReadOnlyList<string> Notes => _books.Notes;

    /// <summary>The status after the last row of the portfolio.</summary>
    public LiveStatus Status => _reporter.Last;

    /// <summary>Returns the portfolio's outcome; call it after <see cref="RunAsync"/>.</summary>
    /// <param name="row">Receives every row of the equity curve.</param>
    /// <param name="trade">Receives the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Receives each change of a position.</param>
    public PortfolioOutcome Outcome(Action<EquityRow> row, Action<PortfolioTrade> trade, Action<PortfolioFill> fill) =>
        _books.Portfolio.Outcome(row, trade, fill);

    /// <summary>Trades until the feed ends or the operator stops it. Call it once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var feed = _feed;
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
        _books.Notes.AddRange(_feed.Notes);
        _pass.Finished(_books.Portfolio.Finish());
        _reporter.Show(LiveState.Ended, now: true);
    }

    /// <summary>
    /// Replays the next events of a journal. It sends no order, writes nothing and does not connect to the venue. Call it instead of
    /// <see cref="RunAsync"/>.
    /// </summary>
    internal void Replay(List<JournalEvent> next) => _books.Replay(new AccountPast(next, 0), _feed);

    /// <summary>Closes the feed of a replay.</summary>
    internal ValueTask EndReplayAsync() => _feed.DisposeAsync();

    /// <summary>Equity of the account at the last closes.</summary>
    internal double AccountEquityNow => _books.Watch.Equity();

    /// <summary>Returns the replayed portfolio as if the bars ended now.</summary>
    /// <returns>Also whether the replay may go on afterwards.</returns>
    internal async Task<(PortfolioEnd End, bool CanGoOn)> ReadEndAsync()
    {
        var canGoOn = _books.Portfolio.CanGoOn && !_feed.HasUnended;
        // As for a backtest of these bars, a longer bar whose market has closed is complete.
        if (_feed.HasUnended)
            await foreach (var slice in _feed.ReadAsync().ConfigureAwait(false))
                _books.Take(slice, null);
        return (_books.Portfolio.ReadEnd(), canGoOn);
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        var portfolio = _books.Portfolio;
        _reporter.Show(LiveState.WarmingUp, now: true);
        await ResumeAsync(cancellationToken).ConfigureAwait(false);
        var venue = await _opened.Account.ConnectAsync(_books.Ledger, _opened.Tag, portfolio.Instruments, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            // Fills from here on are new, so they are reported.
            _books.Ledger.Hit = _reporter.Hit;
            var trading = new LiveTrading(_opened, _books, venue, _reporter);
            await trading.StartAsync(cancellationToken).ConfigureAwait(false);
            await FeedTimeSlices.ReadAsync(_feed, _opened.Clock, trading.ProcessAsync, trading.IdleAsync, () => trading.Stopping,
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The operator stopped it: open trades stay open, at the venue and in the books, for the next start.
            _opened.Account.Journal.Drop();
        }
        // An unreachable journal must not block the end of the process; the next start writes the pending facts again from the feed.
        using var end = new CancellationTokenSource(cancellationToken.IsCancellationRequested ? LastWrite : Timeout.InfiniteTimeSpan,
            _opened.Clock);
        await _reporter.NoteAsync(LiveState.Ended, portfolio.Timestamp, end.Token).ConfigureAwait(false);
        await _opened.Account.Journal.FlushAsync(end.Token).ConfigureAwait(false);
    }

    // Replays the journal, and takes the account if another session still has it.
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var (past, options, notes) = (_opened.Past, _opened.Options, _books.Notes);
        var (isNew, switched) = (past.Events.Count == 0, HandedTrades.LastSwitch(past.Events));
        _books.Replay(past, _feed);
        past.Events.Clear();
        past.Events.TrimExcess();
        if (options.Takeover is { } takeover)
        {
            var known = long.MinValue;
            await takeover.FollowAsync(_opened.Account, past, options.Configuration, more =>
            {
                _books.Replay(more, _feed);
                foreach (var closed in more.Events.OfType<BarsTaken>().SelectMany(t => t.Bars)) known = Math.Max(known, closed.Bar.Time);
            }, cancellationToken).ConfigureAwait(false);
            // The feed was opened before these bars came.
            if (known > long.MinValue) _opened.Feed.Seek(known + 1);
        }
        if (options.Begins is { } begins) await begins(cancellationToken).ConfigureAwait(false);
        if (!isNew) notes.Add($"went on with the journal at {_books.Portfolio.TimeText(_books.Portfolio.Timestamp)}, "
            + $"after {Counted.Of(_opened.Bars.Count, "bar")} "
            + $"and {Counted.Of(_books.Ledger.Fills, "fill")}");
        if (switched is not null) notes.Add(_opened.Handed.Note(switched, _opened.Spec.Data.Timeframe));
    }
}
