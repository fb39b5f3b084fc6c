using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary;

/// <summary>
/// Runs batches: strategies over bars, and a portfolio of them. A batch of records and a batch file with the same keys are one batch, with
/// one digest. Each run counts as a trial on its bars, as with <c>granary backtest</c>, and writes the same folder.
/// </summary>
/// <example><code>
/// var run = await Backtest.RunAsync(new Batch
/// {
///     Data = new() { Source = "csv:bars", Symbols = ["*"], Timeframe = "1d" },
///     Strategies = [new() { Class = "SmaCross", Params = new() { ["fast"] = [10, 20], ["slow"] = [50, 100] } }],
/// });
/// Console.WriteLine(run.Verdict);
/// </code></example>
public static class Backtest
{
    /// <summary>Runs a batch: every combination of its grids, then the portfolio and the checks of the verdict.</summary>
    /// <exception cref="InputException">The batch is invalid; one sentence for each fault, which names its key.</exception>
    /// <exception cref="BarDataException">The bars are invalid; the sentence names file, line and remedy.</exception>
    /// <exception cref="BarStoreException">The disk or server of the bars failed.</exception>
    /// <exception cref="DiskException">The run's folder cannot be written.</exception>
    public static Task<BacktestResult> RunAsync(Batch batch, BacktestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(Read(batch, options ??= new()), options, optimises: false, cancellationToken);

    /// <summary>Runs a batch file.</summary>
    /// <inheritdoc cref="RunAsync(Batch, BacktestOptions?, CancellationToken)"/>
    public static Task<BacktestResult> RunAsync(string batchFile, BacktestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(new BatchReader(Catalogues(null, options ??= new())).Read(batchFile), options, optimises: false, cancellationToken);

    /// <summary>Runs a batch, and waits for it.</summary>
    /// <inheritdoc cref="RunAsync(Batch, BacktestOptions?, CancellationToken)"/>
    public static BacktestResult Run(Batch batch, BacktestOptions? options = null) =>
        RunAsync(batch, options).ConfigureAwait(false).GetAwaiter().GetResult();

    /// <summary>
    /// Searches the parameters of strategies with a <see cref="StrategyGrid.Search"/>, and runs the best trials as a portfolio.
    /// </summary>
    /// <inheritdoc cref="RunAsync(Batch, BacktestOptions?, CancellationToken)"/>
    public static Task<BacktestResult> OptimiseAsync(Batch batch, BacktestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(Read(batch, options ??= new()), options, optimises: true, cancellationToken);

    /// <summary>
    /// Chooses parameters in one window and trades them in the next, as <see cref="Batch.WalkForward"/> says. The portfolio of the result
    /// is out of sample.
    /// </summary>
    /// <inheritdoc cref="RunAsync(Batch, BacktestOptions?, CancellationToken)"/>
    public static async Task<BacktestResult> WalkForwardAsync(Batch batch, BacktestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var spec = Read(batch, options ??= new());
        var recorder = new RunRecorder();
        var progress = options.Progress is { } shown ? new Relay<(int Done, int Windows)>(shown, p => (p.Done, p.Windows)) : null;
        var (run, _) = await new WalkForwardRunner(new EmbeddedHost(options.Threads), TimeProvider.System)
            .RunAsync(spec, recorder.Options(options), progress, cancellationToken).ConfigureAwait(false);
        return recorder.Result(run, spec);
    }

    /// <summary>The batch as the text of a batch file, for <c>granary backtest</c> and the API.</summary>
    public static string JsonOf(Batch batch) => Encoding.UTF8.GetString(BatchJson.Write(batch));

    private static async Task<BacktestResult> RunAsync(BatchSpec spec, BacktestOptions options, bool optimises,
        CancellationToken cancellationToken)
    {
        var recorder = new RunRecorder();
        var progress = options.Progress is { } shown ? new Relay<BatchProgress>(shown, p => (p.Evaluations, p.Total)) : null;
        var run = await new BatchRunner(new EmbeddedHost(options.Threads), TimeProvider.System)
            .RunAsync(spec, recorder.Options(options) with { Optimises = optimises }, progress, cancellationToken).ConfigureAwait(false);
        return recorder.Result(run, spec);
    }

    private static BatchSpec Read(Batch batch, BacktestOptions options)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // Faults begin with the name of the batch, as those of a file with its path.
        var name = batch.Name ?? "batch";
        return new BatchReader(Catalogues(batch, options)).Read(name, BatchJson.Write(batch), options.Folder ?? ".");
    }

    private static GranaryCatalogues Catalogues(Batch? batch, BacktestOptions options)
    {
        var builder = GranaryCataloguesBuilder.CreateDefault();
        try
        {
            foreach (var type in (batch?.Strategies ?? []).Select(s => s.Class?.Type).OfType<Type>().Distinct()) builder.AddType(type);
            options.AddTo(builder);
            return builder.Build();
        }
        catch (ArgumentException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private sealed class Relay<T>(IProgress<double> to, Func<T, (long Done, long Total)> part) : IProgress<T>
    {
        public void Report(T value)
        {
            var (done, total) = part(value);
            to.Report(total > 0 ? (double)done / total : 0);
        }
    }
}
