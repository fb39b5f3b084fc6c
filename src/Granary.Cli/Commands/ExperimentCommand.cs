using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Server.JobKinds;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>experiment</c>: compares models, or searches for one.</summary>
internal static class ExperimentCommand
{
    // Rows of the models of a search; --json has all.
    private const int MostModels = 10;

    private sealed record Options : LearningCommands.TrainOptions
    {
        [Key("embedded, or the address of a server or of silos, over which the fits of a search are spread: http://HOST:PORT")]
        public string Host { get; init; } = "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "a batch file with a learning section" };
        var command = new Command("experiment",
            "Compare trainers and labels on the windows of a batch's learning section, or search for the best model under a budget.")
        {
            batch,
        };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var (file, isHere) = (call.GetValue(batch)!, given.Host == "embedded");
            var threads = Given.Threads(given.Threads);
            var spec = new BatchReader(root.Catalogues(call)).Read(file, bindStrategies: isHere);
            // The result is shown after the progress view has ended.
            var result = await ProgressView.ShowTrainingAsync(given.Quiet || given.Json, view =>
                isHere ? HereAsync(spec, given.Strategies, threads, view, token)
                    : ThereAsync(root, given.Host, spec, file, given.Strategies, view, token));
            return result.Search is { } search ? Show(search, given.Json) : Show(result.Trials!, given.Json);
        });
        return command;
    }

    private static async Task<(SearchReport? Search, IReadOnlyList<ExperimentTrial>? Trials)> HereAsync(BatchSpec spec, int? strategies,
        int threads, TrainingView? view, CancellationToken cancellationToken)
    {
        var (host, clock) = (new EmbeddedHost(threads), TimeProvider.System);
        return LearningReader.Read(spec).Any(s => s.Search is not null)
            ? (await new ModelSearch(host, clock, threads).RunAsync(spec, strategies, view, cancellationToken), null)
            : (null, await new TrainerComparison(host, clock, threads).RunAsync(spec, strategies, view, cancellationToken));
    }

    private static async Task<(SearchReport? Search, IReadOnlyList<ExperimentTrial>? Trials)> ThereAsync(CompositionRoot root, string hosts,
        BatchSpec spec, string file, int? strategies, TrainingView? view, CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var job = await client.ExperimentAsync(spec, file, strategies, cancellationToken);
        await RemoteJob.EndAsync(client, job, s => view?.Show(s.Progress.Stage ?? "waiting", s.Progress.Leaders, isDue: false),
            cancellationToken);
        var folder = Directory.CreateTempSubdirectory("granary-experiment-").FullName;
        try
        {
            await client.DownloadAsync(job.Id, folder, cancellationToken);
            return LearningJob.ReadExperiment(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Show(IReadOnlyList<ExperimentTrial> trials, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(trials, Output.Json));
        else
        {
            TableWriter.Write("Trainers and labels, judged out of sample; the gap is in sample less out of sample, p is corrected "
                + "for the number of trials",
                [Column.Text("Data"), Column.Text("Trainer"), Column.Text("Label"), Column.Text("Figure"),
                    Column.Number("Out of sample"), Column.Number("Gap"), Column.Number("p"), Column.Number("Mean time", "s")],
                trials.Select(t => new[] { t.Data, t.Trainer, t.Label, t.FigureName, Cell.Figure(t.Figure),
                    Cell.Figure(t.TrainTestGap), Cell.Figure(t.PValue), Cell.Seconds(t.Seconds) }));
            var worth = trials.Where(t => t.Worth is not null).ToList();
            ShowWorth("over trades that it judged out of sample", ["Data", "Trainer", "Label"],
                [.. worth.Select(t => (new[] { t.Data, t.Trainer, t.Label }, t.Worth!))]);
            foreach (var failed in trials.Where(t => t.Error is not null))
                CommandLine.Complain($"{failed.Data}, {failed.Trainer}, {failed.Label}: {failed.Error}");
            foreach (var (trial, note) in trials.SelectMany(t => (t.Notes ?? []).Select(note => (t, note))))
                CommandLine.Complain($"{trial.Data}, {trial.Trainer}, {trial.Label}: {note}");
            Console.WriteLine(ElapsedTime.OfProcess.Sentence());
        }
        return trials.All(t => t.Error is not null) ? CommandLine.Failed : 0;
    }

    private static int Show(SearchReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, Output.Json));
            return report.Units.All(u => u.Error is not null) ? CommandLine.Failed : 0;
        }
        foreach (var unit in report.Units)
        {
            if (unit.Error is not null)
            {
                CommandLine.Complain($"{unit.Data}: {unit.Error}");
                continue;
            }
            TableWriter.Write($"{unit.Data}: the best of {unit.Candidates} models by {unit.Fitness}, chosen before each of "
                + $"{unit.Windows.Count} outer windows",
                [Column.Text("Model"), Column.Number("Chosen"), Column.Number("Finals"), Column.Number("First window"),
                    Column.Number("All inner windows")],
                unit.Models.Take(MostModels).Select(m => new[] { m.Model, Cell.Count(m.Chosen), Cell.Count(m.Finals), Cell.Figure(m.First),
                    Cell.Figure(m.Final) }));
            ShowWorth($"{unit.Data}, over the outer windows", ["Rule", "Strategies"],
                [.. unit.Worth.Select(w => (new[] { w.Rule, w.Strategy }, w.Worth)),
                    .. unit.MeanReversion is { } other ? [(["chosen, beside MeanReversion", "all"], other)]
                        : Array.Empty<(string[], ModelWorth)>()]);
            foreach (var failed in unit.Models.Where(m => m.Error is not null)) CommandLine.Complain($"{failed.Model}: {failed.Error}");
            Console.WriteLine($"{unit.Data} {(unit.Promoted ? "has a model to use" : "has no model to use")}: {unit.Reason}.");
        }
        Console.WriteLine($"{Counted.Of(report.Fits, "fit")}, {report.Reused} of them from an earlier run. "
            + (report.Trials is { } trials ? $"The ledger has {Counted.Of(trials, "trial")} on these bars, {report.NewTrials} of them new. "
                : "") + ElapsedTime.OfProcess.Sentence());
        return report.Units.All(u => u.Error is not null) ? CommandLine.Failed : 0;
    }

    private static void ShowWorth(string over, string[] heads, IReadOnlyList<(string[] Cells, ModelWorth Worth)> rows)
    {
        if (rows.Count == 0) return;
        TableWriter.Write($"Strategies without and with the model by {rows[0].Worth.Fitness}, {over}; "
            + "the 95 % interval of the difference is of a paired bootstrap; costs are shares of the notional",
            [.. heads.Select(h => Column.Text(h)), Column.Number("Trades"), Column.Number("Taken"),
                Column.Number("Without"), Column.Number("With"), Column.Number("Low"), Column.Number("High"),
                Column.Number("Cost without", "%"), Column.Number("Cost with", "%")],
            rows.Select(r => (string[])
            [
                .. r.Cells, Cell.Count(r.Worth.Trades), Cell.Count(r.Worth.Taken), Cell.Figure(r.Worth.Without), Cell.Figure(r.Worth.With),
                Cell.Figure(r.Worth.Low), Cell.Figure(r.Worth.High), Cell.Percent(r.Worth.CostWithout), Cell.Percent(r.Worth.CostWith),
            ]));
    }
}
