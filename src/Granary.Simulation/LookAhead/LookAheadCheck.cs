using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Implements the look-ahead check. It perturbs the future: it changes prices, volumes and times of all bars from a time on, runs again,
/// and requires that everything before that time is bit-identical. Most times directly follow decisions of the strategies, because a
/// decision that depends on the next bar shows only there. The other times are random.
/// </summary>
internal static class LookAheadCheck
{
    public static async Task<LookAheadResult> RunAsync(LookAheadSubject subject, LookAheadEffort effort, ulong seed,
        CancellationToken cancellationToken)
    {
        var run = new Run(subject, effort, seed, cancellationToken);
        return await run.ResultAsync();
    }

    private sealed record PerturbedRun(long Cut, PerturbedShape Shape, IReadOnlySet<int> Strategies,
        IReadOnlyDictionary<string, OpenedMarket> Markets);

    private sealed class Run(LookAheadSubject subject, LookAheadEffort effort, ulong seed, CancellationToken cancellationToken)
    {
        private readonly HashSet<int> _chosen = [.. subject.Sample(effort.Strategies)];
        private readonly Dictionary<(string Symbol, Timeframe Timeframe), KnownBars> _known = [];
        private readonly List<LookAheadFinding> _found = [];
        private PluginReach _reach = null!;

        public async Task<LookAheadResult> ResultAsync()
        {
            _reach = new PluginReach(subject.Plan, subject.Markets, _chosen);
            var (first, last) = await SpanAsync();
            var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
            long RandomTime() => first + (long)((0.1 + 0.85 * random.NextDouble()) * (last - first));
            long[] times = [.. Enumerable.Range(0, effort.Times).Select(_ => RandomTime())];
            var trained = await subject.TrainedAsync(subject.Markets);
            var truth = await EventsAsync(trained, subject.Markets, _chosen);
            foreach (var i in _chosen)
                foreach (var symbol in ReadBy(subject.Plan.Instances[i]))
                    await KnowAsync(symbol, subject.Plan.Instances[i].Timeframe);
            List<DecisionCut> cuts = [.. Decisions(truth), .. times.Select(t => new DecisionCut(t, _chosen))];
            // Strategies without decisions are checked at random times.
            var idle = _chosen.Where(s => !cuts.Any(c => c.Strategies.Contains(s))).ToHashSet();
            if (idle.Count > 0) cuts.AddRange(Enumerable.Range(0, effort.Decisions).Select(_ => new DecisionCut(RandomTime(), idle)));
            var bars = await FirstBarsAsync([.. cuts.Select(c => c.Time)]);
            var perturbedRuns = new List<PerturbedRun>();
            foreach (var (cut, c) in cuts.Select((cut, c) => (cut, c)))
            {
                var shape = (PerturbedShape)random.Next((int)PerturbedShape.All + 1);
                var shapes = times.Contains(cut.Time) ? new[] { shape } : [shape, PerturbedShape.All ^ shape];
                perturbedRuns.AddRange(shapes.Select(s =>
                    new PerturbedRun(cut.Time, s, cut.Strategies, Changed(cut.Time, s, seed + (ulong)c * 7919))));
            }
            foreach (var perturbed in perturbedRuns) await CompareAsync(perturbed, truth, bars);
            var result = new LookAheadResult(_chosen.Count, cuts.Select(c => c.Time).Distinct().Count(),
                [.. _found.OrderBy(f => f.Strategy, StringComparer.Ordinal)])
            {
                Plugins = _reach.Plugins,
                Reaches = _reach.Found,
            };
            if (!effort.Factors) return result;
            var all = perturbedRuns.Where(w => w.Strategies == _chosen || times.Length == 0).ToList();
            var (factors, changed) = await FactorLookAhead.RunAsync(trained, subject.Markets, _chosen,
                [.. all.Select(w => (w.Cut, w.Markets))], cancellationToken);
            return result with { Factors = factors, FactorsFound = changed };
        }

        private IReadOnlyList<DecisionCut> Decisions(MemoryEventLog truth)
        {
            var representatives = subject.Representatives.Where(_chosen.Contains).ToHashSet();
            // If models are trained on the changed bars, each time costs a training, so that a few times serve all strategies.
            if (subject.WithModels is null) return DecisionCuts.Choose([.. _chosen.Order()], representatives, truth, Known, effort, seed);
            var few = DecisionCuts.Choose([.. _chosen.Order()], new HashSet<int>(), truth, Known,
                effort with { MostCuts = effort.Decisions }, seed);
            return [.. few.Select(c => c with { Strategies = _chosen })];
        }

        private async Task CompareAsync(PerturbedRun perturbed, MemoryEventLog truth,
            IReadOnlyDictionary<(string Symbol, long Cut), (long? Before, long? First)> bars)
        {
            var wanted = perturbed.Strategies.Where(s => _found.All(f => f.Strategy != subject.Plan.Instances[s].Id)).ToHashSet();
            if (wanted.Count == 0) return;
            var events = await EventsAsync(await subject.TrainedAsync(perturbed.Markets), perturbed.Markets, wanted);
            foreach (var s in wanted.Order())
            {
                var instance = subject.Plan.Instances[s];
                var (own, other) = (truth.ChunksOf(s), events.ChunksOf(s));
                var known = ReadBy(instance).Min(symbol => _known[(symbol, instance.Timeframe)].Before(perturbed.Cut));
                var sentence = StrategyPast.Difference(own, other, known);
                if (sentence is null && ExitsFillAtOnce(instance) && bars[(instance.Symbols[0], perturbed.Cut)] is { First: { } first } at)
                    sentence = StrategyPast.ExitDifference(own, first, other, SeriesPerturbed.FirstTime(at.Before, first, perturbed.Cut,
                        instance.Timeframe, perturbed.Shape));
                if (sentence is null && OrdersFillAtOnce(instance)) sentence = StrategyPast.OrderDifference(own, other, known);
                if (sentence is not null)
                    _found.Add(new LookAheadFinding(instance.Id, new DateTime(perturbed.Cut, DateTimeKind.Utc), sentence));
            }
        }

        private static IEnumerable<string> ReadBy(StrategyInstance instance) => instance.Symbols.Concat(instance.References);

        // Whether an exit fills completely at the next bar's open, so that the first changed bar shows which exits were ordered before it.
        // Exits that wait for a price do not.
        private bool ExitsFillAtOnce(StrategyInstance instance) =>
            !_reach.SubmitsOrders(instance.Definition) && instance.Symbols.Count == 1 && OrdersFillAtOnce(instance);

        // Whether a market order fills completely at the next bar's open.
        private bool OrdersFillAtOnce(StrategyInstance instance) =>
            instance.Symbols.All(s => subject.Markets[s].Series.Timeframe == instance.Timeframe)
            && subject.Plan.Spec.Execution.Settings is { Fill: FillTiming.NextOpen, LatencyBars: 0, VolumeShare: 0 };

        private KnownBars Known(int strategy) => _known[(subject.Plan.Instances[strategy].Symbols[0],
            subject.Plan.Instances[strategy].Timeframe)];

        private async Task KnowAsync(string symbol, Timeframe timeframe)
        {
            if (!_known.ContainsKey((symbol, timeframe))) _known[(symbol,
                timeframe)] = await KnownBars.OfAsync(subject.Markets[symbol].Series, timeframe, cancellationToken);
        }

        private Dictionary<string, OpenedMarket> Changed(long cut, PerturbedShape shape, ulong runSeed)
        {
            IBarSeries Until(IBarSeries series) => effort.BarsAfter is { } more ? new SeriesUntil(series, cut, more) : series;
            return subject.Markets.ToDictionary(
                m => m.Key, m => m.Value with { Series = new SeriesPerturbed(Until(m.Value.Series), cut, runSeed, shape) },
                    StringComparer.Ordinal);
        }

        private async Task<MemoryEventLog> EventsAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
            HashSet<int> strategies)
        {
            var log = new MemoryEventLog();
            var pass = new StrategyPass(plan, markets) { Include = i => strategies.Contains(i.Index), Events = log };
            await subject.Host.RunAsync(pass, cancellationToken);
            return log;
        }

        // Returns the open times of the bars around each cut, in one pass over each market.
        private async Task<Dictionary<(string Symbol, long Cut), (long? Before, long? First)>> FirstBarsAsync(long[] cuts)
        {
            var bars = new Dictionary<(string, long), (long?, long?)>();
            long[] ordered = [.. cuts.Distinct().Order()];
            foreach (var (symbol, market) in subject.Markets)
            {
                long? before = null;
                var next = 0;
                await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
                {
                    for (; next < ordered.Length && block.Time[^1] >= ordered[next]; next++)
                    {
                        var at = block.Time.BinarySearch(ordered[next]) is var i && i < 0 ? ~i : i;
                        bars[(symbol, ordered[next])] = (at > 0 ? block.Time[at - 1] : before, block.Time[at]);
                    }
                    before = block.Time[^1];
                }
                for (; next < ordered.Length; next++) bars[(symbol, ordered[next])] = (before, null);
            }
            return bars;
        }

        private async Task<(long First, long Last)> SpanAsync()
        {
            var (first, last) = (long.MaxValue, long.MinValue);
            foreach (var market in subject.Markets.Values)
                await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
                {
                    first = Math.Min(first, block.Time[0]);
                    last = Math.Max(last, block.Time[^1]);
                }
            return (first, last);
        }
    }
}
