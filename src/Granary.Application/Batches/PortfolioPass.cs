using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Application.Batches;

/// <summary>The outcome of the portfolio pass.</summary>
/// <param name="Decisions">By strategy index: the answer to each of its signals, in order. Strategies without weight are not in it.</param>
public sealed record PortfolioOutcome(
    RunStatistics Statistics, UInt128 Fingerprint, IReadOnlyDictionary<Decision, long> Counts, IReadOnlyDictionary<int, List<Decision>> Decisions, EquityRecorder Recorder);

/// <summary>
/// Merges what the weighted strategies did into one total order and lets the portfolio decide. At one instant first the bars that close are
/// marked, then the signals made at that close are decided (by strategy), then what fills in the bars that open is booked.
/// A fill within a bar is booked at that bar's open, since the bar does not say when it was.
/// </summary>
public sealed class PortfolioPass
{
    private readonly BatchPlan _plan;
    private readonly EventSpool? _spool;
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal);
    private readonly PortfolioRun _run;
    private readonly WeightSchedule? _schedule;
    private readonly Dictionary<int, List<Decision>> _decisions = [];
    private readonly long[] _counts = new long[Enum.GetValues<Decision>().Length];
    private readonly TradeAccumulator _trades = new();

    /// <param name="weights">By strategy index.</param>
    /// <param name="instruments">Of all symbols of the batch.</param>
    /// <param name="schedule">Weights over time, in place of those of <paramref name="weights"/> that are not 0; null where they stay.</param>
    public PortfolioPass(BatchPlan plan, EventSpool? spool, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments, WeightSchedule? schedule = null)
    {
        _schedule = schedule;
        _plan = plan;
        _spool = spool;
        for (var i = 0; i < instruments.Count; i++) _symbolIndex[instruments[i].Symbol] = i;
        var members = plan.Instances.Select(s => new PortfolioMember(s.Id, [.. s.Symbols.Select(x => _symbolIndex[x])], weights[s.Index])).ToList();
        _run = new PortfolioRun(plan.Spec.Cash, Limits(plan.Spec.Portfolio.Limits), instruments, members, plan.Spec.Execution.Settings);
        Weights = weights;
    }

    public IReadOnlyList<double> Weights { get; }

    public static PortfolioLimits Limits(LimitSpec limits) => new()
    {
        MaxPositions = limits.MaxPositions,
        MaxGrossPercent = limits.MaxGrossPercent,
        MaxNetPercent = limits.MaxNetPercent,
        MaxSymbolPercent = limits.MaxSymbolPercent,
        MaxStrategyPercent = limits.MaxStrategyPercent,
        RiskPercent = limits.RiskPercent,
        MaxDrawdownPercent = limits.MaxDrawdownPercent,
        DailyLossPercent = limits.DailyLossPercent,
        RestrictedSymbols = limits.RestrictedSymbols,
    };

    // One strategy's events, read chunk by chunk, with the instant at which each is known.
    private sealed class Stream(EventSpool spool, int strategy, long timeframeTicks)
    {
        private readonly Queue<RunEvent> _events = new();
        private int _chunk;
        private (long Instant, int Phase) _last = (long.MinValue, 0);

        public int Strategy => strategy;

        public RunEvent Current { get; private set; }

        public (long Instant, int Phase) Key => _last;

        public bool Next()
        {
            while (_events.Count == 0)
            {
                if (_chunk == spool.ChunkCount(strategy)) return false;
                var reader = new RunEventReader(spool.Read(strategy, _chunk++));
                while (reader.Next(out var e, out _)) _events.Enqueue(e);
            }
            Current = _events.Dequeue();
            // A signal is known when its bar closes; a fill is booked when its bar opens.
            (long, int) key = Current.Kind == RunEventKind.Signal ? (Current.Time + timeframeTicks, 1) : (Current.Time, 2);
            if (key.CompareTo(_last) > 0) _last = key;
            return true;
        }
    }

    // The closes of one symbol, in time order.
    private sealed class Marks(int symbol, Timeframe timeframe, IAsyncEnumerator<BarBlock> blocks)
    {
        private BarBlock? _block;
        private int _at;

        public int Symbol => symbol;

        public Timeframe Timeframe => timeframe;

        public long Instant => _block!.Time[_at] + timeframe.Ticks;

        public long Time => _block!.Time[_at];

        public double Close => _block!.Close[_at];

        public async ValueTask<bool> NextAsync()
        {
            if (_block is not null && ++_at < _block.Count) return true;
            if (!await blocks.MoveNextAsync()) return false;
            _block = blocks.Current;
            _at = 0;
            return true;
        }

        public ValueTask DisposeAsync() => blocks.DisposeAsync();
    }

    /// <param name="bars">For each symbol that a weighted strategy trades, its bars at the shortest timeframe.</param>
    /// <param name="equityRow">Is given every row of the equity curve.</param>
    /// <param name="trade">Is given the portfolio's trades in the order of closing.</param>
    public async Task<PortfolioOutcome> RunAsync(IReadOnlyDictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> bars,
        Action<EquityRow>? equityRow, Action<PortfolioTrade>? trade, FeedClock clock, CancellationToken cancellationToken)
    {
        var streams = new PriorityQueue<Stream, (long, int, int)>();
        foreach (var instance in _plan.Instances)
        {
            if (Weights[instance.Index] == 0) continue;
            _decisions[instance.Index] = [];
            var stream = new Stream(_spool!, instance.Index, instance.Timeframe.Ticks);
            if (stream.Next()) streams.Enqueue(stream, (stream.Key.Instant, stream.Key.Phase, stream.Strategy));
        }
        var marks = new PriorityQueue<Marks, (long, int)>();
        foreach (var (symbol, feed) in bars)
        {
            var m = new Marks(_symbolIndex[symbol], feed.Timeframe, feed.Blocks.GetAsyncEnumerator(cancellationToken));
            if (await m.NextAsync()) marks.Enqueue(m, (m.Instant, m.Symbol));
            else await m.DisposeAsync();
        }

        var equity = new EquityAccumulator();
        var recorder = new EquityRecorder();
        var exposed = 0L;
        var rows = 0L;
        var lastStamp = long.MinValue;
        while (streams.Count > 0 || marks.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var instant = long.MaxValue;
            if (marks.TryPeek(out _, out var m0)) instant = m0.Item1;
            if (streams.TryPeek(out _, out var s0)) instant = Math.Min(instant, s0.Item1);

            var stamp = long.MinValue;
            while (marks.TryPeek(out var m, out var key) && key.Item1 == instant)
            {
                marks.Dequeue();
                _run.Mark(m.Symbol, m.Close);
                stamp = Math.Max(stamp, m.Time);
                if (await m.NextAsync()) marks.Enqueue(m, (m.Instant, m.Symbol));
                else await m.DisposeAsync();
            }
            var row = stamp > lastStamp;
            if (row)
            {
                _run.Revalue(stamp);
                foreach (var called in _run.CallMargin(stamp)) Book(called, trade);
            }
            Drain(streams, instant, 1, trade);
            if (row)
            {
                lastStamp = stamp;
                _run.Revalue(stamp);
                // A flat curve of nobody is not part of the result.
                if (_decisions.Count > 0) _run.Seal(stamp);
                equity.Add(stamp, _run.Equity);
                clock.Count(stamp);
                rows++;
                if (_run.OpenTrades > 0) exposed++;
                var r = new EquityRow(stamp, _run.Equity, _run.Cash, _run.Exposure, _run.Drawdown);
                recorder.Add(r);
                equityRow?.Invoke(r);
            }
            Drain(streams, instant, 2, trade);
        }

        var stats = Statistics(rows > 1 ? equity.ToStatistics(clock.PeriodsPerYear) : null, rows, exposed);
        var counts = new Dictionary<Decision, long>();
        foreach (var decision in Enum.GetValues<Decision>())
            if (_counts[(int)decision] > 0)
                counts[decision] = _counts[(int)decision];
        return new PortfolioOutcome(stats, _run.Fingerprint, counts, _decisions, recorder);
    }

    private void Drain(PriorityQueue<Stream, (long, int, int)> streams, long instant, int phase, Action<PortfolioTrade>? trade)
    {
        while (streams.TryPeek(out var stream, out var key) && key.Item1 == instant && key.Item2 <= phase)
        {
            streams.Dequeue();
            var more = true;
            while (more && stream.Key == (key.Item1, key.Item2))
            {
                Take(stream.Strategy, stream.Current, trade);
                more = stream.Next();
            }
            if (more) streams.Enqueue(stream, (stream.Key.Instant, stream.Key.Phase, stream.Strategy));
        }
    }

    private void Take(int strategy, in RunEvent e, Action<PortfolioTrade>? trade)
    {
        switch (e.Kind)
        {
            case RunEventKind.Signal:
                // By what was known when the signal was.
                if (_schedule is not null) _run.SetWeight(strategy, _schedule.At(strategy, e.Time + _plan.Instances[strategy].Timeframe.Ticks));
                var decision = _run.OnSignal(strategy, e.ToSignal(), e.SymbolIndex);
                _decisions[strategy].Add(decision);
                _counts[(int)decision]++;
                break;
            case RunEventKind.SignalEnded:
                // What its own book refuses at once is refused here too, whatever the portfolio had said.
                if (e.End is SignalEnd.NoCash or SignalEnd.NoQuantity or SignalEnd.NoStop)
                {
                    var said = _decisions[strategy];
                    if (said.Count == e.Number && said[^1] == Decision.Accepted)
                    {
                        _counts[(int)Decision.Accepted]--;
                        _counts[(int)Decision.StrategyRefused]++;
                        said[^1] = Decision.StrategyRefused;
                    }
                }
                _run.OnSignalEnded(strategy, e.Number);
                break;
            case RunEventKind.Entry:
            case RunEventKind.Fill:
                _run.OnFill(strategy, e.ToFill(), e.SymbolIndex);
                break;
            case RunEventKind.EntryEnded:
                _run.OnEntryEnded(strategy, e.Number);
                break;
            case RunEventKind.Carry:
                _run.OnCarry(strategy, e.Number, e.Time, e.Price);
                break;
            case RunEventKind.Split:
                _run.OnSplit(strategy, e.Number, e.Time, e.ExDate, e.Price);
                break;
            default:
                if (_run.OnTrade(strategy, e.ToTrade()) is { } own) Book(own, trade);
                break;
        }
    }

    private void Book(in PortfolioTrade own, Action<PortfolioTrade>? trade)
    {
        if (own.Trade.Reason != ExitReason.Open) _trades.Add(own.Trade.NetProfit, own.Trade.AdverseExcursion, own.Trade.FavourableExcursion, own.Trade.Bars);
        trade?.Invoke(own);
    }

    private RunStatistics Statistics(EquityStatistics? e, long rows, long exposed)
    {
        var t = _trades.ToStatistics();
        return new RunStatistics
        {
            Trades = t.Trades,
            WinRate = t.WinRate,
            Expectancy = t.Expectancy,
            AverageWin = t.AverageWin,
            AverageLoss = t.AverageLoss,
            ProfitFactor = t.ProfitFactor,
            TotalReturn = _run.Equity / _run.StartingCash - 1,
            Cagr = e?.Cagr ?? double.NaN,
            Volatility = e?.Volatility ?? double.NaN,
            Sharpe = e?.Sharpe ?? double.NaN,
            Sortino = e?.Sortino ?? double.NaN,
            Calmar = e?.Calmar ?? double.NaN,
            MaxDrawdown = e?.MaxDrawdown ?? 0,
            MaxDrawdownDays = e?.MaxDrawdownDays ?? 0,
            MonthsProfitable = e?.MonthsProfitable ?? double.NaN,
            WeeksProfitable = e?.WeeksProfitable ?? double.NaN,
            Exposure = rows > 0 ? exposed / (double)rows : double.NaN,
            Commission = _run.Commission,
            Carry = _run.Carry,
            FinalEquity = _run.Equity,
            NetProfit = t.TotalProfit,
            Periods = rows,
            PeriodsPerYear = e?.PeriodsPerYear ?? double.NaN,
        };
    }
}
