using System.Diagnostics;
using System.Globalization;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Notes;
using Granary.Application.RunFolders;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Application.Weighting;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Application.WalkForward;

/// <summary>The use case behind <c>walkforward</c>: a batch file in, a run's folder out whose equity is out of sample throughout.</summary>
/// <param name="ledger">Counts what was tried on the same bars by other batches; null counts this one's alone.</param>
/// <param name="sources">Opens what a batch calls its source; null = the catalogue that read the batch.</param>
public sealed class WalkForwardRunner(TimeProvider clock, TrialLedger? ledger = null, Func<DataSpec, string, IBarSource>? sources = null)
{
    /// <exception cref="InputException">The batch is wrong, or the record too short.</exception>
    /// <exception cref="BarDataException">The bars are wrong.</exception>
    /// <exception cref="DiskException">The run's folder cannot be written.</exception>
    public async Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunAsync(BatchSpec spec, BatchOptions options,
        IProgress<(int Done, int Windows)>? progress = null, CancellationToken cancellationToken = default)
    {
        var sections = LearningReader.Read(spec);
        var watch = Stopwatch.StartNew();
        if (spec.Execution.PathTimeframe is { } path && path != spec.Data.Timeframe)
            throw spec.Execution.Place!.Need("intrabarPath")
                .Fault("a walk-forward holds the data's own bars alone in memory; write \"auto\", or make the smaller bars the data's and "
                    + "give the strategies their timeframe");
        if (spec.Portfolio.Rule is AllocatorWeights.Ppo or AllocatorWeights.Adaptive)
            throw spec.Portfolio.Place!.Need("weights")
                .Fault("a walk-forward weights its groups equally, so no policy sets its weights; write \"equal\", or run "
                    + "'granary backtest'");
        var walk = WalkForwardSpec.Read(spec.WalkForward, spec.Data.Timeframe, spec.Metrics);
        await using var source = new SourceMarkets(sources?.Invoke(spec.Data, spec.Folder)
            ?? BatchSources.Open(spec.Catalogues.Sources, spec.Data, spec.Folder));
        var plan = BatchPlan.Make(spec, await BatchSources.SymbolsAsync(source.Source, spec.Data, cancellationToken), options.Yes);
        var opened = await EndedMarkets.MarkAsync(spec, await source.OpenAsync(spec, plan, options.Threads, cancellationToken),
            cancellationToken);
        await BenchmarkCurve.CheckAsync(spec, source.Source, opened.Keys, cancellationToken);
        await MarketRequirements.CheckAsync(spec.Execution, opened.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal),
            cancellationToken);
        var bars = new Dictionary<string, (Instrument Instrument, CachedSeries Bars)>(StringComparer.Ordinal);
        foreach (var market in opened.Values)
            bars[market.Symbol] = (market.Instrument, await CachedSeries.ReadAsync(market.Series, market.HasEnded, cancellationToken));
        var markets = bars.ToDictionary(b => b.Key,
            b => new OpenedMarket(b.Key, b.Value.Bars.Whole, b.Value.Instrument) { HasEnded = b.Value.Bars.HasEnded },
            StringComparer.Ordinal);

        using var folder = RunFolder.Open(options.Out, spec.Name + (options.Out is null ? "-walkforward" : ""), false,
            clock.GetUtcNow().UtcDateTime, spec.Metrics);
        try
        {
            var windows = 0;
            var counter = progress is null ? null : new Relay(done => progress.Report((done, windows)));
            windows = WalkForwardOptimiser.Windows(plan, walk, bars).Count;
            var outcome = await WalkForwardOptimiser.RunAsync(plan, walk, bars, options.Threads, sections, clock, null, null, counter,
                cancellationToken);

            // Models over the whole record: what the last choice goes on with, and what the report shows of them.
            var learning = await BatchLearning.PrepareAsync(plan, markets, new EmbeddedHost(options.Threads), clock, options.Threads,
                options.RegisterModels, options.Training, cancellationToken);
            plan = learning?.Plan ?? plan;
            // All combinations over the whole record: what is counted, split and tested is all that could have been chosen.
            var all = await new StrategyPass(plan, markets).OutcomesAsync(new EmbeddedHost(options.Threads), cancellationToken);
            var benchmark = await BenchmarkCurve.TraceAsync(spec, source.Source, markets, plan.Feeds[0].TracePeriod, cancellationToken);
            // What is judged is what the models let trade.
            var traded = await ModelOutcomes.OfAsync(plan, all, markets, _ => new EmbeddedHost(options.Threads), cancellationToken);
            var checks = await ValidateAsync(plan, walk, bars, markets, (traded, benchmark), outcome, options, cancellationToken);
            var model = Model(plan, folder,
                await MarketDescription.OfAsync(markets, spec.Data, spec.Outputs.Has("report"), cancellationToken), outcome, all, checks,
                learning, watch, options);
            model = model.With(MarketNotes.Of(spec, model.Markets, markets.Values));
            folder.RemoveReplaced();
            model = await BenchmarkCurve.CompareAsync(model, spec, source.Source, markets, plan.Feeds.Min(f => f.Timeframe.Ticks),
                cancellationToken);
            Write(folder, plan, model, outcome, bars, learning);
            folder.Complete();
            return (new BatchRun(model, folder.FullPath, false), outcome);
        }
        catch (Exception e) when ((e is BarDataException or InputException or OperationCanceledException) && folder.IsNew)
        {
            folder.Discard();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException($"the run's folder {folder.FullPath} cannot be written: {e.Message.TrimEnd('.')}", e);
        }
    }

    private sealed class Relay(Action<int> to) : IProgress<int>
    {
        public void Report(int value) => to(value);
    }

    private async Task<BatchChecks> ValidateAsync(BatchPlan plan, WalkForwardSpec walk,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> bars, IReadOnlyDictionary<string, OpenedMarket> markets,
        (IReadOnlyDictionary<int, StrategyOutcome> All, EquityTrace? Benchmark) tried, WalkForwardOutcome outcome, BatchOptions options,
        CancellationToken cancellationToken)
    {
        var all = tried.All;
        var tests = SelectionTests.Of(plan, all, tried.Benchmark, isStitched: true);
        var hashes = markets.ToDictionary(m => m.Key, m => m.Value.Series.ContentHash, StringComparer.Ordinal);
        var trials = BatchTrials.Of(plan, all, hashes, i => plan.Instances[i].Model?.Name, tests.Effective);
        var (census, fault) = await BatchTrials.CountAsync(ledger, trials, ledger is null ? null
            : await BatchTrials.SketchAsync(plan, markets, cancellationToken), cancellationToken);
        // In the periods of the batch's traces, so that its Sharpe ratio can be held against theirs.
        var period = plan.Feeds[0].TracePeriod;
        var tracer = new EquityTracer(period, plan.Spec.Cash);
        foreach (var row in outcome.Rows) tracer.Add(row.Time, row.Equity);
        var stitched = tracer.Finish();
        var outOfSample = OutOfSample.Stitched(stitched!);
        var checks = new BatchChecks(SelectionChecks.Of(plan, all, stitched, census, tests), outOfSample, "", null, null, fault)
        {
            BenchmarkName = BenchmarkCurve.NameOf(plan.Spec),
            Benchmark = tried.Benchmark is null ? null
                : BenchmarkCheck.Of(BenchmarkCurve.NameOf(plan.Spec)!, stitched!, tried.Benchmark, plan.Spec.Seed),
            CostsAreZero = plan.Spec.Execution.Settings.IsFree,
        };
        if (!options.Validation) return checks;
        var causality = await CausalitySample.RunAsync(plan, markets, _ => new EmbeddedHost(options.Threads), cancellationToken);
        var stressed = await WalkForwardOptimiser.RunAsync(plan, walk, bars, options.Threads, [], clock,
            plan.Spec.Execution.Settings.Stressed(), outcome, null, cancellationToken);
        var stress = new CostStress(outcome.Groups.Count, outcome.Groups.Count, outcome.Statistics.TotalReturn,
            stressed.Statistics.TotalReturn, stressed.Groups.Count(g => g.Statistics.TotalReturn > 0));
        return checks with { Causality = causality, Stress = stress with { IsOfPortfolio = true } };
    }

    // A group is what a strategy is elsewhere: its equity is stitched, its parameters are those of its last choice.
    private RunModel Model(BatchPlan plan, RunFolder folder, IReadOnlyList<MarketEntry> markets, WalkForwardOutcome outcome,
        Dictionary<int, StrategyOutcome> all, BatchChecks checks, BatchLearning? learning, Stopwatch watch, BatchOptions options)
    {
        var digest = new BatchDigest();
        foreach (var group in outcome.Groups)
        {
            digest.Add($"{group.Name}#{string.Join(',', group.Choices.Select(c => c.Strategy))}", 0);
            foreach (var (fingerprint, run) in group.Fingerprints.Select((f, i) => (f, i)))
                digest.Add($"{group.Name}#run {run}", fingerprint);
        }
        digest.Add("portfolio", outcome.Portfolio.Fingerprint);
        var entries = new List<StrategyEntry>();
        foreach (var (group, index) in outcome.Groups.Select((g, i) => (g, i)))
        {
            var last = group.Choices[^1].Strategy >= 0 ? plan.Instances[group.Choices[^1].Strategy] : group.Members[0];
            entries.Add(new StrategyEntry(index, group.Name, last.Definition.Name, last.Params, string.Join('+', group.Symbols),
                last.Timeframe.ToString(), RunText.Of(last.Trading.Sides),
                1.0 / outcome.Groups.Count, group.Statistics, Symbols: group.Symbols.Count > 1 ? group.Symbols : null)
            { Trace = group.Trace });
        }
        var recorder = new EquityRecorder();
        foreach (var row in outcome.Rows) recorder.Add(row);
        var portfolio = outcome.Statistics;
        var sections = new Dictionary<string, string>
        {
            [WalkForwardJson.Section] = WalkForwardJson.Write(plan, outcome),
            [Evidence.Name] = checks.Evidence().ToJson(),
            [BatchChecks.Section] = checks.ToJson(AllEntries(plan, all))
        };
        if (learning is not null) sections["learning"] = learning.Report(null, _ => 1).ToJson();
        return new RunModel
        {
            Name = plan.Spec.Name,
            Run = folder.Name,
            Digest = digest.Finish(),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
            Seconds = watch.Elapsed.TotalSeconds,
            BarEvaluations = all.Values.Sum(o => o.Bars),
            Host = string.Create(CultureInfo.InvariantCulture,
                $"walk-forward, {outcome.Windows.Count} windows, {options.Threads} thread{(options.Threads == 1 ? "" : "s")}"),
            Strategies = entries,
            Markets = markets,
            StartingCash = plan.Spec.Cash,
            RiskFree = plan.Spec.RiskFreePercent / 100,
            Metrics = plan.Spec.Metrics,
            Portfolio = checks.Selection is { } s ? portfolio.With(MetricInput.Of(s.OfPortfolio)) : portfolio,
            Equity = recorder.Rows(),
            Closes = recorder.Closes(),
            WorstDrawdowns = recorder.WorstDrawdowns(),
            LongestUnderwaterDays = recorder.LongestUnderwaterDays,
            Notes = RunNotes.Ordered(
                [.. folder.Replaced is { } replaced ? [replaced] : Array.Empty<RunNote>(), .. Notes(outcome, learning),
                    .. outcome.Portfolio.Notes, .. CostNotes.Of(plan.Spec.Execution.Settings)]),
            BatchText = Encoding.UTF8.GetString(plan.Spec.Text),
            Sections = sections,
        };
    }

    private static IEnumerable<RunNote> Notes(WalkForwardOutcome outcome, BatchLearning? learning)
    {
        var windows = outcome.Windows.Count;
        yield return new RunNote(NoteCode.WalkForward,
            $"Every figure is out of sample: parameters were chosen on one stretch and traded on the next, {windows} times. "
            + "Each row of the strategies is a choice that was made again each time; the parameters shown are the last.", windows);
        if (learning is null) yield break;
        yield return new RunNote(NoteCode.WalkForward,
            "Models were trained anew inside each window's in-sample stretch: there they judged the choice by samples that they had not seen, and what had learned from the whole stretch judged the trades that followed. "
            + "The learning section below is of models trained over the whole record, which the last choice goes on with.", windows);
        var without = outcome.Models.Where(m => m.Missing.Count > 0).ToList();
        if (without.Count > 0)
            yield return new RunNote(NoteCode.Learning, string.Create(CultureInfo.InvariantCulture,
                $"In {without.Count} of {windows} windows a model could not be made, and its strategies went on without, "
                    + $"first {without[0].Missing[0].Model}: {without[0].Missing[0].Why}"), without.Count);
    }

    private static List<StrategyEntry> AllEntries(BatchPlan plan, Dictionary<int, StrategyOutcome> all) =>
        [.. plan.Instances.Select(i => new StrategyEntry(i.Index, i.Id, i.Definition.Name, i.Params, i.Symbol,
        i.Timeframe.ToString(), RunText.Of(i.Trading.Sides), 0, all.GetValueOrDefault(i.Index)?.Statistics))];

    private static void Write(RunFolder folder, BatchPlan plan, RunModel model, WalkForwardOutcome outcome,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> bars, BatchLearning? learning)
    {
        var events = new StitchedTrades(outcome, bars);
        double Multiplier(int group) => bars[outcome.Groups[group].Members[0].Symbols[0]].Instrument.Multiplier;
        AtomicFile.Write(folder.PathOf("trades.csv"), w => RunCsv.Trades(w, model.Strategies, events.Trades, Multiplier));
        AtomicFile.Write(folder.PathOf("portfolio_trades.csv"), w => RunCsv.PortfolioTrades(w, model.Strategies, events, Multiplier));
        AtomicFile.Write(folder.PathOf("equity.csv"), w =>
        {
            var csv = new EquityCsv(w);
            csv.Header();
            foreach (var row in outcome.Rows) csv.Row(row);
        });
        AtomicFile.Write(folder.PathOf("windows.csv"), w => WalkForwardJson.Csv(w, plan, outcome));
        // The last choice stays in force: its bars are not traded yet.
        var next = new double[plan.Instances.Count];
        foreach (var group in outcome.Groups)
            if (group.Choices[^1].Strategy >= 0)
                next[group.Choices[^1].Strategy] = 1.0 / outcome.Groups.Count;
        var production = model with
        {
            Strategies = [.. plan.Instances.Select(i => new StrategyEntry(i.Index, i.Id, i.Definition.Name, i.Params, i.Symbol,
                i.Timeframe.ToString(), RunText.Of(i.Trading.Sides), next[i.Index], null, learning?.ModelOf(i.Index)))],
        };
        AtomicFile.Write(folder.PathOf("prod.json"), ProductionJson.Write(plan, production, learning?.ProductionModels()));
        AtomicFile.Write(folder.PathOf("report.html"), w => HtmlReport.Write(w, model, events));
        if (model.Sections.TryGetValue("learning", out var learned))
            AtomicFile.Write(folder.PathOf("learning.json"), Encoding.UTF8.GetBytes(learned));
        AtomicFile.Write(folder.PathOf("results.json"), ResultsJson.Write(model));
        AtomicFile.Write(folder.PathOf("manifest.json"), RunManifest.Write(model, plan, plan.Spec.Seed, walkForward: true));
    }

    private sealed class StitchedTrades(WalkForwardOutcome outcome,
        IReadOnlyDictionary<string, (Instrument Instrument, CachedSeries Bars)> bars) : IRunEvents
    {
        public IEnumerable<Trade> Trades(int strategy) => outcome.Groups[strategy].Trades.Select(t => t.Trade);

        public IEnumerable<SignalRow> Signals(int strategy) => [];

        public IReadOnlyList<string> FactorNames(int strategy) => [];

        public IEnumerable<PortfolioTrade> PortfolioTrades() => outcome.Trades;

        public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most)
        {
            if (!bars.TryGetValue(symbol, out var market)) return [];
            var all = market.Bars.Blocks.Sum(b => (long)b.Count);
            var stride = Math.Max(1, (all + most - 1) / most);
            var merged = new List<Bar>();
            foreach (var block in market.Bars.Blocks)
                for (var i = 0; i < block.Count; i++)
                {
                    var bar = block[i];
                    if ((block.FirstIndex + i) % stride == 0) merged.Add(bar);
                    else merged[^1] = merged[^1] with
                    {
                        High = Math.Max(merged[^1].High, bar.High),
                        Low = Math.Min(merged[^1].Low, bar.Low),
                        Close = bar.Close,
                        Volume = merged[^1].Volume + bar.Volume
                    };
                }
            return merged;
        }
    }
}
