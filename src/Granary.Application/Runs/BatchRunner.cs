using System.Diagnostics;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Causality;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Notes;
using Granary.Application.Regimes;
using Granary.Application.RunFolders;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Application.Weighting;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;

namespace Granary.Application.Runs;

public sealed record BatchOptions
{
    /// <summary>null = <c>runs/NAME-UTC</c>.</summary>
    public string? Out { get; init; }

    public bool Resume { get; init; }

    /// <summary>The user agrees to a very large grid.</summary>
    public bool Yes { get; init; }

    /// <summary>Also one trades file for each strategy.</summary>
    public bool Separate { get; init; }

    /// <summary>Threads for opening markets.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives the progress of the training of the batch's models.</summary>
    public IProgress<TrainingProgress>? Training { get; init; }

    /// <summary>Whether the models that it trains become versions of their registry.</summary>
    public bool RegisterModels { get; init; } = true;

    /// <summary>
    /// Whether a sample is searched for look-ahead and the weighted strategies are tried with stressed costs; without, the evidence of
    /// prod.json lacks both.
    /// </summary>
    public bool Validation { get; init; } = true;

    /// <summary>Sections that the caller adds to results.json and the report, by name; values are JSON texts.</summary>
    public IReadOnlyDictionary<string, string> Sections { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Called with the folder when its tables and prod.json are written, before results.json and the report: returns sections that only
    /// then are known.
    /// </summary>
    public Func<RunModel, string, Task<IReadOnlyDictionary<string, string>>>? Closing { get; init; }

    /// <summary>The outputs of the batch that are written; null = all of them.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}

/// <summary>A batch that has run.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Interrupted">It was stopped; the folder has what had finished.</param>
public sealed record BatchRun(RunModel Model, string Folder, bool Interrupted)
{
    public string? Report => File.Exists(Path.Combine(Folder, "report.html")) ? Path.Combine(Folder, "report.html") : null;

    public long Trades => Model.Strategies.Sum(s => s.Stats?.Trades ?? 0);
}

/// <summary>The main job: a batch file in, a run's folder out.</summary>
/// <param name="sources">Opens what a batch calls its source; null = the catalogue that read the batch.</param>
/// <param name="ledger">Counts what was tried on the same bars by other batches; null counts this one's alone.</param>
public sealed class BatchRunner(IBatchHost host, TimeProvider clock, Func<DataSpec, string, IBarSource>? sources = null,
    TrialLedger? ledger = null)
{
    /// <exception cref="Json.InputException">The batch is wrong.</exception>
    /// <exception cref="BarDataException">The bars are wrong.</exception>
    /// <exception cref="BarStoreException">The disk or server of the bars failed.</exception>
    /// <exception cref="DiskException">The run's folder cannot be written.</exception>
    public async Task<BatchRun> RunAsync(BatchSpec spec, BatchOptions options, IProgress<BatchProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        await using var source = new SourceMarkets(sources?.Invoke(spec.Data, spec.Folder)
            ?? BatchSources.Open(spec.Catalogues.Sources, spec.Data, spec.Folder));
        var symbols = await BatchSources.SymbolsAsync(source.Source, spec.Data, cancellationToken);
        var plan = BatchPlan.Make(spec, symbols, options.Yes);
        WeightRules.Check(plan);
        var markets = await source.OpenAsync(spec, plan, options.Threads, cancellationToken);
        // A live session sees its bars end only when they do.
        if (host is not IPortfolioHost) markets = await EndedMarkets.MarkAsync(spec, markets, cancellationToken);
        await BenchmarkCurve.CheckAsync(spec, source.Source, markets.Keys, cancellationToken);
        await MarketRequirements.CheckAsync(spec.Execution, markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal),
            cancellationToken);

        using var folder = RunFolder.Open(options.Out, spec.Name, options.Resume, clock.GetUtcNow().UtcDateTime, spec.Metrics);
        try
        {
            var learning = await BatchLearning.PrepareAsync(plan, markets, host, clock, options.Threads, options.RegisterModels,
                options.Training, cancellationToken);
            return await RunAsync(learning?.Plan ?? plan, learning, source.Source, markets, folder, options, watch, progress,
                cancellationToken);
        }
        catch (Exception e) when (e is BarDataException or InputException && folder.IsNew && folder.Finished.Count == 0)
        {
            // Nothing had finished, and nothing is left behind.
            folder.Discard();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException($"the run's folder {folder.FullPath} cannot be "
                + $"written: {e.Message.TrimEnd('.')}; what had finished is kept, and --resume goes on with it", e);
        }
    }

    private async Task<BatchRun> RunAsync(BatchPlan plan, BatchLearning? learning, IBarSource source,
        IReadOnlyDictionary<string, OpenedMarket> markets, RunFolder folder, BatchOptions options, Stopwatch watch,
        IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        var spec = plan.Spec;
        var outputs = spec.Outputs;
        folder.Begin(RunFolder.HashOf([Encoding.UTF8.GetString(spec.Text),
            .. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Series.ContentHash)]), options.Resume);
        // A live session goes on in its own folder.
        if (host is not IPortfolioHost) folder.RemoveReplaced();

        var interrupted = false;
        EventLog? log = outputs.NeedsEvents || WeightRules.NeedsEvents(plan) ? Log(plan, folder) : null;
        try
        {
            // Strategies that an interrupted attempt had finished are not run again: their outcomes and events are in the logs.
            var known = folder.Finished.Values.Where(o => log is null || o.Signals == 0 || log.ChunkCount(o.Index) > 0)
                .Select(o => o.Index).ToHashSet();
            var events = log;
            try
            {
                await host.RunAsync(new StrategyPass(plan, markets)
                {
                    Include = i => !known.Contains(i.Index),
                    Events = log,
                    WithFactors = outputs.Has("factors"),
                    Finished = finished =>
                    {
                        // An outcome is not kept before the events behind it are.
                        events?.Flush();
                        folder.Keep(finished);
                    },
                    Progress = progress,
                }, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                interrupted = true;
            }

            var outcomes = folder.Finished;
            var choice = await WeightRules.ChooseAsync(plan, outcomes, markets, log, options.Threads, CancellationToken.None);
            var (weights, members) = (choice.Last, choice.Members);
            if (log is null && members.Any(w => w != 0) && !interrupted)
            {
                // A run is a pure function of its bars: the few that have a weight are run once more for their events.
                log = Log(plan, folder);
                try
                {
                    await host.RunAsync(new StrategyPass(plan, markets) { Include = i => members[i.Index] != 0, Events = log },
                        cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    interrupted = true;
                    log.Dispose();
                    log = null;
                }
            }
            var followed = log is not null;
            if (log is not null && !interrupted && host is not IPortfolioHost)
            {
                try
                {
                    await MemberRuns.RunAsync(plan, markets, members, log, new EmbeddedHost(options.Threads), cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    (interrupted, followed) = (true, false);
                }
            }
            // Without their events the weighted strategies have no portfolio: an interrupted run shows the strategies alone.
            var shared = !followed ? new double[weights.Length] : members;

            // What looks at the strategies goes on while the portfolio is passed through.
            IBatchHost HostFor(long evaluations) => host.ForValidation(evaluations, options.Threads);
            IReadOnlyDictionary<int, StrategyOutcome> own = outcomes;
            var trading = interrupted || host is IPortfolioHost ? Task.FromResult(own)
                : Task.Run(() => ModelOutcomes.OfAsync(plan, own, markets, HostFor, cancellationToken), cancellationToken);
            var validating = interrupted || !options.Validation ? null : Task.Run(async () => (
                Causality: await CausalitySample.RunAsync(plan, markets, HostFor, cancellationToken,
                    outcomes.Values.Where(o => o.Error is not null).Select(o => o.Index).ToHashSet()),
                Stress: await CostStress.RunAsync(plan, markets, await trading, weights, HostFor, cancellationToken)), cancellationToken);
            var benchmark = interrupted ? null
                : await BenchmarkCurve.TraceAsync(spec, source, markets, plan.Feeds[0].TracePeriod, CancellationToken.None);
            var testing = interrupted ? null
                : Task.Run(async () => SelectionTests.Of(plan, await trading, benchmark), CancellationToken.None);
            var tracer = new EquityTracer(plan.Feeds[0].TracePeriod, spec.Cash);
            var equityWriter = outputs.Has("equity")
                ? new StreamWriter(folder.PathOf("equity.csv.writing"), false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" } : null;
            using var portfolioTrades = new PortfolioTradeLog(folder.Temporary("portfolio.bin"));
            PortfolioOutcome outcome;
            try
            {
                var csv = equityWriter is null ? null : new EquityCsv(equityWriter);
                csv?.Header();
                outcome = await Portfolio(plan, log, shared, choice.Schedule, markets, outputs, r =>
                {
                    csv?.Row(r);
                    tracer.Add(r.Time, r.Equity);
                }, portfolioTrades.Add);
            }
            finally
            {
                if (equityWriter is not null) await equityWriter.DisposeAsync();
            }
            if (equityWriter is not null) File.Move(folder.PathOf("equity.csv.writing"), folder.PathOf("equity.csv"), overwrite: true);

            var digest = new BatchDigest();
            foreach (var instance in plan.Instances)
                digest.Add(instance.Id, outcomes.TryGetValue(instance.Index, out var o) ? o.Fingerprint : 0);
            digest.Add("portfolio", outcome.Fingerprint);

            // What an interrupted run had finished has been seen, and so counts.
            if (interrupted && host is not IPortfolioHost)
                await CountAsync(plan, outcomes, markets, learning, SelectionTests.Of(plan, outcomes));
            BatchChecks? checks = null;
            if (!interrupted && host is not IPortfolioHost)
            {
                var equity = shared.Any(w => w != 0) ? tracer.Finish() : null;
                checks = await ValidateAsync(plan, await trading, choice, equity, markets, learning, await testing!,
                    validating is null ? default
                    : await validating);
                checks = checks with
                {
                    BenchmarkName = BenchmarkCurve.NameOf(spec),
                    Benchmark = benchmark is null || equity is null ? null
                        : BenchmarkCheck.Of(BenchmarkCurve.NameOf(spec)!, equity, benchmark, spec.Seed),
                    CostsAreZero = spec.Execution.Settings.IsFree,
                    Bridge = ResultBridge.Of(plan, await trading, weights, outcome.Statistics, equity, (checks.OutOfSample, checks.Stress)),
                };
            }
            var entries = plan.Instances.Select(i => new StrategyEntry(i.Index, i.Id, i.Definition.Name, i.Params, i.Symbol,
                i.Timeframe.ToString(), RunText.Of(i.Trading.Sides),
                weights[i.Index], Checked(outcomes.GetValueOrDefault(i.Index)?.Statistics, checks, i.Index), learning?.ModelOf(i.Index)
                    ?? i.Model?.Name, outcomes.GetValueOrDefault(i.Index) is { } x ? x.Error : "was not finished",
                Symbols: i.Symbols.Count > 1 ? i.Symbols : null)
            {
                Trace = outcomes.GetValueOrDefault(i.Index)?.Trace,
            }).ToList();
            var listed = ListedStrategies.Of(outputs, entries, outcomes, members);
            entries = entries.ConvertAll(e => e.Stats is null || listed.Trades.Contains(e.Index) ? e : e with { HasListedTrades = false });
            var described = await MarketDescription.OfAsync(markets, spec.Data, outputs.Has("report"), CancellationToken.None);
            var model = new RunModel
            {
                Name = spec.Name,
                Run = folder.Name,
                Digest = digest.Finish(),
                CreatedAt = clock.GetUtcNow().UtcDateTime,
                Seconds = watch.Elapsed.TotalSeconds,
                BarEvaluations = outcomes.Values.Sum(v => v.Bars),
                Host = host.Description,
                Interrupted = interrupted,
                Strategies = entries,
                Markets = described,
                StartingCash = spec.Cash,
                RiskFree = spec.RiskFreePercent / 100,
                Metrics = spec.Metrics,
                Portfolio = checks?.Selection is { } selection
                    ? outcome.Statistics.With(MetricInput.Of(selection.OfPortfolio))
                    : outcome.Statistics,
                Equity = outcome.Recorder.Count > 0 ? outcome.Recorder.Rows() : [],
                Closes = outcome.Recorder.Count > 0 ? outcome.Recorder.Closes() : [],
                WorstDrawdowns = outcome.Recorder.Count > 0 ? outcome.Recorder.WorstDrawdowns() : [],
                LongestUnderwaterDays = outcome.Recorder.LongestUnderwaterDays,
                Decisions = outcome.Counts,
                Notes = RunNotes.Ordered([.. Replaced(folder), .. choice.Notes, .. outcome.Notes,
                    .. BatchNotes.Of(new BatchFacts(plan, entries, outcomes, outcome, markets) { Members = members, Listed = listed,
                        IsInterrupted = interrupted }), .. MarketNotes.Of(spec, described, markets.Values)]),
                BatchText = Encoding.UTF8.GetString(spec.Text),
                Sections = options.Sections,
            };
            model = await BenchmarkCurve.CompareAsync(model, spec, source, markets, plan.Feeds.Min(f => f.Timeframe.Ticks),
                CancellationToken.None);
            if (checks is not null)
                model = model with
                {
                    Sections = new Dictionary<string, string>(model.Sections)
                    {
                        [BatchChecks.Section] = checks.ToJson(entries),
                        [Evidence.Name] = checks.Evidence().ToJson()
                    },
                };
            if (choice.Schedule is not null)
                model = model
                    with
                { Sections = new Dictionary<string, string>(model.Sections) { ["weights"] = WeightsJson.Write(plan, choice) } };
            if (choice.Allocator is { } allocator)
                model = model with
                {
                    Sections = new Dictionary<string, string>(model.Sections)
                    {
                        [AllocatorJson.Section] = AllocatorJson.Write(plan, allocator),
                    },
                };
            if (spec.Regimes is not null || spec.Portfolio.Rule == WeightRules.ByRegime)
                model = model with
                {
                    Sections = new Dictionary<string, string>(model.Sections)
                    {
                        [RegimesJson.Section] = await RegimesJson.WriteAsync(spec.Regimes ?? RegimePlan.ShortAndLong(), markets,
                        spec.Data.From ?? 0, CancellationToken.None)
                    }
                };
            var runEvents = new RunEvents(plan, log, outcome.Decisions, portfolioTrades, markets);
            if (learning is not null)
            {
                // Without a log of events it is known how the models did, but not what they did for the strategies.
                var report = learning.Report(outputs.NeedsEvents ? runEvents : null,
                    i => markets[plan.Instances[i].Symbols[0]].Instrument.Multiplier);
                model = model with
                {
                    Sections = new Dictionary<string, string>(model.Sections) { ["learning"] = report.ToJson() },
                };
                model = model.With(report.Problems.Select(p => new RunNote(NoteCode.Learning, p)));
            }
            model = await new RunFileWriter(plan, runEvents, markets, options).WriteAsync(folder, model, learning?.ProductionModels(),
                choice, listed);
            log?.Dispose();
            log = null;
            if (!interrupted) folder.Complete();
            return new BatchRun(model, folder.FullPath, interrupted);
        }
        finally
        {
            log?.Dispose();
        }
    }

    private async Task<BatchChecks> ValidateAsync(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, WeightChoice choice,
        EquityTrace? portfolio, IReadOnlyDictionary<string, OpenedMarket> markets,
        BatchLearning? learning, SelectionTests tests, (CausalityResult? Causality, CostStress? Stress) looked)
    {
        var (census, fault) = await CountAsync(plan, outcomes, markets, learning, tests);
        var outOfSample = OutOfSample.Of(plan, outcomes, portfolio, choice.From ?? plan.Spec.Portfolio.ChosenBefore, out var why);
        return new BatchChecks(SelectionChecks.Of(plan, outcomes, portfolio, census, tests), outOfSample, why, looked.Causality,
            looked.Stress, fault);
    }

    private async Task<(TrialCensus Census, string? Fault)> CountAsync(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, BatchLearning? learning, SelectionTests tests)
    {
        // A new version of a model is no new idea.
        var hashes = markets.ToDictionary(m => m.Key, m => m.Value.Series.ContentHash, StringComparer.Ordinal);
        var trials = BatchTrials.Of(plan, outcomes, hashes, i => learning?.ModelOf(i)?.Split(':')[0], tests.Effective);
        return await BatchTrials.CountAsync(ledger, trials, ledger is null ? null
            : await BatchTrials.SketchAsync(plan, markets, CancellationToken.None), CancellationToken.None);
    }

    private static MetricSet? Checked(MetricSet? statistics, BatchChecks? checks, int strategy) =>
        checks?.Selection is { } selection ? statistics?.With(MetricInput.Of(selection.Of(strategy))) : statistics;

    // A live session goes on in its own folder.
    private IEnumerable<RunNote> Replaced(RunFolder folder) => folder.Replaced is { } note && host is not IPortfolioHost ? [note] : [];

    private static EventLog Log(BatchPlan plan, RunFolder folder) =>
        new(folder.Temporary("events.bin"), plan.Instances.Count, folder.Resumed);

    private async Task<PortfolioOutcome> Portfolio(BatchPlan plan, EventLog? log, double[] weights, WeightSchedule? schedule,
        IReadOnlyDictionary<string, OpenedMarket> markets, OutputSet outputs, Action<EquityRow>? row, Action<PortfolioTrade> trade)
    {
        // Marked are the markets of weighted strategies, each at its shortest timeframe; where there is no such strategy all, for a curve
        // that is flat.
        var members = plan.Instances.Where(i => weights[i.Index] != 0).ToList();
        var marked = (members.Count > 0 ? members : outputs.NeedsPortfolio ? plan.Instances : [])
            .SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe)))
            .GroupBy(x => x.Symbol, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g =>
            {
                var timeframe = g.MinBy(x => x.Timeframe.Ticks).Timeframe;
                return (timeframe, FeedBlocks.ReadAsync(markets[g.Key].Series, timeframe, IBarSeries.DefaultBlockSize));
            }, StringComparer.Ordinal);
        var year = new FeedClock(plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe);
        if (host is IPortfolioHost own) return own.Outcome(row, trade);
        var pass = new PortfolioPass(plan, log, weights,
            [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)], schedule);
        return await pass.RunAsync(marked, row, trade, year, CancellationToken.None);
    }
}
