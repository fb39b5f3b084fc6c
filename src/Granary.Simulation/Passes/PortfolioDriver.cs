using System.Runtime.InteropServices;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Risk;

namespace Granary.Simulation.Passes;

/// <summary>
/// Runs a portfolio and records its decisions, trades and equity rows. For each time slice, the host passes the bars that close, and the
/// orders of the strategies. A batch reads them from an event log; a live session passes them as they happen.
/// </summary>
internal sealed class PortfolioDriver : IPortfolioSteps
{
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal);
    private readonly PortfolioRun _run;
    private readonly BatchPlan _plan;
    private readonly IWeightSource? _schedule;
    private readonly RiskCaps? _caps;
    private readonly List<(int Member, int Number, ExitReason Reason)> _called = [];
    // Ends of trades and of entries filled in part, within the bars that close now.
    private readonly List<(int Strategy, RunEvent Event)> _within = [];
    private int _closedAtEnd;
    private double _peak;
    private readonly List<(int Member, int Number, double Share)> _cuts = [];
    private readonly Dictionary<int, List<Decision>> _decisions = [];
    private readonly Dictionary<Decision, long> _counts = [];
    private readonly EarlySignals _early = new();
    // No strategy has a weight before this time, so nothing can trade and there are no rows.
    private readonly long _from;
    private readonly long _shortest;
    // Signals known at or before this time precede the portfolio's first bar.
    private long _start;
    private readonly EquityRecorder _recorder;
    private AccountStatistics? _statistics;
    private Action<EquityRow>? _row;
    private Action<PortfolioTrade>? _trade;
    private readonly string[] _symbols;
    private readonly SymbolValue[] _held;
    private readonly SortedDictionary<string, int> _expired = new(StringComparer.Ordinal);
    private int _expiredSeen;
    private long _lastStamp = long.MinValue;

    /// <param name="weights">Weights by strategy index; strategies with weight 0 are not members.</param>
    /// <param name="instruments">Instruments of all symbols of the batch.</param>
    /// <param name="schedule">
    /// Weights over time, which replace the nonzero <paramref name="weights"/>; null if the weights are constant.
    /// </param>
    /// <param name="exposure">Caps the exposure instead of the risk models of the plan; null = use those models.</param>
    /// <param name="paths">The smaller bars; null = none.</param>
    public PortfolioDriver(BatchPlan plan, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments,
        IWeightSource? schedule = null, IExposureModel? exposure = null, Func<string, Timeframe, IntrabarPath?>? paths = null)
    {
        (_plan, _schedule, _peak) = (plan, schedule, plan.Spec.Cash);
        // A benchmark is compared at every row, so all rows are kept.
        _recorder = new EquityRecorder(keepsAll: plan.Spec.Benchmark is not null);
        // The first accepted signals are those of bars that close at the start; earlier bars only warm up.
        _shortest = plan.Feeds.Min(f => f.Timeframe.Ticks);
        _start = plan.Spec.Portfolio.From ?? long.MinValue;
        var begin = schedule?.First is { } first ? first - _shortest : long.MinValue;
        _from = Math.Max(begin, Math.Max(plan.Spec.Data.From ?? long.MinValue, plan.Feeds.Min(f => f.TradeFrom)));
        for (var i = 0; i < instruments.Count; i++) _symbolIndex[instruments[i].Symbol] = i;
        (_symbols, _held) = ([.. instruments.Select(i => i.Symbol)], new SymbolValue[instruments.Count]);
        var members = plan.Instances.Select(s => new PortfolioMember(s.Id, [.. s.Symbols.Select(x => _symbolIndex[x])],
            weights[s.Index])
        { Timeframe = s.Timeframe, Settings = s.Trading }).ToList();
        _run = new PortfolioRun(plan.Spec.Cash, plan.Spec.Portfolio.Limits, instruments, members, plan.Spec.Execution.Settings,
            plan.Spec.Portfolio.Sizing, plan.Spec.Portfolio.Enablement);
        var books = _run.Books;
        books.PathOf = paths is null ? null : (market, timeframe) => paths(_symbols[market], timeframe);
        (books.Closed, books.ClosedItself) = (Book, CloseItself);
        (books.Cut, books.EndedUnfilled) = ((member, number, share) => _cuts.Add((member, number, share)), Reconsider);
        BeginInterest();
        if (exposure is null && plan.Spec.Portfolio.Risk.Count > 0) exposure = _caps = new RiskCaps(plan, weights, instruments);
        if (exposure is not null) _run.CapExposure(exposure);
        foreach (var instance in plan.Instances)
            if (weights[instance.Index] != 0)
                _decisions[instance.Index] = [];
    }

    public PortfolioRun Run => _run;

    /// <summary>Sets the first bar that the portfolio trades. Before it, only the strategies' own accounts trade.</summary>
    /// <param name="from">Open time, UTC ticks.</param>
    public void StartAt(long from)
    {
        _start = from;
        BeginInterest();
    }

    // With the first row.
    private void BeginInterest() => _run.BeginInterest(_start > long.MinValue ? Math.Max(_from, _start - _shortest + 1) : _from);

    public int SymbolIndex(string symbol) => _symbolIndex[symbol];

    /// <summary>Starts recording rows and trades for <see cref="Outcome"/>. Without this call, only the account is updated.</summary>
    /// <param name="row">Receives every row of the equity curve.</param>
    /// <param name="trade">Receives the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Receives each change of a position.</param>
    public void Begin(FeedClock clock, Action<EquityRow>? row, Action<PortfolioTrade>? trade, Action<PortfolioFill>? fill = null)
    {
        (_statistics, _row, _trade) = (new AccountStatistics(_run.StartingCash, clock, _plan.Spec), row, trade);
        if (fill is not null) _run.ReportFills(fill);
    }

    /// <summary>
    /// Trades that the portfolio closed itself, or sent an exit for: because of a margin call or a recall, since nothing was left of its
    /// account or of their margin, since their symbol has stopped trading, or for an operator. Their strategies keep them open.
    /// </summary>
    public IReadOnlyList<(int Member, int Number, ExitReason Reason)> ClosedItself => _called;

    /// <summary>Shares of trades that cash did not pay for, or that are closed for a limit or a recall, in order; 1 = all.</summary>
    public IReadOnlyList<(int Member, int Number, double Share)> Cuts => _cuts;

    bool IPortfolioSteps.OpenRow(long stamp, long timestamp) => OpenRow(stamp);

    void IPortfolioSteps.Take(int strategy, in RunEvent e, bool isWithin) => Take(strategy, e, isWithin);

    /// <summary>A bar has closed.</summary>
    /// <inheritdoc cref="IPortfolioSteps.Close"/>
    public void Close(int symbol, Timeframe timeframe, BarBlock block, int index) => _run.OnBar(symbol, timeframe, block, index);

    /// <summary>Called when all bars of a time slice have closed.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks; <see cref="long.MinValue"/> if none did.</param>
    /// <returns>Whether the time slice has its own row. The caller closes such a row after its signals are decided.</returns>
    public bool OpenRow(long stamp)
    {
        _run.Process();
        foreach (var (strategy, e) in _within) End(strategy, e);
        _within.Clear();
        if (stamp <= _lastStamp) return false;
        _run.Revalue(stamp);
        for (; _expiredSeen < _run.Expired.Count; _expiredSeen++) Expire(_run.Expired[_expiredSeen]);
        _run.CloseEnded();
        _run.CheckEnd();
        _run.Trim(stamp);
        return true;
    }

    // A trade that the portfolio has closed itself, or will close at the next open.
    private void CloseItself(int member, int number, ExitReason reason)
    {
        // The exchange has liquidated the strategy's trade, too.
        if (reason is ExitReason.Ruined or ExitReason.Liquidation
            && _within.Exists(w => w.Strategy == member && w.Event.Kind == RunEventKinds.Trade && w.Event.Number == number)) return;
        _called.Add((member, number, reason));
        if (reason == ExitReason.DataEnded) _closedAtEnd++;
    }

    /// <summary>Pauses entries on behalf of an operator, which also withdraws those that wait, or accepts them again.</summary>
    public void SetPaused(bool isPaused)
    {
        _run.IsPaused = isPaused;
        if (isPaused) Withdraw(null);
    }

    /// <summary>Closes trades on behalf of an operator, at the next opens, and withdraws what waits of their entries.</summary>
    /// <param name="only">This trade; null for all.</param>
    /// <param name="share">The part of each to close, 0 to 1.</param>
    public void CloseForOperator((int Member, int Number)? only, double share = 1)
    {
        if (share == 1) Withdraw(only);
        _run.CloseForOperator(only, share);
    }

    private void Withdraw((int Member, int Number)? only)
    {
        foreach (var (member, number) in _run.WithdrawEntries(_lastStamp, only))
        {
            var said = AnswersTo(member, 0);
            if (number <= said.Count && said[number - 1].IsAccepted && _run.QuantityOf(member, number) == 0)
                Change(said, number - 1, Decision.Paused);
        }
    }

    // An accepted entry whose symbol has stopped trading becomes expired.
    private void Expire((int Member, int Number) entry)
    {
        var said = _decisions[entry.Member];
        if (said[entry.Number - 1] != Decision.Accepted) return;
        Change(said, entry.Number - 1, Decision.Expired);
        var strategy = _plan.Instances[entry.Member].Id;
        _expired[strategy] = _expired.GetValueOrDefault(strategy) + 1;
    }

    public void CloseRow(long stamp)
    {
        _lastStamp = stamp;
        _run.Revalue(stamp);
        if (stamp < _from || _start > long.MinValue && stamp <= _start - _shortest) return;
        // Without strategies the curve is flat and not part of the result.
        if (_decisions.Count > 0) _run.Seal(stamp);
        if (_statistics is null) return;
        // The drawdown is relative to the peak of the rows. Values before fees of the same time slice are not rows.
        _peak = Math.Max(_peak, _run.Equity);
        var r = new EquityRow(stamp, _run.Equity, _run.Cash, _run.Exposure, _peak > 0 ? 1 - _run.Equity / _peak : 0);
        _statistics.Add(r, _run.OpenTrades > 0, _run.MarginUsed);
        _recorder.Add(r, Held());
        _row?.Invoke(r);
    }

    private ReadOnlySpan<SymbolValue> Held()
    {
        if (_run.Exposure == 0) return [];
        var count = 0;
        for (var i = 0; i < _symbols.Length; i++)
            if (_run.ValuesIn(i) is { Gross: not 0 } value)
                _held[count++] = new SymbolValue(_symbols[i], value.Net, value.Gross);
        return _held.AsSpan(0, count);
    }

    /// <summary>
    /// Whether a one-symbol strategy closed a trade because its bars had ended. This is known only at the end, so a portfolio cannot follow
    /// the exit.
    /// </summary>
    public static bool IsEndOfData(StrategyInstance instance, in RunEvent e) =>
        e.Kind == RunEventKinds.Trade && !instance.Definition.IsMultiSymbol && e.Trade.Reason == ExitReason.DataEnded;

    /// <summary>Processes the next event of a strategy.</summary>
    /// <param name="isWithin">Whether it happened within a bar that closes now. Such events come before the bars.</param>
    /// <returns>The decision on a signal; null for other events.</returns>
    public Decision? Take(int strategy, in RunEvent e, bool isWithin)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Signal:
                return Decide(strategy, e);
            // The strategy's bars have ended. A live session cannot know that; the portfolio withdraws the entry when the symbol proves
            // inactive.
            case RunEventKinds.SignalEnded when !e.IsEndOfRun:
                EndSignal(strategy, e);
                break;
            case RunEventKinds.Fill when e.Fill.IsByHand:
                _run.OnFill(strategy, e.Fill, e.SymbolIndex);
                break;
            case RunEventKinds.Exiting:
                _run.OnExiting(strategy, e.Exiting, e.SymbolIndex);
                break;
            case RunEventKinds.StopMoved:
                _run.OnStopMoved(strategy, e.StopMoved, e.SymbolIndex);
                break;
            // A trade that is open at the end stays open, and so does one that its strategy closes since its bars have ended.
            case RunEventKinds.Trade when e.IsClosedTrade && !IsEndOfData(_plan.Instances[strategy], e):
            case RunEventKinds.EntryEnded:
                // Within a bar a part may have filled before.
                if (isWithin) _within.Add((strategy, e));
                else End(strategy, e);
                break;
        }
        return null;
    }

    private void End(int strategy, in RunEvent e)
    {
        if (e.Kind == RunEventKinds.Trade) _run.OnTrade(strategy, e.Trade);
        else _run.OnEntryEnded(strategy, e.Number, e.SymbolIndex);
    }

    private Decision Decide(int strategy, in RunEvent e)
    {
        var known = _plan.Instances[strategy].Timeframe.CloseOf(e.Time);
        _run.TakesEntries = known > _start;
        // The weights are those known at the time of the signal.
        if (_schedule is not null)
        {
            _run.SetWeight(strategy, _schedule.At(strategy, known));
            _run.TotalWeight = _schedule.SumAt(known);
        }
        var decision = _run.OnSignal(strategy, e.Signal, e.SymbolIndex);
        if (decision == Decision.WeightZero && (!_run.TakesEntries || _schedule?.SumAt(known) == 0)) _early.Add(strategy, known);
        AnswersTo(strategy, e.Number - 1).Add(decision);
        Count(decision, 1);
        return decision;
    }

    private void EndSignal(int strategy, in RunEvent e)
    {
        // A signal that the strategy's own account refuses at once is also refused here, whatever the portfolio decided.
        if (e.SignalEnded.End.IsRefusal())
        {
            var said = AnswersTo(strategy, 0);
            if (said.Count == e.Number) Refuse(said, e.SignalEnded.End);
        }
        _run.OnEntryEnded(strategy, e.Number, e.SymbolIndex);
    }

    private void Refuse(List<Decision> said, SignalEnd end)
    {
        // Without a stop, sizing by risk gives no quantity; the missing stop is the actual reason.
        var now = said[^1] == Decision.Accepted ? Decision.StrategyRefused
            : said[^1] == Decision.NoQuantity && end == SignalEnd.NoStop ? Decision.NoStop : said[^1];
        Change(said, said.Count - 1, now);
    }

    private void Change(List<Decision> said, int index, Decision now)
    {
        Count(said[index], -1);
        Count(now, 1);
        said[index] = now;
    }

    private void Count(Decision decision, int more) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, decision, out _) += more;

    // A strategy that got its weight during a session had weight 0 at its earlier signals.
    private List<Decision> AnswersTo(int strategy, int earlier)
    {
        if (!_decisions.TryGetValue(strategy, out var answers)) _decisions[strategy] = answers = [];
        while (answers.Count < earlier) answers.Add(Decision.WeightZero);
        return answers;
    }

    // An accepted signal counts as refused if its fill found no cash or nothing to borrow, or if others used up the bars' volume.
    private void Reconsider(int strategy, int number, SignalEnd end, bool isTaken)
    {
        var said = AnswersTo(strategy, 0);
        var now = end == SignalEnd.NoCash ? Decision.NoCash : end == SignalEnd.NotShortable ? Decision.NotShortable
            : isTaken ? Decision.VolumeTaken : null;
        if (now is not null && number <= said.Count && said[number - 1].IsAccepted) Change(said, number - 1, now);
    }

    private void Book(PortfolioTrade own)
    {
        _statistics?.Add(own.Trade);
        _trade?.Invoke(own);
    }

    // When the portfolio begins to trade after signals that came too early; null if that is not one time.
    private long? BeginAfter(long signal) => _start > long.MinValue && _start >= signal ? _start
        : _schedule?.First is { } first && first > signal ? first : null;

    /// <summary>Computes the outcome after the last row. Call it once, after <see cref="Begin"/>.</summary>
    public PortfolioOutcome Outcome()
    {
        if (_statistics is null) throw new InvalidOperationException("rows and trades were not kept: call Begin first");
        foreach (var open in _run.OpenAtEnd()) Book(open);
        var stats = _statistics.ToMetrics(_run.Commission, _run.Financing, _run.Funding);
        var counts = _counts.Where(c => c.Value > 0).OrderBy(c => c.Key, Decision.ByTable).ToDictionary(c => c.Key, c => c.Value);
        var idle = stats[TradeMetrics.Exposure] > 0 || stats.Trades > 0 ? null
            : IdlePortfolio.Of(_decisions.Count, counts, _early.Count, BeginAfter(_early.Last));
        return new PortfolioOutcome(stats, _run.Digest, counts, _decisions, _recorder)
        {
            Idle = idle,
            Notes =
            [
                .. PortfolioNotes.Of(_run, counts, _expired, _closedAtEnd),
                .. idle is null ? _early.NotesOf(_plan, _decisions, BeginAfter(_early.Last)) : [],
                .. PeriodNotes.Of(_statistics.Counted, _statistics.PeriodsPerYear, "periodsPerYear")
                    .Select(s => new RunNote(NoteCode.PeriodsPerYear, s)),
            ],
            Rows = _statistics.Rows,
            EquityWithFills = _run.EquityWithFills,
            PeriodScale = _statistics.PeriodsPerYear / _statistics.Counted.PerYear,
            Risk = _caps?.Answers ?? [],
            Funding = FundingReport.Of(_run.FundingByDay(), _symbols),
            Currency = CurrencyReport.Of(_run, _plan.Spec),
            Borrowing = BorrowingReport.Of(_run),
        };
    }
}
