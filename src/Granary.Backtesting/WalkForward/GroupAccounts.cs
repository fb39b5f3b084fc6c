using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// Creates the account of each group from its runs, over the rows of the record. All statistics of a group and of its windows come from the
/// same rows and trades.
/// </summary>
internal sealed class GroupAccounts
{
    private readonly MarkTimeline _timeline;
    private readonly IReadOnlyList<WalkForwardWindow> _windows;
    // In the order of the timeline's markets.
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    // Runs the account of a group whose entries models judge.
    private readonly StitchedPortfolio _unlimited;
    private readonly Timeframe _shortest;
    private readonly BatchSpec _batch;
    private readonly double _cash;
    private readonly long _tracePeriod;

    public GroupAccounts(WalkForwardInput input, MarkTimeline timeline)
    {
        var plan = input.Plan;
        (_timeline, _windows, _cash) = (timeline, input.Windows, plan.Spec.Cash);
        _instruments = [.. input.OrderedMarkets.Select(m => m.Instrument)];
        _unlimited = new StitchedPortfolio(input with { Plan = plan.WithoutLimits() });
        _tracePeriod = plan.Feeds[0].TracePeriod;
        _batch = plan.Spec;
        for (var i = 0; i < _instruments.Count; i++) _numbers[_instruments[i].Symbol] = i;
        _shortest = plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;
    }

    /// <summary>
    /// Creates a group's account. A strategy's own account takes every entry; with models, the group's account has only the entries that
    /// they admit.
    /// </summary>
    public async Task<ChoiceGroup> OfAsync(ChoosingGroup group,
        IReadOnlyList<WindowChoice> choices, IReadOnlyList<AccountRun> runs, CancellationToken cancellationToken)
    {
        if (!runs.Any(r => r.Strategy.Model is not null)) return Of(group, choices, runs, (Rows(runs), Trades(runs, group.Members)));
        var account = await _unlimited.RunAsync([runs], cancellationToken);
        var strategies = group.Members.ToDictionary(m => m.Index);
        return Of(group, choices, runs,
            (account.Rows, [.. account.Trades.Select(t => Of(group.Members, strategies[t.Own.Member], t.Own.Trade))]));
    }

    private static StitchedTrade Of(IReadOnlyList<StrategyInstance> members, StrategyInstance strategy, in Trade trade) =>
        new(strategy.Index, ChoiceGroup.Numbered(members, strategy, trade));

    private ChoiceGroup Of(ChoosingGroup group, IReadOnlyList<WindowChoice> choices,
        IReadOnlyList<AccountRun> runs, (IReadOnlyList<AccountRow> Rows, IReadOnlyList<StitchedTrade> Trades) account)
    {
        var (rows, trades) = account;
        var whole = new AccountStatistics(_cash, new FeedClock(_shortest), _batch);
        var tracer = new EquityTracer(_tracePeriod, _cash);
        var made = new List<WindowChoice>();
        var last = new AccountRow(new EquityRow(0, _cash, _cash, 0, 0), Holds: false, 0, 0, 0);
        for (var (w, r) = (0, 0); w < _windows.Count; w++)
        {
            var before = last;
            var part = new AccountStatistics(last.Row.Equity, new FeedClock(_shortest), _batch);
            for (; r < rows.Count && rows[r].Row.Time < _windows[w].To; r++)
            {
                last = rows[r];
                tracer.Add(last.Row.Time, last.Row.Equity);
                whole.Add(last.Row, last.Holds);
                part.Add(last.Row, last.Holds);
            }
            var window = _windows[w];
            var entered = trades.Select(t => t.Trade).Where(t => t.EntryTime >= window.At && t.EntryTime < window.To).ToList();
            foreach (var trade in entered) part.Add(trade);
            var statistics = part.ToMetrics(last.Commission - before.Commission, last.Financing - before.Financing,
                last.Funding - before.Funding);
            made.Add(choices[w] with { Trades = entered, OutOfSample = statistics });
        }
        foreach (var trade in trades) whole.Add(trade.Trade);
        var digests = runs.Select(r => r.Digest).ToList();
        var figures = whole.ToMetrics(last.Commission, last.Financing, last.Funding);
        return new ChoiceGroup(group.Name, group.Members, made, figures, trades, digests)
        {
            Trace = tracer.Finish(),
        };
    }

    private List<AccountRow> Rows(IReadOnlyList<AccountRun> runs)
    {
        var account = new AccountReplay(_cash, _instruments, _batch.Execution.Settings);
        var events = new Queue<(int Run, RunEvent Event)>(
            runs.SelectMany((r, run) => r.Events.Select(e => (Run: run, Event: e))).OrderBy(e => e.Event.Time));
        var sides = runs.Select(r => TradesOf(r).DistinctBy(t => t.Number).ToDictionary(t => t.Number, t => t.Side)).ToList();
        var (rows, peak) = (new List<AccountRow>(_timeline.Rows), _cash);
        for (var r = 0; r < _timeline.Rows; r++)
        {
            while (events.TryPeek(out var next) && next.Event.Time < _timeline.Timestamp(r))
            {
                events.Dequeue();
                var market = _numbers[runs[next.Run].Strategy.Symbols[next.Event.SymbolIndex]];
                account.Take(next.Run, next.Event, market, sides[next.Run].GetValueOrDefault(next.Event.Number));
            }
            foreach (var mark in _timeline.Marks(r)) account.Mark(mark.Market, mark.Close);
            account.Reach(_timeline.Timestamp(r));
            account.Revalue();
            peak = Math.Max(peak, account.Equity);
            var drawdown = 1 - account.Equity / peak;
            var row = new EquityRow(_timeline.Stamp(r), account.Equity, account.Cash, account.Exposure, drawdown);
            rows.Add(new AccountRow(row, account.HoldsAnything, account.Commission, account.Financing, account.Funding));
        }
        return rows;
    }

    private static IEnumerable<Trade> TradesOf(AccountRun run) =>
        run.Events.Where(e => e.IsTradeRow).Select(e => e.Trade);

    private static List<StitchedTrade> Trades(IReadOnlyList<AccountRun> runs, IReadOnlyList<StrategyInstance> members) =>
    [
        .. runs.SelectMany(r => TradesOf(r).Select(t => Of(members, r.Strategy, t)))
            .OrderBy(t => t.Trade.Reason == ExitReason.Open).ThenBy(t => t.Trade.ExitTime),
    ];
}
