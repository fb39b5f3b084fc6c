using System.CommandLine;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Cli.Tables;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>granary walkforward BATCH.json</c>: rolling choice of parameters, traded out of sample.</summary>
internal static class WalkForwardCommand
{
    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "the batch file; its walkForward section says how" };
        var command = new Command("walkforward",
            "Choose parameters on one window, trade them on the next, and repeat. Models of a learning section are trained again in each "
                + "in-sample window. The result joins the out-of-sample windows. Runs in this process.") { batch };
        var options = new OptionBinding<RunForm>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            var silent = given.Quiet || given.Json;
            var (run, outcome) = await new WalkForwardRunner(new EmbeddedHost(given.Threads), TimeProvider.System,
                TrialLedger.OfUser()).RunAsync(spec,
                given.ToBatchOptions(), silent ? null : new Lines(), token);
            if (given.Json)
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    Run = run.Folder,
                    Seconds = Math.Round(run.Model.Seconds, 4),
                    TotalSeconds = Math.Round(ElapsedTime.OfProcess.Seconds, 4),
                    run.Model.Digest,
                    Windows = outcome.Windows.Count,
                    EfficiencyRatio = double.IsFinite(outcome.Efficiency) ? outcome.Efficiency : (double?)null,
                    OutOfSampleReturn = outcome.Statistics.TotalReturn,
                    run.Report,
                    Notes = Output.Notes(run.Model),
                }, Output.Json));
                return 0;
            }
            if (silent) return 0;
            Show(run, outcome);
            return 0;
        });
        return command;
    }

    private static void Show(BatchRun run, WalkForwardOutcome outcome)
    {
        TableWriter.Write($"{run.Model.Name}: choices over {Counted.Of(outcome.Windows.Count, "window")}; "
            + $"stability is the share of windows with "
            + $"the same choice as the window before",
            [Column.Text("Group"), Column.Number("Combinations"), Column.Number("Out of sample", "%"), Column.Number("Stability", "%"),
                Column.Text("Last choice")],
            outcome.Groups.Select(g => new[]
            {
                g.Name, Cell.Count(g.Members.Count), Cell.Percent(g.Statistics.TotalReturn), Cell.Percent(g.Stability),
                g.Choices[^1].Strategy < 0 ? "none" : g.Members.First(m => m.Index == g.Choices[^1].Strategy).Id,
            }));
        if (run.Model.Portfolio is { } p)
            TableWriter.Write("All groups together, out of sample",
                [Column.Number("Return", "%"), Column.Number("Sharpe"), Column.Number("Max drawdown", "%"), Column.Number("Trades"),
                    Column.Number("Efficiency")],
                [[Cell.Percent(p.TotalReturn), Cell.Ratio(p.Sharpe), Cell.Percent(p.MaxDrawdown), Cell.Count(p.Trades),
                    Cell.Ratio(outcome.Efficiency)]]);
        BacktestView.WritePeriods([run.Model.Portfolio]);
        Console.WriteLine(ElapsedTime.OfProcess.Sentence(run.Model.Seconds));
        Output.WriteNotes(run.Model, run.Folder);
        Output.WriteRun(run.Model.Digest, run.Report, run.Folder);
    }

    private sealed class Lines : IProgress<(int Done, int Windows)>
    {
        public void Report((int Done, int Windows) value)
        {
            if (!Console.IsErrorRedirected)
                Console.Error.Write($"\r{value.Done} of {value.Windows} windows{(value.Done == value.Windows ? "\n" : "")}");
            else if (value.Done == value.Windows) Console.Error.WriteLine($"{Counted.Of(value.Done, "window")} done");
        }
    }
}
