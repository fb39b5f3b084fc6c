using System.Diagnostics;
using System.Text;
using Granary.Backtesting.Resampling;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Simulation.Notes;
using Granary.Simulation.Passes;
using Granary.Simulation.Recorded;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Runs;

/// <summary>The context that the steps of a run share: the opened batch, its folder, and the options.</summary>
/// <param name="Watch">A stopwatch that was started before the batch was opened.</param>
internal sealed record RunContext(OpenedBatch Opened, RunFolder Folder, BatchOptions Options, TimeProvider Clock, Stopwatch Watch)
{
    /// <summary>The plan; after <see cref="TrainAsync"/> its strategies have their models.</summary>
    public BatchPlan Plan { get; private init; } = Opened.Plan;

    /// <summary>The opened markets by symbol.</summary>
    public IReadOnlyDictionary<string, OpenedMarket> Markets { get; init; } = Opened.Markets;

    /// <summary>The trained models; null before the training, and without a learning section.</summary>
    public BatchLearning? Learning { get; private init; }

    public BatchSpec Spec => Plan.Spec;

    /// <summary>The formats in which the run writes its tables.</summary>
    public IReadOnlyList<IOutputFormat> OutputFormats => Spec.OutputFormats;

    /// <summary>The shortest timeframe that a strategy trades; the portfolio's rows have it too.</summary>
    public Timeframe Shortest => Plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;

    /// <summary>Length of the tracing periods of equity, in ticks.</summary>
    public long TracePeriod => Plan.Feeds[0].TracePeriod;

    /// <summary>The markets sorted by symbol.</summary>
    public IEnumerable<OpenedMarket> OrderedMarkets => Markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal);

    /// <summary>Returns the value that fills have bought and sold, account currency.</summary>
    public double TradedBy(IEnumerable<(string Symbol, PortfolioFill Fill)> fills) =>
        fills.Sum(f => f.Fill.ValueOf(Markets[f.Symbol].Instrument.Multiplier));

    /// <summary>Seconds since the run was submitted, or since its first attempt began; at least as long as this attempt.</summary>
    public double ElapsedSeconds => Math.Max(Watch.Elapsed.TotalSeconds,
        (Clock.GetUtcNow() - (Options.Since ?? Folder.Since)).TotalSeconds);

    /// <summary>SHA-256 of the bars of all markets.</summary>
    public string DataHash => RunFolder.HashOf([.. OrderedMarkets.Select(m => m.Series.ContentHash)]);

    /// <summary>Returns a copy with more trials of the batch's searches.</summary>
    public RunContext With(IReadOnlyList<PlannedTrial> trials) => this with { Plan = Plan.With(trials) };

    private ModelTraining Training(IBatchHost host) => new(host, Clock, Options.Threads)
    {
        Versions = Options.Versions,
        Progress = Options.Training,
        KeepsTrainingSamples = Spec.Outputs.OfAllStrategies,
    };

    /// <summary>The step "train": the models of the batch's learning section.</summary>
    /// <param name="host">Runs strategies whose trades are the label.</param>
    public async Task<RunContext> TrainAsync(IBatchHost host, CancellationToken cancellationToken)
    {
        if (Options.ModelsOf is { } other)
        {
            var replayed = BatchLearning.Replay(Plan, other);
            return this with { Plan = replayed.Plan, Learning = replayed };
        }
        return await BatchLearning.PrepareAsync(Plan, Markets, Training(host), cancellationToken) is { } learning
            ? this with { Plan = learning.Plan, Learning = learning } : this;
    }

    /// <summary>Trains the risk models on the entries of the strategies that have run.</summary>
    public async Task<RunContext> TrainRiskAsync(IBatchHost host, PortfolioEvents events, CancellationToken cancellationToken)
    {
        if (Learning is null || LearningReader.Read(Spec) is var specs && !specs.Any(s => s.IsOfRisk)) return this;
        var learning = Learning.With(await new RiskTraining(Training(host), Plan, Markets).TrainAsync(specs, events, cancellationToken));
        return this with { Plan = learning.Plan, Learning = learning };
    }

    /// <summary>
    /// Starts the folder's log of finished strategies, or continues the log of an interrupted run with the same batch, bars, plug-ins,
    /// recorded trades, measured costs and models.
    /// </summary>
    public void BeginFolder() => Folder.Begin(RunFolder.HashOf([Encoding.UTF8.GetString(Spec.Text),
        .. OrderedMarkets.Select(m => m.Series.ContentHash),
        .. Spec.Catalogues.Plugins.Select(p => p.ContentHash).Order(StringComparer.Ordinal),
        .. Plan.Instances.Where(RecordedRuns.IsRecorded)
            .Select(i => RecordedFile.HashOf(Spec.Folder, RecordedRuns.Of(i).Name, Spec.Catalogues.Files)),
        .. Opened.Universe is { } universe ? [UniverseTable.HashOf(universe.Members)] : (string[])[],
        .. Spec.Execution.Costs is { } costs ? [costs.Hash] : (string[])[],
        // Models that the run trains follow from the rest.
        .. Learning is null ? Plan.Instances.Select(i => i.Model?.Name).OfType<string>().Distinct(StringComparer.Ordinal) : []]),
        Options.Resume);

    /// <summary>Returns the benchmark's value at the ends of the tracing periods; null without a benchmark.</summary>
    public Task<BenchmarkTrace?> BenchmarkAsync(CancellationToken cancellationToken) =>
        BenchmarkCurve.TraceAsync(Spec, Opened.Source, Markets, TracePeriod, cancellationToken);

    /// <summary>Returns whether an account outperformed the benchmark over the account's rows; null without a benchmark.</summary>
    /// <param name="rows">Open times of the account's first and last row, UTC ticks.</param>
    public async Task<BenchmarkCheck?> CompareAsync(BenchmarkTrace? benchmark, EquityTrace account, (long First, long Last) rows,
        CancellationToken cancellationToken) => benchmark is not null
        && await BenchmarkCurve.OverAsync(benchmark, rows, Shortest.Ticks, Spec, Opened.Source, Markets, cancellationToken) is { } over
            ? BenchmarkCheck.Of(BenchmarkCurve.NameOf(Spec)!, account, over, Spec.Seed) : null;

    /// <summary>Adds what could have happened to the portfolio, if the batch and its outputs ask for it.</summary>
    public RunModel Resampled(RunModel model, IRunEvents events) =>
        Spec.Resampling is { } plan && Spec.Outputs.Has("resampling") && ResampledRecord.Of(model, events) is { } record
            ? model.With(AccountResampling.Of(record, plan, Options.Threads)) : model;

    /// <summary>Creates the common part of a run's model; the caller adds its sections and decisions.</summary>
    /// <param name="checks">The checks whose figures are shown beside the portfolio's; null without any.</param>
    public async Task<RunModel> ModelAsync(RunResult result, BatchChecks? checks, CancellationToken cancellationToken)
    {
        var (portfolio, recorder) = (result.Portfolio.Statistics, result.Portfolio.Recorder);
        var model = new RunModel
        {
            Name = Spec.Name,
            Run = Folder.Name,
            Digest = result.Digest,
            CreatedAt = Clock.GetUtcNow().UtcDateTime,
            Seconds = Watch.Elapsed.TotalSeconds,
            ElapsedSeconds = ElapsedSeconds,
            BarEvaluations = result.BarEvaluations,
            Host = result.Host,
            Strategies = [.. result.Strategies.Select(s => s.Error is { } error ? s with { Error = Spec.Catalogues.Shown(error) } : s)],
            Markets = await MarketDescription.OfAsync(Markets, Plan, Spec.Outputs.Has("report"), Clock.GetUtcNow(), cancellationToken),
            StartingCash = Spec.Cash,
            RiskFree = Spec.RiskFree,
            Metrics = Spec.Metrics,
            PeriodScale = result.Portfolio.PeriodScale,
            Portfolio = checks?.Selection is { } selection ? portfolio.With(MetricInput.Of(selection.OfPortfolio)) : portfolio,
            EquityWithFills = result.Portfolio.EquityWithFills,
            Equity = recorder.Count > 0 ? recorder.Rows() : [],
            Closes = recorder.Closes(),
            Held = recorder.Held(),
            WorstDrawdowns = recorder.Count > 0 ? recorder.WorstDrawdowns() : [],
            LongestUnderwaterDays = recorder.LongestUnderwaterDays,
            BatchText = Encoding.UTF8.GetString(Spec.Text),
            Trials = checks?.Census,
        };
        RunNote[] notes = [.. result.Notes, .. UniverseReport.NotesOf(Plan, Opened.Universe),
            .. MarketNotes.Of(Spec, model.Markets, Markets.Values, Opened.Source.PassedOver)];
        model = model.With([.. notes.Select(n => n with { Sentence = Spec.Catalogues.Shown(n.Sentence) })]);
        return await BenchmarkCurve.CompareAsync(model, recorder.Curve, (Spec, Opened.Source, Markets), Shortest.Ticks, cancellationToken);
    }
}
