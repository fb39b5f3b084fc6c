using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Application.Regimes;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Application.Live;

/// <summary>
/// A live session: the host that walks the plan's strategies and its portfolio bar by bar as a feed brings them, and brings a broker's account to where
/// they are. It is restarted on its journal: the bars that it had taken are walked again, without a word to the venue, and then it goes on.
/// </summary>
/// <remarks>
/// At each instant: the venue's fills are booked; the strategies see the bars that close; the portfolio decides; bars, signals and the intents of all orders
/// are appended to the journal in one piece; the orders are sent; the answers are appended. So what was sent is known, whenever the process dies;
/// and since an order's id is made from the signal that it serves, an order that is made again is the same order.
/// </remarks>
public sealed class LiveHost : IPortfolioHost
{
    private readonly BatchSpec _spec;
    private readonly ILiveFeed _feed;
    private readonly IOrderDesk _desk;
    private readonly TimeProvider _clock;
    private readonly LiveOptions _options;
    private readonly List<JournalEvent> _past;
    private readonly LiveBars _bars;
    private readonly List<EquityRow> _rows = [];
    private readonly List<PortfolioTrade> _trades = [];
    private readonly Dictionary<(int Strategy, int Number), TradeOrders> _orders = [];
    private readonly Dictionary<string, double> _movedStops = new(StringComparer.Ordinal);
    private readonly List<JournalEvent> _facts = [];
    private readonly List<OrderIntended> _intents = [];
    private readonly List<string> _notes = [];
    private readonly LatencyRecorder _latency = new();
    private readonly string _tag;
    private AccountLedger _ledger = null!;
    private PortfolioDriver _driver = null!;
    private StateWeights? _states;
    private LiveInstants _instants = null!;
    private LiveFeedRuns[] _feeds = [];
    // By market; null where no strategy asks in which order its prices were reached.
    private IntrabarPath?[] _paths = [];
    private FeedPlan[] _feedPlans = [];
    private LiveStrategy[] _strategies = [];
    private Dictionary<string, LiveStrategy> _byId = [];
    private bool[] _isMember = [];
    private Dictionary<string, Instrument> _instrumentOf = [];
    private Timeframe?[] _markedAt = [];
    private int[] _driverSymbol = [];
    private bool _paused, _stopping, _checkWeights, _resendStops = true;
    private long _instant, _signals, _weightsVersion, _skipped;
    private long _synchronised, _weightsLooked;
    private LiveState _state = LiveState.WarmingUp;

    // The orders that serve one trade of a strategy.
    private sealed class TradeOrders
    {
        public Ticket? Entry;
        public Ticket? Exit;
        public int Exits;
    }

    private LiveHost(BatchSpec spec, ILiveFeed feed, IOrderDesk desk, TimeProvider clock, LiveOptions options, List<JournalEvent> past)
    {
        (_spec, _feed, _desk, _clock, _options, _past) = (spec, feed, desk, clock, options, past);
        _bars = new LiveBars(feed.Series);
        _tag = TagOf(past, spec, options);
    }

    // The same for all sessions of an account, and another for another account.
    private static string TagOf(List<JournalEvent> past, BatchSpec spec, LiveOptions options) => past.OfType<SessionStarted>().FirstOrDefault()?.Tag
        ?? "g" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Account}\n{spec.Name}\n{options.Configuration}")))[..8];

    /// <param name="spec">Of the production configuration.</param>
    /// <param name="feed">Carries all its symbols at the data's timeframe; the session disposes of it.</param>
    /// <param name="past">What the journal holds.</param>
    /// <param name="clock">Of the waiting and the thirty seconds; market time comes from the bars.</param>
    public static LiveHost Create(BatchSpec spec, ILiveFeed feed, IBroker broker, AccountJournal journal, IReadOnlyList<JournalEvent> past, TimeProvider clock, LiveOptions options) =>
        Create(spec, feed, new OrderDesk(journal, broker), past, clock, options);

    /// <inheritdoc cref="Create(BatchSpec, ILiveFeed, IBroker, AccountJournal, IReadOnlyList{JournalEvent}, TimeProvider, LiveOptions)"/>
    /// <param name="desk">Whose journal <paramref name="past"/> was read from; not begun yet, and not disposed of.</param>
    public static LiveHost Create(BatchSpec spec, ILiveFeed feed, IOrderDesk desk, IReadOnlyList<JournalEvent> past, TimeProvider clock, LiveOptions options) =>
        new(spec, feed, desk, clock, options, [.. past]);

    public string Description => $"live, broker {_desk.Broker}";

    /// <summary>The bars that it has taken, for the report of its run.</summary>
    public IBarSource Bars => _bars;

    public AccountLedger Ledger => _ledger;

    /// <summary>Order ids of this account begin with it.</summary>
    public string Tag => _tag;

    /// <summary>Bar to order, and how much of it was the journal.</summary>
    public LatencyRecorder Latency => _latency;

    /// <summary>The portfolio's trades, with the strategies' simulated fills; what is open last.</summary>
    internal IEnumerable<(StrategyInstance Strategy, string? Model, PortfolioTrade Trade)> PortfolioTrades
    {
        get
        {
            foreach (var trade in _trades)
            {
                var instance = _strategies[trade.Member].Instance;
                yield return (instance, instance.Model?.Name, trade);
            }
        }
    }

    internal Instrument InstrumentOf(string symbol) => _instrumentOf[symbol];

    /// <summary>The symbol's last bar.</summary>
    internal Bar? LastOf(string symbol)
    {
        for (var m = 0; m < _feed.Series.Count; m++)
            if (_feed.Series[m].Instrument.Symbol == symbol)
                return _bars.Last(m);
        return null;
    }

    /// <summary>Of the last row of the portfolio.</summary>
    public LiveStatus Status { get; private set; } = null!;

    public PortfolioOutcome Outcome(Action<EquityRow>? row, Action<PortfolioTrade> trade)
    {
        foreach (var r in _rows) row?.Invoke(r);
        foreach (var t in _trades) trade(t);
        return _driver.Outcome();
    }

    /// <inheritdoc/>
    public async Task RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include, IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        Prepare(plan, markets, events, withFactors);
        await _desk.BeginAsync(_ledger, _tag, _instrumentOf, cancellationToken).ConfigureAwait(false);
        try
        {
            Replay();
            await StartAsync(cancellationToken).ConfigureAwait(false);
            await TradeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped by its operator: what is open stays open, at the venue and in the books, for the next start.
        }
        await _desk.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        finished(Finish());
        Show(LiveState.Ended, now: true);
    }

    private void Prepare(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IEventSink? events, bool withFactors)
    {
        _ledger = new AccountLedger(_spec.Cash, s => markets[s].Instrument.Multiplier);
        var weights = new double[plan.Instances.Count];
        foreach (var instance in plan.Instances) weights[instance.Index] = _spec.Portfolio.FixedWeights?.GetValueOrDefault(instance.Id) ?? 0;
        var instruments = markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument).ToList();
        _instrumentOf = instruments.ToDictionary(i => i.Symbol, StringComparer.Ordinal);
        _isMember = [.. weights.Select(w => w != 0)];
        _driver = new PortfolioDriver(plan, weights, instruments);
        if (_spec.Portfolio.WeightsByState is { } byState)
            _states = new StateWeights(_driver.Run, plan, s => new MarketSeries(markets[s].Instrument, _spec.Data.Timeframe), byState);
        _driver.Begin(new FeedClock(plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe), _rows.Add, _trades.Add);
        _feedPlans = [.. plan.Feeds];
        var market = _feed.Series.Select((s, i) => (s.Instrument.Symbol, i)).ToDictionary(x => x.Symbol, x => x.i, StringComparer.Ordinal);
        _paths = new IntrabarPath?[_feed.Series.Count];
        _feeds = [.. plan.Feeds.Select(f => LiveFeedRuns.Of(f, f.Instances, s => WithPath(new MarketSeries(markets[s].Instrument, f.Timeframe), market[s]), _spec.Execution.Settings, events, withFactors))];
        _strategies = [.. _feeds.SelectMany(f => f.Strategies).OrderBy(s => s.Instance.Index)];
        _byId = _strategies.ToDictionary(s => s.Instance.Id, StringComparer.Ordinal);
        _instants = new LiveInstants(_feed.Series, plan.Feeds.SelectMany(f => f.Symbols.Select(s => (market[s], f.Timeframe))));
        // Marked is each market of a strategy with a weight, at its shortest timeframe.
        _markedAt = new Timeframe?[_feed.Series.Count];
        _driverSymbol = [.. _feed.Series.Select(s => instruments.FindIndex(i => i.Symbol == s.Instrument.Symbol))];
        foreach (var instance in plan.Instances)
            foreach (var symbol in instance.Symbols)
                if (weights[instance.Index] != 0 && (_markedAt[market[symbol]] is not { } known || instance.Timeframe.Ticks < known.Ticks))
                    _markedAt[market[symbol]] = instance.Timeframe;
    }

    // The feed's own bars tell the order of prices within longer ones; they are added as they come.
    private MarketSeries WithPath(MarketSeries series, int market)
    {
        if (IntrabarPaths.TimeframeFor(_spec, series.Timeframe) is not { } smaller) return series;
        var carried = _feed.Series[market].Timeframe;
        var helps = series.Timeframe.Ticks > carried.Ticks;
        if (smaller != carried)
            _notes.Add($"the feed brings {series.Instrument.Symbol} in {carried} bars and not in the {smaller} ones of intrabarPath: where a {series.Timeframe} bar touches both stop and target, {(helps ? $"the {carried} bars decide" : "the rule of 'intrabar' decides")}");
        return helps ? series with { Path = _paths[market] ??= new IntrabarPath(carried) } : series;
    }

    // ---- what was before ----------------------------------------------------------------------------------------------------

    // Walks again over what the journal holds. Every fact of the account is booked, and nothing is sent.
    private void Replay()
    {
        foreach (var e in _past)
        {
            switch (e)
            {
                case BarsTaken taken:
                    foreach (var bar in taken.Bars) Take(bar.Series, bar.Bar);
                    Walk(taken.Instant, null);
                    break;
                case WeightsChanged weights: Put(weights); break;
                case EnablementChanged enablement: Put(enablement); break;
                case SessionControlled { Command: not SessionCommand.Stop } control: Put(control.Command); break;
                case StopMoved moved: _movedStops[moved.ClientId] = moved.Price; break;
                default:
                    _ledger.Apply(e);
                    if (e is OrderIntended intent) Register(_ledger.Find(intent.Order.ClientId)!);
                    break;
            }
        }
        _signals = _past.OfType<SignalDecided>().LongCount();
        if (_past.Count > 0) _notes.Add($"went on with the journal at {RunText.Time(_instant)}, after {_bars.Count} bars and {_ledger.Fills} fills");
        _past.Clear();
        _past.TrimExcess();
    }

    private void Register(Ticket ticket)
    {
        if (!_byId.TryGetValue(ticket.Strategy, out var member)) return;
        var key = (member.Instance.Index, ticket.Intent.Trade);
        if (!_orders.TryGetValue(key, out var orders)) _orders.Add(key, orders = new TradeOrders());
        if (ticket.Order.Closes is null)
        {
            orders.Entry = ticket;
            return;
        }
        orders.Exit = ticket;
        orders.Exits++;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _desk.AppendAsync([new SessionStarted(_instant, _tag, _options.Account, _options.Configuration, _desk.Broker, Environment.MachineName, Environment.ProcessId, _options.WithoutEvidence)], cancellationToken).ConfigureAwait(false);
        if (_desk.Cut is { } cut) _notes.Add(cut);
        if (_options.WithoutEvidence) _notes.Add("its evidence is missing or failed, and its operator trades it all the same (--without-evidence)");
        if (_bars.Count == 0 && _options.WarmUp is not null) await WarmUpAsync(cancellationToken).ConfigureAwait(false);
        await SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        // What the walk over the past has left to do, as a cancellation that was on its way.
        await AlignAsync(cancellationToken).ConfigureAwait(false);
        if (_options.Weights is not null) await LookForWeightsAsync(cancellationToken).ConfigureAwait(false);
    }

    // ---- bars ---------------------------------------------------------------------------------------------------------------

    private void Take(int market, in Bar bar)
    {
        _paths[market]?.Add(BarBlock.FromBars(_bars.Count, [bar]));
        _bars.Add(market, bar);
        _instants.Add(market, bar);
    }

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var first = await FirstAsync(cancellationToken).ConfigureAwait(false);
        if (first is null) return;
        var series = new List<IBarSeries>();
        try
        {
            var merge = new BarMerge(_feed.Series);
            var readers = new List<IAsyncEnumerator<BarBlock>>();
            foreach (var market in _feed.Series)
            {
                IBarSeries? opened = null;
                try
                {
                    opened = await _options.WarmUp!.OpenAsync(new BarQuery(market.Instrument.Symbol, market.Timeframe, null, first), cancellationToken).ConfigureAwait(false);
                    series.Add(opened);
                }
                catch (BarDataException e)
                {
                    _notes.Add($"no bars to warm up with: {e.Message}");
                }
                readers.Add(opened is null ? Nothing().GetAsyncEnumerator(cancellationToken) : opened.ReadAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken));
            }
            var buffer = new MergedBar[1024];
            var taken = new List<TakenBar>();
            var instant = 0L;
            while (true)
            {
                for (int n; (n = merge.Take(buffer)) > 0;)
                    for (var i = 0; i < n; i++)
                    {
                        if (taken.Count > 0 && buffer[i].Close != instant)
                        {
                            await WarmAsync(instant, taken, cancellationToken).ConfigureAwait(false);
                            taken.Clear();
                        }
                        instant = buffer[i].Close;
                        taken.Add(TakenBar.Of(buffer[i].Series, buffer[i].Bar));
                    }
                if (merge.WaitsFor is not { } waits) break;
                if (await readers[waits].MoveNextAsync().ConfigureAwait(false)) merge.Add(waits, readers[waits].Current);
                else merge.End(waits);
            }
            if (taken.Count > 0) await WarmAsync(instant, taken, cancellationToken).ConfigureAwait(false);
            foreach (var reader in readers) await reader.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (var s in series) await s.DisposeAsync().ConfigureAwait(false);
        }
        _notes.Add($"warmed up over {_bars.Count} bars");
    }

    private static async IAsyncEnumerable<BarBlock> Nothing()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }

    private async ValueTask WarmAsync(long instant, List<TakenBar> taken, CancellationToken cancellationToken)
    {
        foreach (var bar in taken) Take(bar.Series, bar.Bar);
        await _desk.NoteAsync(new BarsTaken(instant, [.. taken], Warm: true), cancellationToken).ConfigureAwait(false);
        Walk(instant, null);
    }

    private IAsyncEnumerator<FeedItem>? _items;
    private FeedItem? _ahead;

    // The open time of the feed's first bar, which is kept for when it is its turn.
    private async ValueTask<long?> FirstAsync(CancellationToken cancellationToken)
    {
        _items ??= _feed.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        // Heartbeats before the first bar say nothing.
        while (await _items.MoveNextAsync().ConfigureAwait(false))
        {
            if (_items.Current.Kind == FeedItemKind.Heartbeat) continue;
            _ahead = _items.Current;
            return _ahead is { Bars: { } bars } ? bars.Time[0] : null;
        }
        return null;
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        _items ??= _feed.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var merge = new BarMerge(_feed.Series);
        var buffer = new MergedBar[1024];
        var taken = new List<TakenBar>();
        var given = new long[_feed.Series.Count];
        var instant = 0L;
        await using (_items.ConfigureAwait(false))
        {
            Task<bool>? coming = null;
            while (!_stopping)
            {
                FeedItem item;
                if (_ahead is { } ahead)
                {
                    (item, _ahead) = (ahead, null);
                }
                else
                {
                    var next = _items.MoveNextAsync();
                    if (!next.IsCompleted)
                    {
                        // While the market is silent, the operator and the venue are listened to.
                        coming = next.AsTask();
                        while (await Task.WhenAny(coming, Task.Delay(TimeSpan.FromMilliseconds(200), _clock, cancellationToken)).ConfigureAwait(false) != coming)
                        {
                            cancellationToken.ThrowIfCancellationRequested();
                            await IdleAsync(cancellationToken).ConfigureAwait(false);
                            if (_stopping) return;
                        }
                        if (!await coming.ConfigureAwait(false)) break;
                    }
                    else if (!await next.ConfigureAwait(false))
                    {
                        break;
                    }
                    item = _items.Current;
                }
                switch (item.Kind)
                {
                    case FeedItemKind.Bars:
                        Add(merge, given, item);
                        continue;
                    case FeedItemKind.Heartbeat:
                        for (var m = 0; m < _feed.Series.Count; m++) merge.Reach(m, item.Time - _feed.Series[m].Timeframe.Ticks);
                        break;
                    default:
                        for (var m = 0; m < _feed.Series.Count; m++) merge.End(m);
                        break;
                }
                for (int n; (n = merge.Take(buffer)) > 0;)
                    for (var i = 0; i < n; i++)
                    {
                        if (taken.Count > 0 && buffer[i].Close != instant) await InstantAsync(instant, taken, cancellationToken).ConfigureAwait(false);
                        instant = buffer[i].Close;
                        taken.Add(TakenBar.Of(buffer[i].Series, buffer[i].Bar));
                    }
                if (taken.Count > 0) await InstantAsync(instant, taken, cancellationToken).ConfigureAwait(false);
                if (item.Kind == FeedItemKind.End) break;
            }
        }
    }

    // What the journal has already is not taken a second time.
    private void Add(BarMerge merge, long[] given, FeedItem item)
    {
        var block = item.Bars!;
        var known = _bars.Last(item.Series)?.Time ?? long.MinValue;
        var skip = 0;
        while (skip < block.Count && block.Time[skip] <= known) skip++;
        if (skip == block.Count) return;
        var bars = new Bar[block.Count - skip];
        for (var i = 0; i < bars.Length; i++) bars[i] = block[skip + i];
        merge.Add(item.Series, BarBlock.FromBars(given[item.Series], bars));
        given[item.Series] += bars.Length;
    }

    // ---- one instant --------------------------------------------------------------------------------------------------------

    private async ValueTask InstantAsync(long instant, List<TakenBar> taken, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var closed = new ClosedBar[taken.Count];
        for (var i = 0; i < closed.Length; i++) closed[i] = new ClosedBar(_feed.Series[taken[i].Series].Instrument.Symbol, taken[i].Bar, _feed.Series[taken[i].Series].Timeframe);
        await _desk.HearAsync(instant, closed, cancellationToken).ConfigureAwait(false);
        // A venue that lives on these bars has had them first; from here on they are ours.
        var arrived = Stopwatch.GetTimestamp();
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        await _desk.PollAsync(instant, cancellationToken).ConfigureAwait(false);

        foreach (var bar in taken) Take(bar.Series, bar.Bar);
        _facts.Clear();
        _intents.Clear();
        _facts.Add(new BarsTaken(instant, [.. taken]));
        taken.Clear();
        var late = _options.EntriesWithin is { } within && _clock.GetUtcNow().UtcTicks - instant > within.Ticks;
        _state = late ? LiveState.CatchingUp : _paused ? LiveState.Paused : LiveState.Trading;
        Walk(instant, late ? "late" : _paused ? "paused" : "");
        Align(instant);
        var journalBefore = _desk.Appending;
        if (_intents.Count > 0)
        {
            await SendAsync(instant, cancellationToken).ConfigureAwait(false);
            _latency.Add(Stopwatch.GetElapsedTime(arrived, _firstSent), Stopwatch.GetElapsedTime(arrived), _desk.Appending - journalBefore);
        }
        else
        {
            foreach (var fact in _facts) await _desk.NoteAsync(fact, cancellationToken).ConfigureAwait(false);
        }
        await MoveAsync(instant, cancellationToken).ConfigureAwait(false);
        await IdleAsync(cancellationToken).ConfigureAwait(false);
    }

    // Lets strategies and portfolio see everything up to an instant that is complete now.
    // send: null = nothing is to be made of it; "" = entries are sent; else why they are not.
    private void Walk(long complete, string? send)
    {
        _instants.Reach(complete);
        while (_instants.Next(complete, out var instant, _closing))
        {
            _instant = instant;
            WalkFeeds();
            foreach (var strategy in _strategies)
                foreach (var (e, _) in Fills(strategy))
                    Take(strategy, e, [], instant, send);
            var stamp = long.MinValue;
            foreach (var (market, timeframe, bar) in _closing)
            {
                if (timeframe == _spec.Data.Timeframe) _states?.Take(_feed.Series[market].Instrument.Symbol, bar);
                if (_markedAt[market] != timeframe) continue;
                _driver.Mark(_driverSymbol[market], bar.Close);
                stamp = Math.Max(stamp, bar.Time);
            }
            var row = _driver.OpenRow(stamp);
            for (; _cutsSeen < _driver.Cuts.Count; _cutsSeen++)
            {
                var (member, number, share) = _driver.Cuts[_cutsSeen];
                if (send is not null) _cuts[(member, number)] = 1 - (1 - _cuts.GetValueOrDefault((member, number))) * (1 - share);
                if (share >= 1) _called.Add((member, number));
            }
            for (; _calledSeen < _driver.MarginCalled.Count; _calledSeen++) _called.Add(_driver.MarginCalled[_calledSeen]);
            foreach (var strategy in _strategies)
                for (var i = FillCount(strategy); i < strategy.Events.Count; i++)
                    Take(strategy, strategy.Events[i].Event, strategy.Events[i].Factors, instant, send);
            if (row) _driver.CloseRow(stamp);
            foreach (var strategy in _strategies) strategy.Events.Clear();
        }
    }

    private readonly List<(int Market, Timeframe Timeframe, Bar Bar)> _closing = [];
    private readonly List<(int Symbol, Bar Bar)> _ofFeed = [];
    // Trades that the portfolio closed itself, since the account could not carry them.
    private readonly HashSet<(int Strategy, int Number)> _called = [];
    // What of a trade has to go at this instant, so that a limit is kept.
    private readonly Dictionary<(int Strategy, int Number), double> _cuts = [];
    private int _calledSeen, _cutsSeen;

    private void WalkFeeds()
    {
        for (var f = 0; f < _feeds.Length; f++)
        {
            var plan = _feedPlans[f];
            _ofFeed.Clear();
            foreach (var (market, timeframe, bar) in _closing)
            {
                if (timeframe != plan.Timeframe) continue;
                var symbol = _feed.Series[market].Instrument.Symbol;
                for (var s = 0; s < plan.Symbols.Count; s++)
                    if (plan.Symbols[s] == symbol)
                        _ofFeed.Add((s, bar));
            }
            if (_ofFeed.Count > 0) _feeds[f].Walk(_ofFeed);
        }
    }

    // What happened within the bar comes before the marks; from the first signal made at its close on, everything after them.
    private static int FillCount(LiveStrategy strategy)
    {
        var events = strategy.Events;
        for (var i = 0; i < events.Count; i++)
            if (events[i].Event.IsSignal && !events[i].Event.ToSignal().AtFill)
                return i;
        return events.Count;
    }

    private static IEnumerable<(RunEvent Event, double[] Factors)> Fills(LiveStrategy strategy)
    {
        var n = FillCount(strategy);
        for (var i = 0; i < n; i++) yield return strategy.Events[i];
    }

    private void Take(LiveStrategy strategy, in RunEvent e, double[] factors, long instant, string? send)
    {
        var instance = strategy.Instance;
        if (!_isMember[instance.Index]) return;
        var decision = _driver.Take(instance.Index, e);
        if (decision is not { } said || send is null) return;
        var signal = e.ToSignal();
        var symbol = instance.Symbols[e.SymbolIndex];
        var instrument = _instrumentOf[symbol];
        var granted = said == Decision.Accepted ? instrument.RoundQuantity(signal.Quantity * _driver.Run.ScaleOf(instance.Index, signal.Number)) : 0;
        var names = strategy.FactorNames;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < factors.Length && i < names.Count; i++) values[names[i]] = factors[i];
        _signals++;
        _facts.Add(new SignalDecided(instant, signal.Number, signal.Time, signal.Side, signal.Type, signal.Price, signal.Quantity, signal.Stop, signal.Target, signal.ValidUntil,
            signal.Prediction, signal.SizeFactor, said, granted, values) { Strategy = instance.Id, Symbol = symbol });
        if (!(granted > 0)) return;
        var wanted = strategy.Trades.GetValueOrDefault(signal.Number);
        // Its own account has refused it at once.
        if (wanted is null) return;
        var why = send.Length > 0 ? send : _desk.Blocked.Contains(symbol) ? "blocked" : "";
        if (why.Length > 0)
        {
            _skipped++;
            _facts.Add(new EntrySkipped(instant, signal.Number, why) { Strategy = instance.Id, Symbol = symbol });
            return;
        }
        Intend(strategy, symbol, wanted, signal, granted, instant);
    }

    private void Intend(LiveStrategy strategy, string symbol, WantedTrade wanted, in Signal signal, double quantity, long instant)
    {
        var trading = strategy.Instance.Trading;
        ref readonly var order = ref wanted.Entry;
        _intents.Add(new OrderIntended(instant, new BrokerOrder
        {
            ClientId = $"{_tag}-{strategy.Instance.Index}-{signal.Number}-e",
            Symbol = symbol,
            Side = signal.Side,
            Type = signal.AtFill ? OrderType.Market : signal.Type,
            Quantity = quantity,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            TimeInForce = order.TimeInForce,
            ExpiresAt = signal.AtFill ? long.MaxValue : signal.ValidUntil,
            Protection = signal.AtFill ? default : new Protection(order.StopLoss, order.StopLoss > 0 ? 0 : trading.StopLossPercent / 100, order.TakeProfit, order.TakeProfit > 0 ? 0 : trading.TakeProfitPercent / 100,
                order.TrailFraction, _spec.Execution.Settings.ProtectFrom == ProtectFrom.NextBar),
            CreatedAt = instant,
        }, OrderRole.Entry, signal.Number, ExitReason.Open) { Strategy = strategy.Instance.Id, Symbol = symbol });
    }

    // ---- bringing the account to where the strategies are --------------------------------------------------------------------

    // Makes the exits that are missing: of trades that the strategy is leaving, or has left (its stop fell otherwise, an exit was refused).
    private void Align(long instant)
    {
        foreach (var trade in _ledger.ActiveTrades)
        {
            if (!(trade.Open > 0)) continue;
            var strategy = _byId.GetValueOrDefault(trade.Strategy);
            if (strategy is null || !_orders.TryGetValue((strategy.Instance.Index, trade.Number), out var orders)) continue;
            var wanted = strategy.Trades.GetValueOrDefault(trade.Number);
            var key = (strategy.Instance.Index, trade.Number);
            var whole = wanted is not { State: not WantedState.Exit } || _flatten || _called.Contains(key);
            if (!whole && !_cuts.ContainsKey(key)) continue;
            if (orders.Exit is { } exit && !exit.State.IsFinal()) continue;
            var quantity = whole ? trade.Open : Math.Min(trade.Open, trade.Open - _instrumentOf[trade.Symbol].RoundQuantity(trade.Open * (1 - _cuts[key])));
            _cuts.Remove(key);
            if (!(quantity > 0)) continue;
            var type = wanted is { State: WantedState.Exit, ExitType: OrderType.MarketOnClose } && orders.Exits == 0 ? OrderType.MarketOnClose : OrderType.Market;
            _intents.Add(new OrderIntended(instant, new BrokerOrder
            {
                ClientId = $"{_tag}-{strategy.Instance.Index}-{trade.Number}-x{orders.Exits + 1}",
                Symbol = trade.Symbol,
                Side = (Side)(-(int)trade.Side),
                Type = type,
                Quantity = quantity,
                Closes = trade.Entry,
                CreatedAt = instant,
            }, OrderRole.Exit, trade.Number, whole ? wanted?.ExitReason ?? ExitReason.Signal : ExitReason.Limit) { Strategy = trade.Strategy, Symbol = trade.Symbol });
        }
    }

    private bool _flatten;

    // Cancels entries that the strategy no longer waits for, and moves stops.
    private async ValueTask MoveAsync(long instant, CancellationToken cancellationToken)
    {
        foreach (var ticket in _ledger.OpenTickets.Where(t => t.Order.Closes is null && t.State is OrderState.Submitted or OrderState.PartiallyFilled).ToList())
        {
            var wanted = _byId.GetValueOrDefault(ticket.Strategy)?.Trades.GetValueOrDefault(ticket.Intent.Trade);
            // A part of it may be filled after the strategy's own was: it waits for the rest as long as the trade lives.
            if (wanted is null or { State: WantedState.Exit } || _flatten) await _desk.CancelAsync(instant, ticket, cancellationToken).ConfigureAwait(false);
        }
        foreach (var strategy in _strategies)
            foreach (var (number, wanted) in strategy.Trades)
            {
                if (!(wanted.MovedStop > 0) || !_orders.TryGetValue((strategy.Instance.Index, number), out var orders) || orders.Entry is not { } entry) continue;
                if (!_resendStops && _movedStops.TryGetValue(entry.Order.ClientId, out var sent) && sent == wanted.MovedStop) continue;
                if (await _desk.MoveStopAsync(instant, entry.Order.ClientId, wanted.MovedStop, cancellationToken).ConfigureAwait(false)) _movedStops[entry.Order.ClientId] = wanted.MovedStop;
            }
        _resendStops = false;
    }

    // Sends what is intended; an exit that is refused is made anew at once.
    private async ValueTask SendAsync(long instant, CancellationToken cancellationToken)
    {
        _firstSent = 0;
        for (var attempt = 0; _intents.Count > 0 && attempt < 20; attempt++)
        {
            await _desk.SendAsync(instant, _facts, _intents, cancellationToken).ConfigureAwait(false);
            if (_firstSent == 0) _firstSent = _desk.FirstSent;
            var refused = false;
            foreach (var intent in _intents)
            {
                var ticket = _ledger.Find(intent.Order.ClientId)!;
                Register(ticket);
                refused |= ticket.Order.Closes is not null && ticket.State == OrderState.Rejected;
            }
            _facts.Clear();
            _intents.Clear();
            if (refused) Align(instant);
        }
    }

    private async ValueTask AlignAsync(CancellationToken cancellationToken)
    {
        _facts.Clear();
        _intents.Clear();
        Align(_instant);
        if (_intents.Count > 0)
        {
            await SendAsync(_instant, cancellationToken).ConfigureAwait(false);
        }
        await MoveAsync(_instant, cancellationToken).ConfigureAwait(false);
    }

    // ---- the operator, the venue and the clock -------------------------------------------------------------------------------

    private async ValueTask IdleAsync(CancellationToken cancellationToken)
    {
        await CommandsAsync(cancellationToken).ConfigureAwait(false);
        if (_clock.GetElapsedTime(_synchronised) >= _options.Synchronise) await SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        if (_options.Weights is not null && (_checkWeights || _clock.GetElapsedTime(_weightsLooked) >= TimeSpan.FromSeconds(1))) await LookForWeightsAsync(cancellationToken).ConfigureAwait(false);
        await _desk.FlushIfDueAsync(cancellationToken).ConfigureAwait(false);
        Show(_state, now: false);
    }

    private async ValueTask SynchroniseAsync(CancellationToken cancellationToken)
    {
        foreach (var difference in await _desk.SynchroniseAsync(_instant, cancellationToken).ConfigureAwait(false)) _notes.Add(difference);
        _synchronised = _clock.GetTimestamp();
    }

    private async ValueTask CommandsAsync(CancellationToken cancellationToken)
    {
        if (_options.Control is not { } control) return;
        foreach (var order in control.Take()) await CommandAsync(order, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does what the operator says, before the next instant; called from the session's own thread, or before it runs.</summary>
    public async ValueTask CommandAsync(SessionOrder order, CancellationToken cancellationToken = default)
    {
        if (order.Command is SessionCommand.Enable or SessionCommand.Disable)
        {
            var change = new EnablementChanged(_instant, order.Command == SessionCommand.Enable, order.Who, order.Why) { Strategy = order.Strategy, Symbol = order.Symbol };
            await _desk.AppendAsync([change], cancellationToken).ConfigureAwait(false);
            Put(change);
            return;
        }
        await _desk.AppendAsync([new SessionControlled(_instant, order.Command, order.Who, order.Why)], cancellationToken).ConfigureAwait(false);
        Put(order.Command);
        if (order.Command == SessionCommand.Flatten) await AlignAsync(cancellationToken).ConfigureAwait(false);
        _state = _paused ? LiveState.Paused : LiveState.Trading;
        Show(_state, now: true);
    }

    private void Put(SessionCommand command)
    {
        switch (command)
        {
            case SessionCommand.Pause:
                _paused = true;
                break;
            case SessionCommand.Resume:
                (_paused, _flatten) = (false, false);
                _desk.Unblock();
                break;
            case SessionCommand.Flatten:
                (_paused, _flatten) = (true, true);
                break;
            case SessionCommand.ReloadWeights:
                _checkWeights = true;
                break;
            case SessionCommand.Stop:
                _stopping = true;
                break;
        }
    }

    private async ValueTask LookForWeightsAsync(CancellationToken cancellationToken)
    {
        (_checkWeights, _weightsLooked) = (false, _clock.GetTimestamp());
        if (await _options.Weights!.FindAsync(_options.Account, cancellationToken).ConfigureAwait(false) is not { } newest || newest.Version <= _weightsVersion) return;
        var change = new WeightsChanged(_instant, newest.Version, newest.Weights, newest.Who, newest.Why);
        await _desk.AppendAsync([change], cancellationToken).ConfigureAwait(false);
        Put(change);
        foreach (var unknown in newest.Weights.Keys.Where(id => !_strategies.Any(s => s.Instance.Id == id)).Take(3))
            _notes.Add($"weights version {newest.Version} names {unknown}, which this configuration does not have");
    }

    private void Put(WeightsChanged change)
    {
        _weightsVersion = change.Version;
        foreach (var strategy in _strategies)
            if (change.Weights.TryGetValue(strategy.Instance.Id, out var weight))
                _driver.Run.SetWeight(strategy.Instance.Index, weight);
        _notes.Add($"weights version {change.Version} of {change.Who} in force from the instant after {RunText.Time(change.Instant)}: {change.Why}");
    }

    private void Put(EnablementChanged change)
    {
        foreach (var strategy in _strategies)
            if (change.Strategy == strategy.Instance.Id || change.Strategy.Length == 0 && strategy.Instance.Symbols.Contains(change.Symbol, StringComparer.Ordinal))
                _driver.Run.SetEnabled(strategy.Instance.Index, change.Enabled);
        _notes.Add($"{(change.Strategy.Length > 0 ? change.Strategy : change.Symbol)} {(change.Enabled ? "enabled" : "disabled")} by {change.Who} from the instant after {RunText.Time(change.Instant)}: {change.Why}");
    }

    // ---- the end ------------------------------------------------------------------------------------------------------------

    private List<StrategyOutcome> Finish()
    {
        var outcomes = new List<StrategyOutcome>();
        for (var f = 0; f < _feeds.Length; f++)
            foreach (var strategy in _feeds[f].Strategies)
            {
                StrategyResult? result = null;
                if (strategy.Run is { } run)
                {
                    try
                    {
                        result = run.Finish();
                        strategy.Log?.Flush();
                    }
                    catch (Exception e) when (e is not IOException)
                    {
                        strategy.Error = $"{e.GetType().Name}: {e.Message}";
                        result = null;
                    }
                }
                outcomes.Add(StrategyOutcome.Of(strategy.Instance.Index, result, _feeds[f].Clock.Bars, _feeds[f].Clock.PeriodsPerYear, strategy.Error));
            }
        // What is open at the end is listed with the portfolio's trades.
        foreach (var strategy in _strategies)
        {
            foreach (var (e, _) in strategy.Events) Take(strategy, e, [], _instant, null);
            strategy.Events.Clear();
        }
        return [.. outcomes.OrderBy(o => o.Index)];
    }

    private void Show(LiveState state, bool now)
    {
        if (!now && _options.Status is null && _options.Control is null) return;
        if (!now && Status is not null && Stopwatch.GetElapsedTime(_shown) < TimeSpan.FromMilliseconds(100)) return;
        _shown = Stopwatch.GetTimestamp();
        var equity = _ledger.Cash;
        foreach (var market in _feed.Series)
            if (_ledger.PositionOf(market.Instrument.Symbol) is not 0 and var held && _bars.Last(IndexOf(market)) is { } last)
                equity += held * last.Close * market.Instrument.Multiplier;
        if (_desk.JournalFault is not null) state = LiveState.WaitingForJournal;
        else if (_desk.VenueFault is not null && state == LiveState.Trading) state = LiveState.WaitingForVenue;
        var (p50, p99) = _latency.Percentiles();
        Status = new LiveStatus(state, new DateTime(_instant, DateTimeKind.Utc), _bars.Count, _strategies.Length, _strategies.Count(s => s.Error is not null), _driver.Run.Equity, equity, _ledger.Cash, _ledger.Fees,
            _ledger.Positions.Where(p => p.Value != 0).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal), _ledger.ActiveTrades.Count, _signals, _driver.Run.Accepted,
            _desk.Sent, _ledger.Fills, _ledger.Tickets.Count(t => t.State == OrderState.Rejected || t.Ended == OrderState.Rejected), _ledger.OpenTickets.Count(t => t.Unknown), _desk.Differences,
            _weightsVersion, _desk.JournalFault, _desk.VenueFault, p50, p99, [.. _notes.TakeLast(20)]);
        _options.Status?.Report(Status);
        _options.Control?.Show(Status, now);
    }

    private long _shown, _firstSent;

    private int IndexOf(MarketSeries market)
    {
        for (var i = 0; i < _feed.Series.Count; i++)
            if (ReferenceEquals(_feed.Series[i], market))
                return i;
        return -1;
    }
}
