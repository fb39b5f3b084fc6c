using System.CommandLine;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Guards;
using Granary.Application.Hosting;
using Granary.Application.Json;
using Granary.Engine.Analysis;
using Spectre.Console;

namespace Granary.Cli.Commands;

/// <summary><c>granary backtest BATCH.json</c>: the main job.</summary>
internal static class BacktestCommand
{
    public static Command Create()
    {
        var batch = new Argument<string>("BATCH.json") { Description = "the batch file" };
        var output = new Option<string?>("--out") { Description = "the run's folder (runs/<name>-<UTC>)" };
        var host = new Option<string>("--host") { Description = "embedded, or the address of a silo", DefaultValueFactory = _ => "embedded" };
        var threads = new Option<int>("--threads") { Description = "threads to use (all)", DefaultValueFactory = _ => Environment.ProcessorCount };
        var resume = new Option<bool>("--resume") { Description = "go on with an interrupted run" };
        var yes = new Option<bool>("--yes") { Description = "agree to a very large grid" };
        var separate = new Option<bool>("--separate") { Description = "also write one trades file for each strategy" };
        var noGuards = new Option<bool>("--no-guards") { Description = "look for no look-ahead and stress no costs; prod.json then lacks that evidence" };
        var quiet = new Option<bool>("--quiet") { Description = "print nothing but faults" };
        var json = new Option<bool>("--json") { Description = "print the outcome as JSON" };
        var command = new Command("backtest", "Run a batch of strategies over bars and write a run's folder.") { batch, output, host, threads, resume, yes, separate, noGuards, quiet, json };
        command.SetAction(async (call, token) =>
        {
            var count = call.GetValue(threads);
            if (count is < 1 or > 1024) throw new InputException($"--threads {count} is out of range: 1 … 1024");
            var spec = BatchReader.Read(call.GetValue(batch)!);
            var where = call.GetValue(host)!;
            if (where != "embedded")
            {
                if (call.GetValue(resume) || call.GetValue(separate)) throw new InputException($"--host {where}: --resume and --separate are for runs in this process; leave them out");
                return await RemoteBacktest.RunAsync(where, spec, call.GetValue(batch)!, call.GetValue(output), call.GetValue(quiet), call.GetValue(json), token);
            }
            var options = new BatchOptions { Out = call.GetValue(output), Resume = call.GetValue(resume), Yes = call.GetValue(yes), Separate = call.GetValue(separate), Threads = count, Guards = !call.GetValue(noGuards) };
            var silent = call.GetValue(quiet) || call.GetValue(json);
            var runner = new BatchRunner(new EmbeddedHost(count), TimeProvider.System, ledger: TrialLedger.OfUser());
            var run = await ProgressView.ShowAsync(silent, progress => runner.RunAsync(spec, options, progress, token));
            if (call.GetValue(json)) Console.WriteLine(Outcome(run));
            else if (!silent) Show(run);
            if (!run.Interrupted) return 0;
            CommandLine.Complain($"stopped; {run.Model.Strategies.Count(s => s.Stats is not null)} of {run.Model.Strategies.Count} strategies had finished and are in {run.Folder}; go on with: granary backtest {call.GetValue(batch)} --out {run.Folder} --resume");
            return CommandLine.Failed;
        });
        return command;
    }

    private static string Outcome(BatchRun run) => JsonSerializer.Serialize(new
    {
        Run = run.Folder,
        Seconds = Math.Round(run.Model.Seconds, 4),
        run.Model.Digest,
        Strategies = run.Model.Strategies.Count,
        run.Trades,
        run.Report,
        run.Interrupted,
        Notes = run.Model.Notes.Select(n => new { Code = n.CodeText, n.Sentence, n.Count }),
    }, Output.Json);

    private static void Show(BatchRun run)
    {
        var model = run.Model;
        var best = model.Strategies.Where(s => s.Stats is not null).OrderByDescending(s => Rank(s.Stats!)).ThenBy(s => s.Index).Take(10)
            .Select(s => new[] { s.Id, Percent(s.Stats!.TotalReturn), Number(s.Stats.Sharpe), Percent(s.Stats.MaxDrawdown), s.Stats.Trades.ToString("N0"), s.Weight.ToString("0.###") }).ToList();
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine($"{model.Name}: the best of {model.Strategies.Count:N0} strategies by Sharpe ratio");
            var width = best.Count > 0 ? best.Max(r => r[0].Length) : 0;
            foreach (var row in best.Prepend(["strategy", "return", "sharpe", "max dd", "trades", "weight"]))
                Console.WriteLine($"  {row[0].PadRight(width)} {row[1],10} {row[2],7} {row[3],9} {row[4],7} {row[5],7}");
        }
        else
        {
            var table = new Table().Border(TableBorder.Rounded).Title($"[bold]{Markup.Escape(model.Name)}[/]: the best of {model.Strategies.Count:N0} strategies");
            table.AddColumn("Strategy");
            foreach (var name in new[] { "Return", "Sharpe", "Max DD", "Trades", "Weight" }) table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
            foreach (var row in best) table.AddRow(row.Select(Markup.Escape).ToArray());
            AnsiConsole.Write(table);
        }
        if (model.Portfolio is { } p)
            Line($"[bold]Portfolio[/] of {model.Strategies.Count(s => s.Weight != 0):N0}: return {Percent(p.TotalReturn)}, Sharpe {Number(p.Sharpe)}, deepest drawdown {Percent(p.MaxDrawdown)}, {p.Trades:N0} trades");
        foreach (var note in model.Notes) Line($"[yellow]Note[/] {Markup.Escape(note.Sentence)}");
        Line($"{model.Strategies.Count:N0} strategies, {run.Trades:N0} trades, {model.BarEvaluations:N0} bars in {model.Seconds:0.00} s ({model.BarEvaluations / Math.Max(1e-9, model.Seconds) / 1e6:0.0} million bars/s, {Markup.Escape(model.Host)})");
        Line($"Digest {model.Digest}");
        if (run.Report is { } report) Console.WriteLine($"Report {report}");
        Console.WriteLine($"Folder {run.Folder}");
    }

    // A path or a sentence must not be wrapped in a pipe.
    private static void Line(string markup)
    {
        if (Console.IsOutputRedirected) Console.WriteLine(Markup.Remove(markup));
        else AnsiConsole.MarkupLine(markup);
    }

    private static double Rank(RunStatistics s) => s.IsRuined ? double.NegativeInfinity : double.IsNaN(s.Sharpe) ? double.MinValue : s.Sharpe;

    private static string Percent(double value) => double.IsFinite(value) ? value.ToString("0.00 %") : "–";

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.00") : "–";
}
