using System.CommandLine;
using Granary.Backtesting.Runs;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>granary optimise BATCH.json</c>: searches the parameters of a batch's strategies.</summary>
internal static class OptimiseCommand
{
    private sealed record Options : RunForm
    {
        [Key("embedded, or the address of a silo")]
        public string Host { get; init; } = "embedded";
        [Key("continue an interrupted run")]
        public bool Resume { get; init; }

        public bool IsEmbedded => Host == "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("optimise",
            "Search the parameters of a batch's strategies round by round, run the best trials as a portfolio, and write a run's folder.");
        var batch = new BatchInput(root, command, "the batch file; a strategy's 'search' says what is tried");
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var (file, silent) = (batch.File(call), given.Quiet || given.Json);
            if (given.IsEmbedded) return await RunAsync(await batch.ReadAsync(call, binds: true, silent, token), file, given, token);
            if (given.Resume)
                throw new InputException($"--host {given.Host}: a server continues its runs by itself; leave --resume out");
            var spec = await batch.ReadAsync(call, binds: false, silent, token);
            return await new RemoteBacktest(root, given.Host) { Kind = RemoteBatch.Optimise }
                .RunAsync(spec, file, given.Out, given.Quiet, given.Json, token);
        });
        return command;
    }

    private static async Task<int> RunAsync(BatchSpec spec, string file, Options given, CancellationToken token)
    {
        var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System);
        var options = given.ToBatchOptions() with { Resume = given.Resume, Optimises = true };
        var run = await ProgressView.ShowAsync(given.Quiet || given.Json,
            progress => runner.RunAsync(spec, options, progress, token));
        return BacktestView.End(run, given, $"granary optimise {file}");
    }
}
