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
/// Runs a portfolio and records its decisions, trades and equity rows. For each time slice, the host passes the fills that became known,
/// the closes, and the signals made at them. A batch reads them from an event log; a live session passes them as they happen.
/// </summary>
internal sealed class PortfolioDriver : IPortfolioSteps
{
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal);
    private readonly PortfolioRun _run;
    private readonly BatchPlan _plan;
    private readonly IWeightSource? _schedule;
    private readonly RiskCaps? _caps;
    private readonly List<(int Member, int Number, ExitReason Reason)> _called = [];
    // Trades of strategies whose bars have ended; the portfolio may still close its part of them.
    private readonly List<(int Strategy, Trade Trade)> _ended = [];
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
    public PortfolioDriver(BatchPlan plan, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments,
        IWeightSource? schedule = null, IExposureModel? exposure = null)
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
        { Timeframe = s.Timeframe }).ToList();
        _run = new PortfolioRun(plan.Spec.Cash, plan.Spec.Portfolio.Limits, instruments, members, plan.Spec.Execution.Settings,
            plan.Spec.Portfolio.Sizing, plan.Spec.Portfolio.Enablement);
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
    /// Trades that the portfolio closed itself, because of a margin call, since their symbol has stopped trading, or for an operator. Their
    /// strategies keep them open.
    /// </summary>
    public IReadOnlyList<(int Member, int Number, ExitReason Reason)> ClosedItself => _called;

    /// <summary>Shares of open trades that were closed to respect a limit, in order; 1 = the whole remainder.</summary>
    public IReadOnlyList<(int Member, int Number, double Share)> Cuts => _cuts;

    bool IPortfolioSteps.OpenRow(long stamp, long timestamp) => OpenRow(stamp);

    void IPortfolioSteps.Take(int strategy, in RunEvent e) => Take(strategy, e);

    /// <summary>Marks a closed bar.</summary>
    public void Mark(int symbol, in Bar bar) => _run.Mark(symbol, bar);

    /// <summary>Called when all closes of a time slice are marked.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks; <see cref="long.MinValue"/> if none did.</param>
    /// <returns>Whether the time slice has its own row. The caller closes such a row after its signals are decided.</returns>
    public bool OpenRow(long stamp)
    {
        if (stamp <= _lastStamp) return false;
        _run.Revalue(stamp);
        for (; _expiredSeen < _run.Expired.Count; _expiredSeen++) Expire(_run.Expired[_expiredSeen]);
        var ended = _run.CloseEnded(stamp);
        foreach (var closed in ended) BookOwn(closed);
        if (ended.Count > 0) _run.Revalue(stamp);
        foreach (var called in _run.CallMargin(stamp)) BookOwn(called);
        foreach (var closed in _run.Unwind(stamp)) Book(closed);
        BookCuts(_run.Trim(stamp));
        BookCuts(_run.CloseRecalled(stamp));
        return true;
    }

    private void BookCuts(IReadOnlyList<LimitCut> cuts)
    {
        foreach (var (member, number, share, closed) in cuts)
        {
            if (closed is { } whole) Book(whole);
            _cuts.Add((member, number, share));
        }
    }

    // Records a trade that the portfolio closed itself.
    private void BookOwn(in PortfolioTrade closed)
    {
        Book(closed);
        _called.Add((closed.Member, closed.Trade.Number, closed.Trade.Reason));
        if (closed.Trade.Reason == ExitReason.DataEnded) _closedAtEnd++;
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

    /// <summary>A bar opens: orders of an operator fill. Call it before the fills of strategies within the bar.</summary>
    public void Open(int symbol, in Bar bar)
    {
        foreach (var closed in _run.Open(symbol, bar)) BookOwn(closed);
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
    /// <returns>The decision on a signal; null for other events.</returns>
    public Decision? Take(int strategy, in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Signal:
                return Decide(strategy, e);
            // The strategy's bars have ended. A live session cannot know that; the portfolio withdraws the entry when the symbol proves
            // inactive.
            case RunEventKinds.SignalEnded when e.IsEndOfRun:
                break;
            case RunEventKinds.SignalEnded:
                EndSignal(strategy, e);
                break;
            case RunEventKinds.Priced:
                _run.OnPriced(e.Priced.Terms);
                break;
            case RunEventKinds.Fill:
                Fill(strategy, e);
                break;
            case RunEventKinds.Exiting:
                _run.OnExiting(strategy, e.Number);
                break;
            case RunEventKinds.EntryCut:
                _run.OnEntryCut(strategy, e.Number, e.EntryCut.Rest);
                break;
            // They concern the strategy's own account; the portfolio may close a different part of its own trade.
            case RunEventKinds.ClosedPart:
            case RunEventKinds.CashShort:
                break;
            case RunEventKinds.EntryEnded:
                _run.OnEntryEnded(strategy, e.Number);
                break;
            case RunEventKinds.Financing:
                _run.OnFinancing(strategy, e.Financing);
                break;
            case RunEventKinds.Split:
                var split = e.Split;
                _run.OnSplit(strategy, e.Number, e.Time, split.ExDate, split.Ratio);
                break;
            case RunEventKinds.Roll:
                _run.OnRoll(strategy, e.Roll);
                break;
            case RunEventKinds.Trade:
                CloseTrade(strategy, e);
                break;
        }
        return null;
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
        _run.OnSignalEnded(strategy, e.Number);
    }

    private void Fill(int strategy, in RunEvent e)
    {
        var fill = e.Fill;
        var own = _run.OnFill(strategy, fill, e.SymbolIndex);
        if (fill.IsEntry) Reconsider(strategy, fill.Number, own);
        // A venue has filled the accepted quantity, so the part without cash is sold again.
        if (_run.CashCut > 0) _cuts.Add((strategy, fill.Number, _run.CashCut));
    }

    private void CloseTrade(int strategy, in RunEvent e)
    {
        // The portfolio closes its own part when it knows that the symbol has stopped trading. Until then the trade stays open.
        if (IsEndOfData(_plan.Instances[strategy], e)) _ended.Add((strategy, e.Trade with { Reason = ExitReason.Open }));
        // The symbol's bars may end before others. The position costs interest until those end.
        else if (e.IsEndOfRun) _ended.Add((strategy, e.Trade));
        else Settle(strategy, e.Trade);
    }

    private void Settle(int strategy, in Trade trade)
    {
        if (PartOf(strategy, trade) is { } part) Book(part);
        if (_run.OnTrade(strategy, trade) is { } own) Book(own);
    }

    // If a trade is still open at the end, the closed part of it counts as a separate trade.
    private PortfolioTrade? PartOf(int strategy, in Trade trade) =>
        trade.Reason == ExitReason.Open ? _run.ClosedPartOf(strategy, trade.Number) : null;

    /// <summary>
    /// Returns the trades that are open if the bars end now, and the closed parts of them. Unless the portfolio books something then
    /// (<see cref="PortfolioRun.BooksAtEnd"/>), it goes on unchanged.
    /// </summary>
    /// <param name="open">The open trades of the strategies that have not ended.</param>
    public IEnumerable<PortfolioTrade> OpenIfEnded(IReadOnlyList<(int Strategy, Trade Trade)> open)
    {
        List<PortfolioTrade> trades = [.. _run.EndUnwinding(_lastStamp)];
        foreach (var (strategy, trade) in _ended.Concat(open))
        {
            if (PartOf(strategy, trade) is { } part) trades.Add(part);
            if (_run.OnTrade(strategy, trade) is { } own) trades.Add(own);
        }
        return trades;
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

    // An accepted signal counts as refused if its fill found no cash, or if others used up the bar's volume, unless a later part of the
    // entry fills.
    private void Reconsider(int strategy, int number, double own)
    {
        var said = AnswersTo(strategy, 0);
        if (number > said.Count) return;
        var now = own > 0 ? Decision.Accepted : _run.CashCut >= 1 ? Decision.NoCash
            : _run.IsUnborrowed ? Decision.NotShortable : Decision.VolumeTaken;
        var before = said[number - 1];
        if (before == now || !before.IsAccepted && before != Decision.VolumeTaken && before != Decision.NoCash
            && before != Decision.NotShortable || own == 0 && !_run.VolumeCapReached && _run.CashCut < 1 && !_run.IsUnborrowed) return;
        Change(said, number - 1, now);
    }

    private void Book(in PortfolioTrade own)
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
        foreach (var open in OpenIfEnded([])) Book(open);
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
