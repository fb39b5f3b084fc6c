using System.Diagnostics;
using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.RunFolders;

namespace Granary.Cli.Watching;

/// <summary>Runs a strategy file again whenever it is saved, until the command is stopped.</summary>
/// <param name="path">The file.</param>
/// <param name="read">Reads and compiles the file.</param>
/// <param name="run">Runs the batch into a folder.</param>
/// <param name="show">Shows the first run.</param>
internal sealed class WatchLoop(string path, Func<CancellationToken, Task<BatchSpec>> read,
    Func<BatchSpec, string, CancellationToken, Task<BatchRun>> run, Action<BatchRun> show)
{
    private WatchedRun? _last;
    private string? _source;
    private int _runs;

    /// <param name="folder">Folder of the runs; each has a folder of its own in it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            for (var file = new WatchedFile(path); ; await file.ChangedAsync(Gone, cancellationToken))
            {
                await OnceAsync(folder, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine($"Stopped after {_runs} {(_runs == 1 ? "run" : "runs")}, which are in {folder}");
            return 0;
        }
    }

    private async Task OnceAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var watch = Stopwatch.StartNew();
            var spec = await read(cancellationToken);
            var compiled = watch.Elapsed;
            // A save without a change costs nothing.
            if (spec.Code[0].Hash == _source) return;
            var own = Path.Combine(folder, (_runs + 1).ToString("000", CultureInfo.InvariantCulture));
            var done = await run(spec, own, cancellationToken);
            if (done.Interrupted) return;
            _runs++;
            _source = spec.Code[0].Hash;
            var difference = new WatchedRun(done);
            if (_last is null) show(done);
            difference.Write(_last);
            _last = difference;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Run {_runs}: {compiled.TotalSeconds:0.00} s to read and ")
                + string.Create(CultureInfo.InvariantCulture, $"compile, {(watch.Elapsed - compiled).TotalSeconds:0.00} s to run; ")
                + $"folder {done.Folder}");
            Wait();
        }
        catch (InputException e)
        {
            _source = null;
            foreach (var fault in e.Faults) CommandLine.Complain(fault);
            Wait();
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or DiskException or IOException or UnauthorizedAccessException)
        {
            _source = null;
            CommandLine.Complain(e.Message);
            Wait();
        }
    }

    private void Gone() => Console.WriteLine($"{path} is gone; waiting until it is there again");

    private void Wait() => Console.WriteLine($"Waiting for {path} to be saved; Ctrl-C stops");
}
