using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Application.WalkForward;

/// <summary>
/// Follows the runs of each group over the rows of the record, and adds the groups' accounts, in equal parts, to one account. Cash, exposure, profit,
/// commission and every statistic come from the same rows and the same trades.
/// </summary>
internal sealed class StitchedAccounts
{
    private readonly MarkTimeline _timeline;
    private readonly IReadOnlyList<WalkForwardWindow> _windows;
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Timeframe _shortest;
    private readonly double _cash;
    private readonly long _tracePeriod;
    private readonly double[] _equity, _free, _exposure;
    private readonly bool[] _holds;
    private readonly int[] _firstRows;
    private double _commission, _carry;

    /// <param name="instruments">In the order of the timeline's markets.</param>
    public StitchedAccounts(BatchPlan plan, MarkTimeline timeline, IReadOnlyList<WalkForwardWindow> windows, IReadOnlyList<Instrument> instruments)
    {
        (_timeline, _windows, _instruments, _cash) = (timeline, windows, instruments, plan.Spec.Cash);
        _tracePeriod = plan.Feeds[0].TracePeriod;
        for (var i = 0; i < instruments.Count; i++) _numbers[instruments[i].Symbol] = i;
        _shortest = plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;
        (_equity, _free, _exposure, _holds) = (new double[timeline.Rows], new double[timeline.Rows], new double[timeline.Rows], new bool[timeline.Rows]);
        _firstRows = [.. windows.Select(w => timeline.RowFrom(w.At)), timeline.RowFrom(windows[^1].To)];
    }

    /// <summary>Adds a group's account; in the order of the groups, since sums follow it.</summary>
    public ChoiceGroup Add(string name, IReadOnlyList<StrategyInstance> members, IReadOnlyList<WindowChoice> choices, IReadOnlyList<AccountRun> runs)
    {
        var account = new AccountReplay(_cash, _instruments);
        var trades = Trades(runs, [.. ChoiceGroup.SymbolsOf(members)]);
        var events = new Queue<(int Run, RunEvent Event)>(runs.SelectMany((r, run) => r.Events.Select(e => (Run: run, Event: e))).OrderBy(e => e.Event.Time));
        var sides = runs.Select(r => r.Events.Where(e => e.Kind == RunEventKind.Trade).Select(e => e.ToTrade()).ToDictionary(t => t.Number, t => t.Side)).ToList();
        var whole = new AccountStatistics(_cash, new FeedClock(_shortest));
        var tracer = new EquityTracer(_tracePeriod, _cash);
        var made = new List<WindowChoice>();
        var (commission, carry, peak) = (0.0, 0.0, _cash);
        for (var w = 0; w < _windows.Count; w++)
        {
            var part = new AccountStatistics(account.Equity, new FeedClock(_shortest));
            for (var r = _firstRows[w]; r < _firstRows[w + 1]; r++)
            {
                while (events.TryPeek(out var next) && next.Event.Time < _timeline.Instant(r))
                {
                    events.Dequeue();
                    account.Take(next.Run, next.Event, _numbers[runs[next.Run].Strategy.Symbols[next.Event.SymbolIndex]], sides[next.Run].GetValueOrDefault(next.Event.Number));
                }
                var row = Row(account, r, ref peak);
                tracer.Add(row.Time, row.Equity);
                whole.Add(row, account.HoldsAnything);
                part.Add(row, account.HoldsAnything);
            }
            var entered = trades.Where(t => t.Trade.EntryTime >= _windows[w].At && t.Trade.EntryTime < _windows[w].To).Select(t => t.Trade).ToList();
            foreach (var trade in entered) part.Add(trade);
            made.Add(choices[w] with { Trades = entered, OutOfSample = part.ToStatistics(account.Commission - commission, account.Carry - carry) });
            (commission, carry) = (account.Commission, account.Carry);
        }
        foreach (var trade in trades) whole.Add(trade.Trade);
        _commission += account.Commission;
        _carry += account.Carry;
        return new ChoiceGroup(name, members, made, whole.ToStatistics(account.Commission, account.Carry), trades, [.. runs.Select(r => r.Fingerprint)]) { Trace = tracer.Finish() };
    }

    private EquityRow Row(AccountReplay account, int row, ref double peak)
    {
        foreach (var (market, close) in _timeline.Marks(row)) account.Mark(market, close);
        account.Revalue();
        _equity[row] += account.Equity;
        _free[row] += account.Cash;
        _exposure[row] += account.Exposure;
        _holds[row] |= account.HoldsAnything;
        peak = Math.Max(peak, account.Equity);
        return new EquityRow(_timeline.Stamp(row), account.Equity, account.Cash, account.Exposure, 1 - account.Equity / peak);
    }

    private static List<StitchedTrade> Trades(IReadOnlyList<AccountRun> runs, List<string> symbols)
    {
        StitchedTrade Of(AccountRun run, in Trade trade) =>
            new(run.Strategy.Index, trade with { SymbolIndex = symbols.IndexOf(run.Strategy.Symbols[trade.SymbolIndex]) });
        return [.. runs.SelectMany(r => r.Events.Where(e => e.Kind == RunEventKind.Trade).Select(e => Of(r, e.ToTrade())))
            .OrderBy(t => t.Trade.Reason == ExitReason.Open).ThenBy(t => t.Trade.ExitTime)];
    }

    /// <summary>The one account of all groups that were added, row by row.</summary>
    public (IReadOnlyList<EquityRow> Rows, RunStatistics Statistics) Together(IReadOnlyList<ChoiceGroup> groups)
    {
        var (rows, peak) = (new EquityRow[_timeline.Rows], _cash);
        var statistics = new AccountStatistics(_cash, new FeedClock(_shortest));
        var n = groups.Count;
        for (var r = 0; r < rows.Length; r++)
        {
            peak = Math.Max(peak, _equity[r] / n);
            rows[r] = new EquityRow(_timeline.Stamp(r), _equity[r] / n, _free[r] / n, _exposure[r] / n, 1 - _equity[r] / n / peak);
            statistics.Add(rows[r], _holds[r]);
        }
        foreach (var trade in WalkForwardOutcome.Trades(groups)) statistics.Add(trade.Trade);
        return (rows, statistics.ToStatistics(_commission / n, _carry / n));
    }
}
