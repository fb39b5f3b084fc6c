using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;

namespace Granary.Cli.Commands;

/// <summary><c>granary backtest BATCH.json</c>: the main job.</summary>
internal static class BacktestCommand
{
    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "the batch file" };
        var output = new Option<string?>("--out") { Description = "the run's folder (runs/<name>-<UTC>)" };
        var host = new Option<string>("--host")
        {
            Description = "embedded, or the address of a silo",
            DefaultValueFactory = _ => "embedded"
        };
        var threads = new Option<int>("--threads")
        {
            Description = "threads to use (all)",
            DefaultValueFactory = _ => Environment.ProcessorCount
        };
        var resume = new Option<bool>("--resume") { Description = "continue an interrupted run" };
        var yes = new Option<bool>("--yes") { Description = "run a very large grid without asking" };
        var separate = new Option<bool>("--separate") { Description = "also write one trades file for each strategy" };
        var noChecks = new Option<bool>("--no-guards")
        {
            Description =
            "skip the look-ahead check and the cost stress test; prod.json then lacks these validation checks"
        };
        var quiet = new Option<bool>("--quiet") { Description = "print nothing but faults" };
        var json = new Option<bool>("--json") { Description = "print the outcome as JSON" };
        var command = new Command("backtest", "Run a batch of strategies over bars and write a run's folder.") { batch, output, host,
            threads, resume, yes, separate, noChecks, quiet, json };
        command.SetAction(async (call, token) =>
        {
            var count = call.GetValue(threads);
            if (count is < 1 or > 1024) throw new InputException($"--threads {count} is out of range: 1 … 1024");
            var where = call.GetValue(host)!;
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!, bindStrategies: where == "embedded");
            if (where != "embedded")
            {
                if (call.GetValue(resume) || call.GetValue(separate))
                    throw new InputException($"--host {where}: --resume and --separate are for runs in this process; leave them out");
                return await RemoteBacktest.RunAsync(where, spec, call.GetValue(batch)!, call.GetValue(output), call.GetValue(quiet),
                    call.GetValue(json), token);
            }
            var options = new BatchOptions
            {
                Out = call.GetValue(output),
                Resume = call.GetValue(resume),
                Yes = call.GetValue(yes),
                Separate = call.GetValue(separate),
                Threads = count,
                Validation = !call.GetValue(noChecks)
            };
            var silent = call.GetValue(quiet) || call.GetValue(json);
            var runner = new BatchRunner(new EmbeddedHost(count), TimeProvider.System, ledger: TrialLedger.OfUser());
            var run = await ProgressView.ShowAsync(silent, progress => runner.RunAsync(spec, options, progress, token));
            if (call.GetValue(json)) Console.WriteLine(Outcome(run));
            else if (!silent) Show(run);
            if (!run.Interrupted) return 0;
            CommandLine.Complain(
                $"stopped; {run.Model.Strategies.Count(s => s.Stats is not null)} of {run.Model.Strategies.Count} strategies had finished "
                    + $"and are in {run.Folder}; go on with: granary backtest {call.GetValue(batch)} --out {run.Folder} --resume");
            return CommandLine.Failed;
        });
        return command;
    }

    private static string Outcome(BatchRun run) => JsonSerializer.Serialize(new
    {
        Run = run.Folder,
        Seconds = Math.Round(run.Model.Seconds, 4),
        TotalSeconds = Math.Round(FeltTime.OfProcess.Seconds, 4),
        run.Model.Digest,
        Strategies = run.Model.Strategies.Count,
        run.Trades,
        run.Report,
        run.Interrupted,
        Notes = Output.Notes(run.Model),
    }, Output.Json);

    private static void Show(BatchRun run)
    {
        var model = run.Model;
        Output.WriteNotes(model);
        var best = model.Strategies.Where(s => s.Stats is not null).OrderByDescending(s => Rank(s.Stats!)).ThenBy(s => s.Index).Take(10)
            .ToList();
        Metric[] headlines = [.. model.Metrics.All.Where(m => m.Headline > 0).OrderBy(m => m.Headline)];
        var rows = best.Select(s => Row(s.Id, s.Stats!, headlines, s.Weight.ToString("0.###", CultureInfo.InvariantCulture)));
        if (model.Portfolio is { } portfolio)
        {
            // The last choice of weights over time may be of no strategy, where earlier ones traded.
            var members = model.Strategies.Count(s => s.Weight != 0);
            rows = rows.Prepend(Row(members > 0 ? $"Portfolio of {Cell.Count(members)}" : "Portfolio", portfolio, headlines, ""));
        }
        var title = $"{model.Name}: the portfolio and the best {best.Count} of {Cell.Count(model.Strategies.Count)} strategies by Sharpe "
            + $"ratio";
        TableWriter.Write(title, Columns(headlines), rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model.Strategies.Count:N0} strategies, {run.Trades:N0} trades, {model.BarEvaluations:N0} bars "
                + $"({NumberText.Compact((long)(model.BarEvaluations / Math.Max(1e-9, model.Seconds)))} bars/s, {model.Host})"));
        Console.WriteLine(FeltTime.OfProcess.Sentence(model.Seconds));
        Output.WriteRun(model.Digest, run.Report, run.Folder);
    }

    private static Column[] Columns(IEnumerable<Metric> headlines) =>
        [Column.Text("Strategy"), .. headlines.Select(MetricCell.Column), Column.Number("Weight")];

    private static string[] Row(string name, MetricSet set, IEnumerable<Metric> headlines, string weight) =>
        [name, .. headlines.Select(m => MetricCell.Of(m, set[m])), weight];

    private static double Rank(MetricSet s) => s.IsRuined ? double.NegativeInfinity : double.IsNaN(s.Sharpe) ? double.MinValue : s.Sharpe;
}
