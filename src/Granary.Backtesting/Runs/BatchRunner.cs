using System.Diagnostics;
using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Runs;

/// <summary>Runs a batch file and writes a run's folder. The steps are open, plan, train, simulate, weigh, portfolio, validate,
/// write.</summary>
/// <param name="sources">Opens the source of a batch; null = the catalogue that the batch was read with.</param>
/// <param name="ledger">
/// Counts the trials of all runs on the same bars; null = the user's (<see cref="TrialLedger.OfUser"/>). <see cref="TrialLedger.None"/>
/// counts this run's trials alone, and its evidence says so.
/// </param>
internal sealed class BatchRunner(IBatchHost host, TimeProvider clock, Func<DataSpec, IBarSource>? sources = null,
    TrialLedger? ledger = null)
{
    private readonly TrialLedger _ledger = ledger ?? TrialLedger.OfUser();

    /// <summary>
    /// Maximum size in bytes of the events that are kept before the weights are chosen, if the host can repeat a pass. The events of a
    /// large sweep take longer to write than its strategies take to run, and a run needs the events of a few strategies.
    /// </summary>
    public long MostEvents { get; init; } = host.CanRepeat ? 64 << 20 : long.MaxValue;

    /// <exception cref="InputException">The batch is invalid.</exception>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    /// <exception cref="BarStoreException">The disk or server of the bars failed.</exception>
    /// <exception cref="DiskException">The run's folder cannot be written.</exception>
    public async Task<BatchRun> RunAsync(BatchSpec spec, BatchOptions options, IProgress<BatchProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        if (options.Optimises) ParameterSearchBatch.Check(spec);
        var opening = new BatchOpening
        {
            Threads = options.Threads,
            Yes = options.Yes,
            Sources = sources,
            Planned = BatchWeights.Checked,
            WithSearches = options.Optimises,
            Checks = true,
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, cancellationToken);
        using var folder = RunFolder.Open(options.Out, spec.Name, options.Resume, clock.GetUtcNow().UtcDateTime, spec.Metrics,
            options.Attempt?.Number ?? 0);
        return await folder.WorkAsync(async () =>
        {
            var run = await new RunContext(opened, folder, options, clock, watch).TrainAsync(host, cancellationToken);
            run.BeginFolder();
            folder.RemoveReplaced();
            return await RunAsync(run, progress, cancellationToken);
        });
    }

    private async Task<BatchRun> RunAsync(RunContext run, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        using var strategies = new StrategySimulation(run) { MostEvents = MostEvents };
        ParameterSearchOutcome? searched = null;
        using (var simulated = GranaryInstruments.Traces.StartActivity("strategies"))
        {
            if (run.Options.Optimises) searched = await ParameterSearchRun.RunAsync(strategies, host, progress, cancellationToken);
            else await strategies.RunAsync(host.RunAsync, progress, cancellationToken);
            simulated?.SetTag(GranaryInstruments.Strategies, strategies.Outcomes.Count)
                .SetTag(GranaryInstruments.Failed, strategies.Outcomes.Values.Count(o => o.Error is not null))
                .SetTag(GranaryInstruments.Evaluations, strategies.Outcomes.Values.Sum(o => o.Bars));
        }
        // The report of a large batch takes long, and has nothing to show.
        if (strategies.Outcomes.Count == 0 && !run.Options.WritesEmpty) cancellationToken.ThrowIfCancellationRequested();
        run = strategies.Run;
        var choice = await strategies.WeighAsync();
        if (choice.Allocator is { } allocator && run.Options.Versions is not VersionUse.None and var use)
            choice = choice with
            {
                Allocator = AllocatorVersions.Register(run.Plan, allocator, run.DataHash, run.Clock.GetUtcNow().UtcDateTime, use),
            };
        var members = choice.Members;
        // The portfolio of an interrupted run needs the events of the weighted strategies; without them only the strategies are shown.
        if (!await strategies.FollowAsync(members, host, progress, cancellationToken)) members = new double[members.Length];
        if (!strategies.Interrupted)
            run = await run.TrainRiskAsync(host, new PortfolioEvents(strategies.Log, members, choice.Schedule), cancellationToken);

        var validation = strategies.Interrupted ? null
            : await BatchValidation.BeginAsync(run, strategies, choice, host, cancellationToken);
        using var portfolio = await RecordedPortfolio.OfEventsAsync(run, strategies.Log, members, choice.Schedule);
        BatchChecks? checks = null;
        TrialCensus? census;
        var step = GranaryInstruments.Traces.StartActivity("validate");
        if (validation is null)
            census = await BatchValidation.CountAsync(run, strategies.Outcomes, _ledger, SelectionTests.Of(run.Plan, strategies.Outcomes));
        else
            census = (checks = await validation.FinishAsync(portfolio, members.Any(w => w != 0), _ledger,
                cancellationToken)).Census;

        step?.Dispose();
        using var write = GranaryInstruments.Traces.StartActivity("write");
        var finished = new FinishedBatch(run, strategies, choice, portfolio, checks)
        {
            Searches = searched?.ToResults(run.Plan, strategies.Outcomes, census),
        };
        var model = await finished.ModelAsync(host.Description, run.Folder.Replaced,
            run.Options.Attempt is null ? CancellationToken.None : cancellationToken);
        model = run.Resampled(model, finished.Events);
        if (run.Options.Attempt is { } attempt) await attempt.ConfirmAsync(cancellationToken);
        new RunFiles(run).WriteAll(model, finished.Events, finished.Files(model));
        if (!strategies.Interrupted) run.Folder.Complete();
        return new BatchRun(model, run.Folder.FullPath, strategies.Interrupted) { Plan = run.Plan };
    }
}
