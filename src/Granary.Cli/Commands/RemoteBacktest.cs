using System.Globalization;
using System.Text.Json;
using Granary.Cluster.Client;
using Granary.Contracts.Jobs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Cli.Commands;

/// <summary><c>granary backtest BATCH.json --host http://…</c>: runs the batch on silos and downloads the run's folder.</summary>
internal sealed class RemoteBacktest(CompositionRoot root, string hosts)
{
    /// <summary>Kind of job; null = a backtest.</summary>
    public string? Kind { get; init; }

    public async Task<int> RunAsync(BatchSpec spec, string file, string? output, bool quiet, bool json,
        CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var silent = quiet || json;
        var (status, folder) = await ProgressView.ShowAsync(silent,
            progress => RemoteBatch.RunAsync(client, spec, file, output, Tell(progress), new(Kind),
                cancellationToken: cancellationToken));
        var report = Path.Combine(folder, "report.html");
        var model = File.Exists(Path.Combine(folder, "results.json")) ? SavedRun.Read(folder, spec.Catalogues.Metrics).Model : null;
        var verdict = model?.Verdict
            ?? ValidationVerdict.NotChecked("the checks of a run on a server are in results.json, which is not among the batch's outputs");
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Run = folder,
                Seconds = Math.Round(status.Seconds ?? 0, 4),
                TotalSeconds = Math.Round(ElapsedTime.OfProcess.Seconds, 4),
                status.Digest,
                status.Progress.Strategies,
                status.Trades,
                Report = File.Exists(report) ? report : null,
                Interrupted = false,
                Verdict = verdict,
            }, Output.Json));
        }
        else if (!quiet)
        {
            var failed = status.Progress.Failed == 0 ? "" : $", of which {status.Progress.Failed:N0} failed";
            Console.WriteLine($"{Counted.Of(status.Progress.Strategies, "strategy")}{failed}, "
                + $"{Counted.Of(status.Trades ?? 0, "trade")} at {hosts}");
            Console.WriteLine(ElapsedTime.OfProcess.Sentence(status.Seconds ?? double.NaN));
            Output.WriteVerdict(verdict);
            if (model?.Section<ParameterSearchResults>() is { } searches) SearchView.Show(searches);
            if (model is not null) Output.WriteNotes(model, folder);
            Output.WriteRun(status.Digest ?? "", File.Exists(report) ? report : null, folder);
        }
        if (status.Progress.Strategies == 0 || status.Progress.Failed < status.Progress.Strategies) return 0;
        CommandLine.Complain(string.Create(CultureInfo.InvariantCulture,
            $"all strategies of the batch failed ({status.Progress.Strategies:N0}); {folder} has the error of each in results.json"));
        return CommandLine.Failed;
    }

    private static Action<JobStatus>? Tell(IProgress<BatchProgress>? progress)
    {
        if (progress is null) return null;
        // Measured from the first status with progress, by the clock of this machine: the server's may differ.
        System.Diagnostics.Stopwatch? clock = null;
        return status =>
        {
            if (status.StartedAt is null) return;
            clock ??= System.Diagnostics.Stopwatch.StartNew();
            var p = status.Progress;
            var elapsed = clock.Elapsed;
            var rate = p.Bars / Math.Max(1e-3, elapsed.TotalSeconds);
            TimeSpan? left = p.BarsTotal > p.Bars && p.Bars > 0 ? TimeSpan.FromSeconds((p.BarsTotal - p.Bars) / rate) : null;
            progress.Report(new BatchProgress(p.Done, p.Strategies, p.Bars, p.BarsTotal, rate, elapsed, left,
                p.Stage ?? "")
            { Load = p.Load });
        };
    }
}
