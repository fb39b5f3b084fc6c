using System.CommandLine;
using System.Text.Json;
using Granary.Backtesting.WalkForward;
using Granary.Cli.Tables;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>granary walkforward BATCH.json</c>: rolling choice of parameters, traded out of sample.</summary>
internal static class WalkForwardCommand
{
    private sealed record Options : RunForm
    {
        [Key("embedded, or the address of a server or of silos, over which the windows are spread: http://HOST:PORT")]
        public string Host { get; init; } = "embedded";

        public bool IsEmbedded => Host == "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("walkforward",
            "Choose parameters on one window, trade them on the next, and repeat. A strategy with a search is searched in each in-sample "
                + "window, and models of a learning section are trained again. The result joins the out-of-sample windows.");
        var batch = new BatchInput(root, command, "the batch file; its walkForward section says how");
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var file = batch.File(call);
            if (!given.IsEmbedded && (given.Yes || given.SkipsChecks))
                throw new InputException($"--host {given.Host}: --yes and --no-guards are for runs in this process; leave them out");
            var spec = await batch.ReadAsync(call, given.IsEmbedded, given.Quiet || given.Json, token);
            var lines = given.Quiet || given.Json ? null : new Lines();
            var (model, folder) = given.IsEmbedded ? await HereAsync(spec, given, lines, token)
                : await ThereAsync(root, spec, file, given, lines, token);
            lines?.End();
            var report = Path.Combine(folder, "report.html") is var path && File.Exists(path) ? path : null;
            if (given.Json) WriteJson(model, folder, report);
            else if (!given.Quiet) Show(model, folder, report);
            return 0;
        });
        return command;
    }

    private static async Task<(RunModel Model, string Folder)> HereAsync(BatchSpec spec, Options given, Lines? lines,
        CancellationToken cancellationToken)
    {
        var (run, _) = await new WalkForwardRunner(new EmbeddedHost(given.Threads), TimeProvider.System)
            .RunAsync(spec, given.ToBatchOptions(), lines, cancellationToken);
        return (run.Model, run.Folder);
    }

    private static async Task<(RunModel Model, string Folder)> ThereAsync(CompositionRoot root, BatchSpec spec, string file, Options given,
        Lines? lines, CancellationToken cancellationToken)
    {
        using var client = root.Server(given.Host);
        var (_, folder) = await RemoteBatch.RunAsync(client, spec, file, given.Out,
            status => lines?.Show(status.Progress.Stage ?? "waiting"), new(RemoteBatch.WalkForward), cancellationToken);
        return (SavedRun.Read(folder, spec.Catalogues.Metrics).Model, folder);
    }

    private static void WriteJson(RunModel model, string folder, string? report)
    {
        var results = model.Section<WalkForwardResults>()!;
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            Run = folder,
            Seconds = Math.Round(model.Seconds, 4),
            TotalSeconds = Math.Round(ElapsedTime.OfProcess.Seconds, 4),
            model.Digest,
            results.Windows,
            EfficiencyRatio = double.IsFinite(results.EfficiencyRatio) ? results.EfficiencyRatio : (double?)null,
            OutOfSampleReturn = model.Portfolio?.TotalReturn,
            model.Verdict,
            Report = report,
            Notes = Output.Notes(model),
        }, Output.Json));
    }

    private static void Show(RunModel model, string folder, string? report)
    {
        var results = model.Section<WalkForwardResults>()!;
        TableWriter.Write($"{model.Name}: choices over {Counted.Of(results.Windows, "window")}; "
            + $"stability is the share of windows with "
            + $"the same choice as the window before",
            [Column.Text("Group"), Column.Number("Combinations"), Column.Number("Out of sample", "%"), Column.Number("Stability", "%"),
                Column.Text("Last choice")],
            results.Groups.Select(g => new[]
            {
                g.Group, Cell.Count(g.Combinations), Cell.Percent(g.OutOfSampleReturn), Cell.Percent(g.Stability),
                g.Choices[^1].Strategy ?? "none",
            }));
        if (model.Portfolio is { } p)
            TableWriter.Write("All groups together, out of sample",
                [Column.Number("Return", "%"), Column.Number("Sharpe"), Column.Number("Max drawdown", "%"), Column.Number("Trades"),
                    Column.Number("Efficiency")],
                [[Cell.Percent(p.TotalReturn), Cell.Ratio(p.Sharpe), Cell.Percent(p.MaxDrawdown), Cell.Count(p.Trades),
                    Cell.Ratio(results.EfficiencyRatio)]]);
        Output.WriteVerdict(model.Verdict);
        BacktestView.WritePeriods([model.Portfolio]);
        Console.WriteLine(ElapsedTime.OfProcess.Sentence(model.Seconds));
        Output.WriteNotes(model, folder);
        Output.WriteRun(model.Digest, report, folder);
    }

    // The stage in the terminal's last line; a log gets each stage of a server once, and the end of the windows in this process.
    private sealed class Lines : IProgress<(int Done, int Windows)>
    {
        private readonly Lock _lock = new();
        private string _last = "";

        public void Report((int Done, int Windows) value)
        {
            if (!Console.IsErrorRedirected) Show($"{value.Done} of {value.Windows} windows");
            else if (value.Done == value.Windows) Console.Error.WriteLine($"{Counted.Of(value.Done, "window")} done");
        }

        public void Show(string stage)
        {
            lock (_lock)
            {
                if (stage == _last) return;
                if (Console.IsErrorRedirected) Console.Error.WriteLine(stage);
                else Console.Error.Write($"\r{stage.PadRight(_last.Length)}");
                _last = stage;
            }
        }

        public void End()
        {
            if (_last.Length > 0 && !Console.IsErrorRedirected) Console.Error.WriteLine();
        }
    }
}
