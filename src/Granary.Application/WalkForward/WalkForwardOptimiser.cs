using System.Collections.Concurrent;
using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Application.WalkForward;

/// <summary>
/// Chooses parameters on one stretch and trades them on the next, over and over: windows run side by side, each on bars that were read once, and the
/// result is the same on any number of threads.
/// </summary>
internal static class WalkForwardOptimiser
{
    /// <param name="markets">Read already, by symbol.</param>
    /// <param name="learning">Models that gate strategies: trained anew inside each in-sample stretch, walk-forward there, and on all of it for the stretch that follows.</param>
    /// <param name="execution">In place of the batch's; null for it.</param>
    /// <param name="again">An outcome whose choices and models are traded instead of making them anew; null to make them.</param>
    /// <exception cref="InputException">The record is too short for a single window.</exception>
    public static async Task<WalkForwardOutcome> RunAsync(BatchPlan plan, WalkForwardSpec spec, IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> markets, int threads, IReadOnlyList<LearningSpec> learning, TimeProvider clock,
        ExecutionSettings? execution, WalkForwardOutcome? again, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (execution is not null) plan = plan.WithExecution(execution);
        var first = markets.Values.Min(m => m.Bars.Blocks[0].Time[0]);
        var end = markets.Values.Max(m => m.Bars.Blocks[^1].Time[^1]) + plan.Spec.Data.Timeframe.Ticks;
        var windows = spec.Windows(first, end);
        if (windows.Count == 0)
            throw (plan.Spec.WalkForward ?? plan.Spec.Data.Place).Fault(FormattableString.Invariant(
                $"the record of {(end - first) / (double)TimeSpan.TicksPerDay:0} days has no room for {spec.InSample / (double)TimeSpan.TicksPerDay:0} days in sample and {spec.OutOfSample / (double)TimeSpan.TicksPerDay:0} out of sample; use shorter windows"));
        var groups = Groups(plan, spec.Among);
        var trace = plan.Spec.Data.Timeframe.Ticks >= TimeSpan.TicksPerHour ? TimeSpan.TicksPerDay : TimeSpan.TicksPerHour;
        var made = new ConcurrentDictionary<int, (WindowChoice[] Choices, WindowModels Models)>();
        var done = 0;
        await Parallel.ForEachAsync(windows, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, async (window, token) =>
        {
            made[window.Index] = await WindowAsync(plan, spec, groups, markets, window, trace, learning, clock, again, token);
            progress?.Report(Interlocked.Increment(ref done));
        });

        var results = groups.Select((g, k) =>
        {
            var choices = windows.Select(w => made[w.Index].Choices[k]).ToList();
            return new ChoiceGroup(g.Name, g.Members, choices, Stitch(choices, plan.Spec.Cash, trace, windows));
        }).ToList();
        var length = results.Max(g => g.Stitched.Equity.Length);
        var equity = new double[length];
        for (var t = 0; t < length; t++)
        {
            foreach (var group in results) equity[t] += group.Stitched.Equity[t];
            equity[t] /= results.Count;
        }
        return new WalkForwardOutcome(spec, windows, results, new EquityTrace(trace, windows[0].At / trace, plan.Spec.Cash, equity), Efficiency(results)) { Models = [.. windows.Select(w => made[w.Index].Models)] };
    }

    /// <summary>The lists of combinations among which is chosen, in the plan's order.</summary>
    private static List<(string Name, List<StrategyInstance> Members)> Groups(BatchPlan plan, ChoiceAmong among) =>
        among == ChoiceAmong.Batch ? [(plan.Spec.Name, [.. plan.Instances])]
        : among == ChoiceAmong.Market ? [.. plan.Instances.GroupBy(i => i.Symbol).Select(g => (g.Key, g.ToList()))]
        : [.. plan.Instances.GroupBy(i => (i.Definition.Name, i.Symbol, i.Timeframe, i.Trading)).Select(g => ($"{g.Key.Name}@{g.Key.Symbol}:{g.Key.Timeframe}", g.ToList()))];

    private static async Task<(WindowChoice[] Choices, WindowModels Models)> WindowAsync(BatchPlan plan, WalkForwardSpec spec, List<(string Name, List<StrategyInstance> Members)> groups,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> markets, WalkForwardWindow window, long trace,
        IReadOnlyList<LearningSpec> learning, TimeProvider clock, WalkForwardOutcome? again, CancellationToken cancellationToken)
    {
        Dictionary<string, OpenedMarket> Cut(long from, long to)
        {
            var cut = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
            foreach (var (symbol, market) in markets)
            {
                var series = market.Bars.Cut(from, to, spec.WarmUp);
                if (series.Count > 0) cut[symbol] = new OpenedMarket(symbol, series, market.Instrument);
            }
            return cut;
        }
        static bool Has(Dictionary<string, OpenedMarket> cut, StrategyInstance i) => i.Symbols.All(cut.ContainsKey);

        // One thread: the windows already keep all of them busy.
        var host = new EmbeddedHost(1);
        var inSample = new Dictionary<int, StrategyOutcome>();
        var choice = new int[groups.Count];
        var models = again?.Models[window.Index] ?? WindowModels.None;
        if (again is null)
        {
            var past = Cut(window.From, window.At);
            var feeds = plan.TradingFrom(window.From, 0);
            if (learning.Count > 0) (feeds, models) = await LearnAsync(feeds, past, learning, clock, host, window, i => Has(past, i), cancellationToken);
            await RunAsync(host, feeds, past, i => Has(past, i), null, inSample, cancellationToken);
            for (var g = 0; g < groups.Count; g++) choice[g] = Best(groups[g].Members, inSample, spec);
        }
        else
        {
            for (var g = 0; g < groups.Count; g++) choice[g] = again.Groups[g].Choices[window.Index].Strategy;
        }

        // The choice has its past to warm up in, as much of it as it was chosen on.
        var future = Cut(window.From, window.To);
        var wanted = choice.Where(c => c >= 0).ToHashSet();
        var outOfSample = new Dictionary<int, StrategyOutcome>();
        var events = new TradeMemory();
        await RunAsync(host, plan.TradingFrom(window.At, trace).WithModels(models.Judges), future, i => wanted.Contains(i.Index) && Has(future, i), events, outOfSample, cancellationToken);

        return ([.. groups.Select((_, g) =>
        {
            var strategy = choice[g];
            if (strategy < 0 || outOfSample.GetValueOrDefault(strategy) is not { Statistics: { } statistics } outcome)
                return new WindowChoice(window, -1, double.NaN, double.NaN, 0, null, 0, []);
            var past = inSample.GetValueOrDefault(strategy)?.Statistics;
            var trades = events.Trades(strategy);
            var left = statistics.FinalEquity - trades.Where(t => t.Reason == ExitReason.Open).Sum(t => CostToClose(t, plan.Spec.Execution.Settings, markets[plan.Instances[strategy].Symbols[t.SymbolIndex]].Instrument));
            return new WindowChoice(window, strategy, past is null ? double.NaN : Value(past, spec.Objective), past?.TotalReturn ?? double.NaN, left / plan.Spec.Cash - 1, outcome.Trace, outcome.Fingerprint, trades);
        })], models);
    }

    // In sample a strategy is judged by models that had not seen what they are asked about, out of sample by one that has seen the whole stretch before.
    private static async Task<(BatchPlan InSample, WindowModels Models)> LearnAsync(BatchPlan plan, Dictionary<string, OpenedMarket> past, IReadOnlyList<LearningSpec> learning, TimeProvider clock,
        EmbeddedHost host, WalkForwardWindow window, Func<StrategyInstance, bool> include, CancellationToken cancellationToken)
    {
        if (!plan.Instances.All(include)) plan = plan.Where(include);
        var covering = learning.Where(s => plan.Instances.Any(s.Covers)).ToList();
        var units = await new ModelTraining(clock, 1).TrainAsync(covering, plan, past, host, register: false, null, cancellationToken, window.From);
        var judges = new Dictionary<int, IEntryModel>();
        foreach (var unit in units)
            if (unit.Whole is { } whole)
                foreach (var strategy in unit.Strategies)
                    judges[strategy] = whole;
        return (plan.WithModels(LearnBatch.Models(units)), new WindowModels(judges, [.. units.Where(u => u.Error is not null).Select(u => (u.Name, u.Error!))]));
    }

    // Feeds without bars in a window are no part of it.
    private static Task RunAsync(EmbeddedHost host, BatchPlan plan, Dictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include, IEventSink? events, Dictionary<int, StrategyOutcome> outcomes, CancellationToken cancellationToken) =>
        host.RunAsync(plan, markets, include, events, false, finished =>
        {
            foreach (var outcome in finished) outcomes[outcome.Index] = outcome;
        }, null, cancellationToken);

    private static int Best(List<StrategyInstance> members, Dictionary<int, StrategyOutcome> outcomes, WalkForwardSpec spec)
    {
        var (best, at) = (double.NaN, -1);
        foreach (var member in members)
        {
            if (outcomes.GetValueOrDefault(member.Index)?.Statistics is not { } statistics || statistics.Trades < spec.MinTrades) continue;
            var value = Value(statistics, spec.Objective);
            if (double.IsNaN(value)) continue;
            if (at < 0 || (spec.Minimise ? value < best : value > best)) (best, at) = (value, member.Index);
        }
        return at;
    }

    private static double Value(Engine.Analysis.RunStatistics statistics, string name) => statistics.Named().First(n => n.Key == name).Value;

    private static double CostToClose(in Trade trade, ExecutionSettings execution, Instrument instrument)
    {
        var side = trade.Side == Side.Buy ? Side.Sell : Side.Buy;
        var price = execution.Slippage?.Slip(side, trade.ExitPrice, trade.Quantity, double.PositiveInfinity, instrument.TickSize) ?? trade.ExitPrice;
        return execution.Fee.Fee(price, trade.Quantity, instrument.Multiplier, maker: false) + Math.Abs(price - trade.ExitPrice) * trade.Quantity * instrument.Multiplier;
    }

    private static EquityTrace Stitch(List<WindowChoice> choices, double cash, long ticks, IReadOnlyList<WalkForwardWindow> windows)
    {
        var first = windows[0].At / ticks;
        var equity = new double[(windows[^1].To - 1) / ticks - first + 1];
        var now = cash;
        foreach (var choice in choices)
        {
            var (a, b) = (choice.Window.At / ticks - first, (choice.Window.To - 1) / ticks - first);
            for (var t = a; t <= b; t++) equity[t] = choice.Trace is { } trace ? now * (trace.EquityAt(first + t) / trace.Start) : now;
            now *= 1 + choice.OutOfSampleReturn;
            equity[b] = now;
        }
        return new EquityTrace(ticks, first, cash, equity);
    }

    private static double Efficiency(List<ChoiceGroup> groups)
    {
        double past = 0, future = 0;
        var count = 0;
        static double Yearly(double total, long ticks) => total / (ticks / (365.25 * TimeSpan.TicksPerDay));
        foreach (var choice in groups.SelectMany(g => g.Choices))
        {
            if (choice.Strategy < 0 || double.IsNaN(choice.InSampleReturn)) continue;
            past += Yearly(choice.InSampleReturn, choice.Window.At - choice.Window.From);
            future += Yearly(choice.OutOfSampleReturn, choice.Window.To - choice.Window.At);
            count++;
        }
        return count > 0 && past > 0 ? future / past : double.NaN;
    }

    // The trades of the chosen strategies of a window.
    private sealed class TradeMemory : IEventSink
    {
        private readonly ConcurrentDictionary<int, List<Trade>> _trades = new();

        public List<Trade> Trades(int strategy) => _trades.GetValueOrDefault(strategy) ?? [];

        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
        {
            var list = _trades.GetOrAdd(strategy, _ => []);
            var reader = new RunEventReader(events);
            while (reader.Next(out var e, out _))
                if (e.Kind == RunEventKind.Trade)
                    list.Add(e.ToTrade());
        }
    }
}
