using System.Diagnostics;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
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
/// <param name="attempt">See <see cref="LiveRequest.Attempt"/>.</param>
internal sealed class SessionRunner(Production production, TimeProvider clock, long attempt)
{
    private RunFolder? _folder;

    /// <param name="path">The session's folder.</param>
    /// <param name="isLeft">Whether another process or silo continues the session, so there is no report.</param>
    /// <param name="writeAccount">Writes the account's files to the folder; called after the session.</param>
    public Task<LiveRun> RunAsync(OpenedSession session, string path, Func<bool> isLeft, Func<LiveHost, string, Task> writeAccount,
        CancellationToken cancellationToken) =>
        OpenAsync(session, path, run => RunAsync(session, run, isLeft, writeAccount, cancellationToken), cancellationToken);

    /// <summary>Opens what a session trades.</summary>
    public static Task<OpenedBatch> OpenAsync(OpenedSession session, int threads, CancellationToken cancellationToken) =>
        OpenedBatch.OpenAsync(session.Spec, new BatchOpening
        {
            Threads = threads,
            Yes = true,
            Sources = _ => session.Bars,
            Planned = BatchWeights.Checked,
            Checks = true,
            IsLive = true,
        }, cancellationToken);

    private async Task<T> OpenAsync<T>(OpenedSession session, string path, Func<RunContext, Task<T>> work,
        CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var spec = session.Spec;
        var options = new BatchOptions { Out = path };
        await using var opened = await OpenAsync(session, options.Threads, cancellationToken).ConfigureAwait(false);
        using var folder = _folder = RunFolder.Open(path, spec.Name, resume: false, clock.GetUtcNow().UtcDateTime, spec.Metrics, attempt);
        return await folder.WorkAsync(() => work(new RunContext(opened, folder, options, clock, watch))).ConfigureAwait(false);
    }

    /// <summary>Removes what earlier attempts at the run have left in its folder. No other attempt has the account then.</summary>
    public void RemoveEarlier() => _folder!.RemoveEarlier();

    private async Task<LiveRun> RunAsync(OpenedSession session, RunContext run, Func<bool> isLeft,
        Func<LiveHost, string, Task> writeAccount, CancellationToken cancellationToken)
    {
        run.BeginFolder();
        using var strategies = new StrategySimulation(run);
        LiveHost? created = null;
        await strategies.RunAsync(async (pass, stop) =>
        {
            created = await LiveHost.CreateAsync(session, pass, stop).ConfigureAwait(false);
            await created.RunAsync(stop).ConfigureAwait(false);
        }, null, cancellationToken).ConfigureAwait(false);
        if (isLeft()) throw new OperationCanceledException("another process or silo continues the session", cancellationToken);
        var host = created ?? throw new OperationCanceledException("the session was stopped before it began", cancellationToken);
        using var portfolio = await RecordedPortfolio.RecordAsync(run, (row, trade, fill) =>
            Task.FromResult(host.Outcome(row, trade, fill))).ConfigureAwait(false);
        // The report shows the validation checks of the configuration, with which the session was started.
        var finished = new FinishedBatch(run, strategies, await strategies.WeighAsync().ConfigureAwait(false), portfolio)
        {
            Carried = production.Checks,
        };
        var model = await finished.ModelAsync(host.Description).ConfigureAwait(false);
        // The report shows the account's files and the backtest, so these are created first.
        var (files, folder) = (new RunFiles(run), run.Folder);
        files.Write(finished.Files(model));
        await writeAccount(host, folder.FullPath).ConfigureAwait(false);
        var traded = run.Spec with { Portfolio = run.Spec.Portfolio with { From = host.PortfolioFrom } };
        var against = host.HasTraded ? await SessionBacktest.RunAsync(traded, session.Bars, folder.FullPath, model.Digest, host.Status,
            clock).ConfigureAwait(false) : null;
        model = model.With(SessionReport.Of(host.Status, host.Ledger, against));
        files.WriteAll(model, finished.Events, []);
        if (!strategies.Interrupted) folder.Complete();
        return new LiveRun(new BatchRun(model, folder.FullPath, strategies.Interrupted), host.Status, host.Latency, host.Ledger)
        {
            Against = against,
        };
    }
}
