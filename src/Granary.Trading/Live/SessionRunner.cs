using System.Diagnostics;
using Granary.Backtesting.Runs;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Trading.Live;

/// <summary>
/// Runs the steps of a live session: open, plan, the session itself (simulation and portfolio, bar by bar), weights, output. The folder has
/// the files of a backtest and those of the account.
/// </summary>
/// <param name="ending">Cancelled when the process ends and another one continues the session.</param>
internal sealed class SessionRunner(LiveHost host, Production production, TimeProvider clock, CancellationToken ending)
{
    /// <param name="path">The session's folder.</param>
    /// <param name="writeAccount">Writes the account's files to the folder; called after the session.</param>
    /// <returns>The run, and a backtest of the session's bars; null if the session took none.</returns>
    public async Task<(BatchRun Run, SessionBacktest? Against)> RunAsync(BatchSpec spec, string path, Func<string, Task> writeAccount,
        CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var options = new BatchOptions { Out = path };
        var opening = new BatchOpening
        {
            Threads = options.Threads,
            Yes = true,
            Sources = _ => host.Bars,
            Planned = WeightRules.Checked,
            Checks = true,
            IsLive = true,
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, cancellationToken).ConfigureAwait(false);
        using var folder = RunFolder.Open(path, spec.Name, resume: false, clock.GetUtcNow().UtcDateTime, spec.Metrics);
        return await folder.WorkAsync(() => RunAsync(new RunContext(opened, folder, options, clock, watch), writeAccount,
            cancellationToken)).ConfigureAwait(false);
    }

    private async Task<(BatchRun Run, SessionBacktest? Against)> RunAsync(RunContext run, Func<string, Task> writeAccount,
        CancellationToken cancellationToken)
    {
        run.BeginFolder();
        using var strategies = new StrategySimulation(run);
        await strategies.RunAsync(host.RunAsync, null, cancellationToken).ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
        using var portfolio = await RecordedPortfolio.RecordAsync(run, (row, trade, fill) =>
            Task.FromResult(host.Outcome(row, trade, fill))).ConfigureAwait(false);
        // The report shows the validation checks of the configuration, with which the session was started.
        var finished = new FinishedBatch(run, strategies, await strategies.WeighAsync().ConfigureAwait(false), portfolio)
        {
            Carried = production.Findings,
        };
        var model = await finished.ModelAsync(host.Description).ConfigureAwait(false);

        // The report shows the account's files and the backtest, so these are created first.
        var (files, folder) = (new RunFiles(run), run.Folder);
        files.Write(finished.Files(model));
        await writeAccount(folder.FullPath).ConfigureAwait(false);
        var traded = run.Spec with { Portfolio = run.Spec.Portfolio with { From = host.PortfolioFrom } };
        var against = host.HasTraded
            ? await SessionBacktest.RunAsync(traded, host.Bars, folder.FullPath, model.Digest, host.Status, clock).ConfigureAwait(false)
            : null;
        model = model.With(SessionReport.Of(host.Status, host.Ledger, against));
        files.WriteAll(model, finished.Events, []);
        if (!strategies.Interrupted) folder.Complete();
        return (new BatchRun(model, folder.FullPath, strategies.Interrupted), against);
    }
}
