using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Modelling.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Regimes;

namespace Granary.Trading.Live;

/// <summary>
/// A signal of a portfolio member, with the portfolio's decision. The journal's fact of it is <see cref="SignalDecided"/>.
/// </summary>
/// <param name="Granted">The granted quantity in base units; 0 if the signal was refused.</param>
internal readonly record struct PortfolioSignal(LiveStrategy Strategy, string Symbol, Signal Signal, Decision Decision, double Granted)
{
    /// <summary>The strategy's id.</summary>
    public string Id => Strategy.Instance.Id;
}

/// <summary>The portfolio of a session or a backtest at a time, as if its bars ended then.</summary>
/// <param name="Trades">In the order of closing; open ones, marked at the last closes, come last.</param>
/// <param name="Closed">How many of them are closed for good.</param>
/// <param name="Equity">At the last closes, with all fills.</param>
/// <param name="Digest">Of its strategies and decisions, as of a batch.</param>
internal sealed record PortfolioEnd(IReadOnlyList<PortfolioTrade> Trades, int Closed, double Equity, string Digest);

/// <summary>
/// The plan's strategies and their portfolio, which process one time slice at a time. Runs, pipelines and driver are the same as in a
/// batch, in blocks of one bar.
/// </summary>
internal sealed class LivePortfolio
{
    private readonly BatchSpec _spec;
    private readonly LiveBars _bars;
    private readonly SessionFeeds _feeds;
    private readonly Dictionary<string, LiveStrategy> _byId;
    private readonly Dictionary<string, Instrument> _instrumentOf;
    private readonly bool[] _isMember;
    // The bars that strategies with a weight trade, and the number of those that have closed.
    private readonly Dictionary<(string Symbol, Timeframe Timeframe), long> _traded = [];
    private readonly Dictionary<string, int> _driverSymbol;
    private readonly StateWeights? _states;
    private readonly PolicyWeights? _policy;
    private readonly PortfolioDriver _driver;
    private readonly List<EquityRow> _rows = [];
    private readonly List<PortfolioTrade> _trades = [];
    private readonly List<PortfolioFill> _fills = [];
    // Trades that the portfolio closed itself, with the reason.
    private readonly Dictionary<(int Strategy, int Number), ExitReason> _called = [];
    // Trades of which a part must be closed, with the last reason.
    private readonly Dictionary<(int Strategy, int Number), ExitReason> _cuts = [];
    private readonly HashSet<(int Strategy, int Number)> _expired = [];
    // Trades whose stop and target are an operator's, with the reason for which their strategies have ended them; Open = not yet.
    private readonly Dictionary<(int Strategy, int Number), ExitReason> _kept = [];
    private readonly List<PortfolioActed> _acted = [];
    private readonly List<ModelWatched> _watched = [];
    private readonly List<PortfolioSignal> _signals = [];
    private int _calledSeen, _cutsSeen, _expiredSeen;

    /// <param name="carried">The markets of the feed, one for each symbol.</param>
    /// <param name="bars">Receives the bars that are taken.</param>
    /// <param name="notes">Receives the notes for the reader of the run.</param>
    public LivePortfolio(StrategyPass pass, IReadOnlyList<MarketSeries> carried, LiveBars bars, ICollection<string> notes)
    {
        var (plan, markets, spec) = (pass.Plan, pass.Markets, pass.Plan.Spec);
        (_spec, _bars) = (spec, bars);
        var weights = new double[plan.Instances.Count];
        foreach (var instance in plan.Instances) weights[instance.Index] = spec.Portfolio.FixedWeights?.GetValueOrDefault(instance.Id) ?? 0;
        var instruments = markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument).ToList();
        // Includes markets that only an earlier configuration traded, because its fills are in the books.
        _instrumentOf = instruments.Concat(carried.Select(s => s.Instrument)).DistinctBy(i => i.Symbol, StringComparer.Ordinal)
            .ToDictionary(i => i.Symbol, StringComparer.Ordinal);
        _policy = spec.Portfolio.Policy is { } policy ? new PolicyWeights(plan, instruments, policy) : null;
        if (_policy is not null) Array.Fill(weights, 1);
        _isMember = [.. weights.Select(w => w != 0)];
        _driver = new PortfolioDriver(plan, weights, instruments, _policy?.Weights, paths: (s, t) => _feeds!.PathOf(s, t));
        if (spec.Portfolio.WeightsByState is { } byState)
            _states = new StateWeights(_driver.Run, plan, s => new MarketSeries(markets[s].Instrument, spec.Data.Timeframe), byState);
        // Until the account trades, only the strategies run.
        _driver.StartAt(long.MaxValue);
        _driver.Begin(new FeedClock(plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe), _rows.Add, _trades.Add, _fills.Add);
        // Includes strategies without a weight, since they may get one.
        _feeds = new SessionFeeds(pass, carried, notes);
        Strategies = [.. _feeds.Strategies.OrderBy(s => s.Instance.Index)];
        _byId = Strategies.ToDictionary(s => s.Instance.Id, StringComparer.Ordinal);
        _driverSymbol = instruments.Select((i, index) => (i.Symbol, index))
            .ToDictionary(x => x.Symbol, x => x.index, StringComparer.Ordinal);
        foreach (var strategy in Strategies)
        {
            // A policy assigns weights at its first decision.
            strategy.Weight = _policy is null ? weights[strategy.Instance.Index] : 0;
            if (_isMember[strategy.Instance.Index]) Trade(strategy.Instance);
        }
    }

    private void Trade(StrategyInstance instance)
    {
        foreach (var symbol in instance.Symbols) _traded.TryAdd((symbol, instance.Timeframe), 0);
    }

    /// <summary>The market time that has been processed, UTC ticks.</summary>
    public long Timestamp { get; private set; }

    /// <summary>Returns the text of a time at which something happened; see <see cref="FactTime"/>.</summary>
    /// <param name="close">UTC ticks.</param>
    public string TimeText(long close) => RunText.Time(FactTime.Of(close, _spec.Data.Timeframe));

    /// <summary>Open time of the first bar that the portfolio trades, UTC ticks; null if it trades from the first bar.</summary>
    public long? From { get; private set; }

    /// <summary>
    /// Starts trading of the account at this time slice. The portfolio starts with the cash of the configuration, whatever the strategies
    /// gained on earlier bars.
    /// </summary>
    public void Start(long slice)
    {
        From = _bars.Count == 0 ? _spec.Portfolio.From
            : Math.Max(_spec.Portfolio.From ?? long.MinValue, _spec.Data.Timeframe.OpenOf(slice));
        _driver.StartAt(From ?? long.MinValue);
    }

    /// <summary>The strategies by their index in the plan.</summary>
    public IReadOnlyList<LiveStrategy> Strategies { get; }

    public PortfolioRun Run => _driver.Run;

    /// <summary>Returns the strategy with this id; null if the plan does not have it.</summary>
    public LiveStrategy? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The instruments by symbol.</summary>
    public IReadOnlyDictionary<string, Instrument> Instruments => _instrumentOf;

    public Instrument InstrumentOf(string symbol) => _instrumentOf[symbol];

    /// <summary>Returns the symbol's last bar.</summary>
    public Bar? LastOf(string symbol) => _bars.Last(symbol);

    /// <summary>
    /// Closed trades of the portfolio with simulated fills; after <see cref="Finish"/> also open ones.
    /// </summary>
    public IReadOnlyList<PortfolioTrade> Trades => _trades;

    /// <summary>The signals of members, with the granted quantities.</summary>
    public IReadOnlyList<PortfolioSignal> Signals => _signals;

    /// <summary>Whether the portfolio closed the trade itself, because the account could not hold it.</summary>
    public bool IsCalled((int Strategy, int Number) trade) => _called.ContainsKey(trade);

    /// <summary>Whether the portfolio withdrew the entry, because its symbol has stopped trading.</summary>
    public bool IsExpired((int Strategy, int Number) trade) => _expired.Contains(trade);

    /// <summary>Returns the reason for closing a trade without an order of its strategy.</summary>
    public ExitReason ReasonOf((int Strategy, int Number) trade) =>
        _called.GetValueOrDefault(trade, ExitReason.Signal);

    /// <summary>
    /// Why the portfolio has closed a part of a trade: to meet a limit, since cash could not pay for it, or by a manual order; null if
    /// it has not.
    /// </summary>
    public ExitReason? CutOf((int Strategy, int Number) trade) => _cuts.TryGetValue(trade, out var reason) ? reason : null;

    /// <summary>Records that the order for a reduction was created.</summary>
    public void CutMade((int Strategy, int Number) trade) => _cuts.Remove(trade);

    /// <summary>The portfolio's own decisions in the last time slice.</summary>
    public IReadOnlyList<PortfolioActed> Acted => _acted;

    /// <summary>Findings of the watches of the strategies' models in the last time slice.</summary>
    public IReadOnlyList<ModelWatched> Watched => _watched;

    /// <inheritdoc cref="SessionFeeds.RunAhead"/>
    public void RunAhead(IReadOnlyList<TimeSlice> slices) => _feeds.RunAhead(slices);

    /// <inheritdoc cref="SessionFeeds.Reach"/>
    public void Reach(in TimeSlice now) => _feeds.Reach(now);

    /// <summary>Passes the bars that close at one time, the feed's own and longer ones, to strategies and portfolio.</summary>
    /// <param name="decided">
    /// Receives the time of each signal (UTC ticks), the signal with the portfolio's decision, and the values of the strategy's factors in
    /// the order of their names; null during the replay of the past, which creates no orders.
    /// </param>
    public void Process(TimeSlice now, Action<long, PortfolioSignal, double[]>? decided)
    {
        foreach (var closed in now.Bars)
            if (closed.Timeframe == _spec.Data.Timeframe)
                _bars.Add(closed);
        var timestamp = now.Time;
        Timestamp = timestamp;
        _acted.Clear();
        _watched.Clear();
        _feeds.Process(now);
        foreach (var strategy in Strategies)
            for (int i = 0, n = WithinCount(strategy); i < n; i++)
                Take(strategy, strategy.Events[i].Event, [], timestamp, decided, isWithin: true);
        var stamp = long.MinValue;
        foreach (var (symbol, bar, timeframe) in now.Bars)
        {
            if (timeframe == _spec.Data.Timeframe) _states?.Take(symbol, bar);
            if (!_traded.TryGetValue((symbol, timeframe), out var number)) continue;
            _traded[(symbol, timeframe)] = number + 1;
            var block = BarBlock.FromBars(number, [bar]);
            _driver.Close(_driverSymbol[symbol], timeframe, block, 0);
            _policy?.Close(_driverSymbol[symbol], timeframe, block, 0);
            stamp = Math.Max(stamp, bar.Time);
        }
        var row = _driver.OpenRow(stamp);
        if (row) _policy?.Decide(stamp, timestamp, _driver.Run);
        TakeActions(decided is null);
        foreach (var strategy in Strategies)
            for (var i = WithinCount(strategy); i < strategy.Events.Count; i++)
                Take(strategy, strategy.Events[i].Event, strategy.Events[i].Factors, timestamp, decided, isWithin: false);
        if (row) _driver.CloseRow(stamp);
        foreach (var strategy in Strategies)
        {
            Watch(strategy);
            strategy.Events.Clear();
            var index = strategy.Instance.Index;
            if (decided is not null)
                foreach (var number in strategy.Reductions) _cuts[(index, number)] = ExitReason.Signal;
            strategy.Reductions.Clear();
            // Regime states may change the weights of the run; a policy's weights are kept separately.
            strategy.Weight = _policy is null ? _driver.Run.WeightOf(index) : _policy.Weights.At(index, timestamp);
        }
    }

    // Takes the portfolio's own actions since the last time slice.
    private void TakeActions(bool isReplay)
    {
        for (; _cutsSeen < _driver.Cuts.Count; _cutsSeen++)
        {
            var (member, number, share) = _driver.Cuts[_cutsSeen];
            if (!isReplay) _cuts[(member, number)] = ExitReason.Limit;
            if (share >= 1) _called[(member, number)] = ExitReason.Limit;
            Act(member, number, "cut", ExitReason.Limit, share);
        }
        for (; _expiredSeen < _driver.Run.Expired.Count; _expiredSeen++)
        {
            var (member, number) = _driver.Run.Expired[_expiredSeen];
            _expired.Add((member, number));
            Act(member, number, "expired", ExitReason.Open, 1);
        }
        for (; _calledSeen < _driver.ClosedItself.Count; _calledSeen++)
        {
            var (member, number, reason) = _driver.ClosedItself[_calledSeen];
            _called[(member, number)] = reason;
            Act(member, number, "closed", reason, 1);
        }
    }

    // The replay of a journal takes the same events, so that the watch continues where it was; its changes are in the journal already.
    private void Watch(LiveStrategy strategy)
    {
        if (strategy.Watch is not { } watch) return;
        var (instance, model) = (strategy.Instance, (EntryModel)strategy.Instance.Model!);
        foreach (var (e, _) in strategy.Events)
        {
            var wasCut = watch.IsCut;
            if (watch.On(e) is not { } step) continue;
            var isWorse = step.Change == WatchChange.Alert;
            _watched.Add(new ModelWatched(Timestamp, model.Origin?.Model ?? model.Name, isWorse, isWorse && wasCut,
                isWorse ? model.Watch!.Weight : 1, step.Before, step.After, step.Trades)
            {
                Strategy = instance.Id,
                Symbol = instance.Symbols[e.SymbolIndex],
            });
        }
    }

    private void Act(int member, int number, string action, ExitReason reason, double share)
    {
        var instance = Strategies[member].Instance;
        var symbol = instance.Symbols.Count == 1 ? 0 : Strategies[member].Trades.TryGetValue(number, out var trade) ? trade.Symbol : -1;
        _acted.Add(new PortfolioActed(Timestamp, number, action, reason, share)
        {
            Strategy = instance.Id,
            Symbol = symbol >= 0 ? instance.Symbols[symbol] : "",
        });
    }

    // Events within the bar come before it; the first order at its close and all later events come after it.
    private static int WithinCount(LiveStrategy strategy)
    {
        var events = strategy.Events;
        for (var i = 0; i < events.Count; i++)
            if (events[i].Event.IsAtClose)
                return i;
        return events.Count;
    }

    private void Take(LiveStrategy strategy, in RunEvent e, double[] factors, long timestamp,
        Action<long, PortfolioSignal, double[]>? decided, bool isWithin)
    {
        var instance = strategy.Instance;
        if (!_isMember[instance.Index]) return;
        _policy?.Take(instance.Index, e);
        if (_kept.Count > 0 && e.IsClosedTrade && _kept.ContainsKey((instance.Index, e.Number)))
            _kept[(instance.Index, e.Number)] = e.Trade.Reason;
        if (_driver.Take(instance.Index, e, isWithin) is not { } said) return;
        var signal = e.Signal;
        var symbol = instance.Symbols[e.SymbolIndex];
        var made = new PortfolioSignal(strategy, symbol, signal, said, _driver.Run.Granted);
        _signals.Add(made);
        decided?.Invoke(timestamp, made, factors);
    }

    /// <summary>Whether a policy of the configuration decides the weights.</summary>
    public bool HasPolicy => _policy is not null;

    /// <summary>Checks that a later version of the policy can be used.</summary>
    /// <exception cref="InputException">The version is for other strategies, markets or regimes.</exception>
    public void Require(PolicyChange change) => _policy!.Require(change.Policy);

    /// <summary>Puts a later version of the policy in force from the next time slice on.</summary>
    /// <inheritdoc cref="Require"/>
    public void Put(PolicyChange change)
    {
        Require(change);
        _spec.Portfolio.Policy!.Add(change);
    }

    /// <summary>Returns the weights that the policy decided at a time, by strategy id; null if it decided none.</summary>
    /// <param name="timestamp">UTC ticks.</param>
    public IReadOnlyDictionary<string, double>? WeightsDecidedAt(long timestamp)
    {
        if (_policy is not { Weights: { Count: > 0 } decided } || decided.TimeOf(decided.Count - 1) != timestamp) return null;
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var u = 0; u < decided.Units.Count; u++) weights[decided.Units.Names[u]] = decided.Last[u];
        return weights;
    }

    /// <summary>Sets new weights from the next time slice on; strategies that are not named keep theirs.</summary>
    /// <returns>Names that the plan does not have.</returns>
    public IReadOnlyList<string> Put(WeightsChanged change)
    {
        foreach (var strategy in Strategies)
            if (change.Weights.TryGetValue(strategy.Instance.Id, out var weight))
            {
                _driver.Run.SetWeight(strategy.Instance.Index, weight);
                strategy.Weight = weight;
                if (weight == 0 || _isMember[strategy.Instance.Index]) continue;
                _isMember[strategy.Instance.Index] = true;
                Trade(strategy.Instance);
            }
        return [.. change.Weights.Keys.Where(id => !_byId.ContainsKey(id))];
    }

    /// <summary>Enables or disables entries of a strategy, or of a symbol's strategies, from the next time slice on.</summary>
    /// <returns>The number of affected strategies.</returns>
    public int Put(EnablementChanged change)
    {
        var matching = Matching(change.Strategy, change.Symbol);
        foreach (var strategy in matching)
        {
            _driver.Run.SetEnabled(strategy.Instance.Index, change.Enabled);
            strategy.IsEnabled = change.Enabled;
        }
        return matching.Count;
    }

    /// <summary>Pauses entries on behalf of the operator, or accepts them again.</summary>
    public void SetPaused(bool isPaused) => _driver.SetPaused(isPaused);

    /// <summary>Closes a trade on behalf of the operator, or all.</summary>
    /// <param name="only">The strategy's index and the trade's number; null for all.</param>
    /// <param name="share">The part of each to close, 0 to 1.</param>
    public void Close((int Strategy, int Number)? only, double share = 1) => _driver.CloseForOperator(only, share);

    /// <summary>The account's trade has a stop and a target of an operator from now on, instead of the strategy's.</summary>
    public void Keep((int Strategy, int Number) trade) => _kept.TryAdd(trade, ExitReason.Open);

    /// <summary>Whether the account keeps a trade whose strategy has ended its own at a stop or target that is not the account's.</summary>
    public bool IsKept((int Strategy, int Number) trade) => _kept.GetValueOrDefault(trade, ExitReason.Signal)
        is ExitReason.Open or ExitReason.Stop or ExitReason.Target or ExitReason.TrailingStop;

    /// <summary>The index of a symbol among the portfolio's instruments; null if no strategy trades it.</summary>
    public int? MarketOf(string symbol) => _driverSymbol.TryGetValue(symbol, out var index) ? index : null;

    /// <summary>Returns the strategy with this id or, if the id is empty, those that trade the symbol.</summary>
    public IReadOnlyList<LiveStrategy> Matching(string id, string symbol) =>
        [.. Strategies.Where(s => id.Length > 0 ? s.Instance.Id == id : s.Instance.Symbols.Contains(symbol, StringComparer.Ordinal))];

    /// <summary>Whether <see cref="ReadEnd"/> leaves the portfolio as it is, so it takes further time slices.</summary>
    public bool CanGoOn => !_driver.Run.BooksAtEnd && !Strategies.Any(s => s.ActsAtEnd);

    /// <summary>Returns the portfolio as if the bars ended now.</summary>
    public PortfolioEnd ReadEnd()
    {
        var (digest, canGoOn, outcomes) = (new BatchDigest(), CanGoOn, (IReadOnlyList<StrategyOutcome>)[]);
        if (!canGoOn) outcomes = Finish();
        foreach (var strategy in Strategies)
            digest.Add(strategy.Instance.Id, canGoOn ? strategy.DigestIfEnded() : outcomes[strategy.Instance.Index].Digest);
        List<PortfolioTrade> trades = [.. _trades, .. _driver.Run.OpenAtEnd()];
        digest.Add("portfolio", _driver.Run.Digest);
        return new PortfolioEnd(trades, _trades.Count, _driver.Run.EquityWithFills, digest.Finish());
    }

    /// <summary>Ends the run and returns the strategies' outcomes; open trades are added to the portfolio's trades.</summary>
    public IReadOnlyList<StrategyOutcome> Finish()
    {
        var outcomes = _feeds.Finish(s => _driver.Run.HasStopped(_driver.SymbolIndex(s)));
        foreach (var strategy in Strategies)
        {
            foreach (var (e, _) in strategy.Events) Take(strategy, e, [], Timestamp, null, isWithin: false);
            strategy.Events.Clear();
        }
        return outcomes;
    }

    /// <summary>Returns the portfolio's outcome, with simulated fills.</summary>
    public PortfolioOutcome Outcome(Action<EquityRow> row, Action<PortfolioTrade> trade, Action<PortfolioFill> fill)
    {
        foreach (var r in _rows) row(r);
        foreach (var f in _fills) fill(f);
        var outcome = _driver.Outcome();
        foreach (var t in _trades) trade(t);
        return outcome;
    }
}
