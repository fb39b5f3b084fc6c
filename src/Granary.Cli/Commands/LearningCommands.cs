using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Models;
using Granary.Application.Simulation;
using Granary.Cli.Tables;
using Granary.Learning.Registry;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary>
/// The machine-learning life of a batch: <c>train</c>, <c>evaluate</c>, <c>experiment</c>, and the versions of its <c>models</c>.
/// </summary>
internal static class LearningCommands
{
    public static Command Train(CompositionRoot root) => Make(root, "train",
        "Train the models of a batch walk-forward and add a version of each to its registry; a stopped training goes on where it was.",
        async (learn, spec, strategies, json, progress, token) => Later(await learn.TrainAsync(spec, strategies, progress, token), json));

    public static Command Evaluate(CompositionRoot root) =>
        Make(root, "evaluate", "Run the strategies of a batch with their models and without, and count what was out of sample.",
        async (learn, spec, strategies, json, progress, token) => Later(await learn.EvaluateAsync(spec, strategies, progress, token),
            json));

    public static Command Experiment(CompositionRoot root) =>
        Make(root, "experiment", "Compare trainers and labels on the windows of a batch's learning section.",
        async (learn, spec, strategies, json, progress, token) =>
        {
            var trials = await learn.ExperimentAsync(spec, strategies, progress, token);
            return () =>
            {
                if (json) Console.WriteLine(JsonSerializer.Serialize(trials, Output.Json));
                else
                {
                    TableWriter.Write("Trainers and labels, judged out of sample; the gap is in sample less out of sample, p is corrected "
                        + "for the number of trials",
                        [Column.Text("Data"), Column.Text("Trainer"), Column.Text("Label"), Column.Text("Figure"),
                            Column.Number("Out of sample"), Column.Number("Gap"), Column.Number("p"), Column.Number("Time", "s")],
                        trials.Select(t => new[] { t.Data, t.Trainer, t.Label, t.FigureName, Cell.Figure(t.Figure),
                            Cell.Figure(t.TrainTestGap), Cell.Figure(t.PValue), Cell.Seconds(t.Seconds) }));
                    foreach (var failed in trials.Where(t => t.Error is not null))
                        CommandLine.Complain($"{failed.Data}, {failed.Trainer}, {failed.Label}: {failed.Error}");
                    Console.WriteLine(FeltTime.OfProcess.Sentence());
                }
                return trials.All(t => t.Error is not null) ? CommandLine.Failed : 0;
            };
        });

    private static Command Make(CompositionRoot root, string name, string description, Func<LearnBatch, BatchSpec, string, bool,
        IProgress<TrainingProgress>?, CancellationToken, Task<Func<int>>> work)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "a batch file with a learning section" };
        var strategies = new Option<string>("--strategies")
        {
            DefaultValueFactory = _ => "all",
            Description = "all, or how many of the batch's first strategies"
        };
        var threads = new Option<int>("--threads")
        {
            DefaultValueFactory = _ => Environment.ProcessorCount,
            Description = "threads to use (all)"
        };
        var quiet = new Option<bool>("--quiet") { Description = "print no progress" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(name, description) { batch, strategies, threads, quiet, json };
        command.SetAction(async (call, token) =>
        {
            var count = Given.Threads(call.GetValue(threads));
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            var learn = new LearnBatch(new EmbeddedHost(count), TimeProvider.System, count);
            var show = await ProgressView.ShowTrainingAsync(call.GetValue(quiet) || call.GetValue(json),
                progress => work(learn, spec, call.GetValue(strategies)!, call.GetValue(json), progress, token));
            return show();
        });
        return command;
    }

    // The result is shown when the progress is off the screen.
    private static Func<int> Later(LearningReport report, bool json) => () => Show(report, json);

    private static int Show(LearningReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(report.ToJson());
        }
        else
        {
            foreach (var problem in report.Problems) CommandLine.Complain(problem);
            // 'evaluate' adds no versions.
            var isRegistered = report.Units.Any(u => u.Version is not null);
            TableWriter.Write("Models: AUC of classes, R² of numbers; the gap is in sample less out of sample",
                [Column.Text("Model"), .. isRegistered ? [Column.Number("Version")] : (Column[])[], Column.Text("Trainer"),
                    Column.Text("Label"), Column.Number("Samples"), Column.Number("Windows"),
                    Column.Number("Out of sample"), Column.Number("In sample"), Column.Number("Gap")],
                report.Units.Select(u => (string[])
                [
                    u.Name, .. isRegistered ? [u.Version?.Split(':')[^1] ?? ""] : (string[])[], u.Trainer, u.Label,
                    Cell.Count(u.Samples), Cell.Count(u.Windows.Count),
                    MainFigure(u.OutOfSample), MainFigure(u.InSample), Cell.Figure(u.TrainTestGap),
                ]));
            TableWriter.Write("Strategies without and with their model, over trades whose signal it judged out of sample; a return is the "
                + "sum of the trades' returns",
                [Column.Text("Strategy"), Column.Number("Trades"), Column.Number("Taken"), Column.Number("Return without", "%"),
                    Column.Number("Return with", "%"), Column.Number("Won without", "%"), Column.Number("Won with", "%")],
                report.Units.SelectMany(u => u.Strategies).Select(e => new[]
                {
                    e.Strategy, Cell.Count(e.Trades), Cell.Count(e.Taken), Cell.Percent(e.ReturnWithout), Cell.Percent(e.ReturnWith),
                    Cell.Percent(e.WinRateWithout), Cell.Percent(e.WinRateWith),
                }));
            Console.WriteLine(FeltTime.OfProcess.Sentence());
        }
        return report.Units.Count > 0 && report.Units.All(u => u.Error is not null) ? CommandLine.Failed : 0;
    }

    private static string MainFigure(IReadOnlyDictionary<string, double> figures) =>
        figures.TryGetValue("auc", out var auc) ? string.Create(CultureInfo.InvariantCulture, $"AUC {auc:0.000}")
        : figures.TryGetValue("r2", out var r2) ? string.Create(CultureInfo.InvariantCulture, $"R² {r2:0.000}") : "";

    /// <summary><c>models list|show|promote|rollback|compare|predict</c>: the versions of a registry.</summary>
    public static Command Models(CompositionRoot root)
    {
        var registry = new Option<string>("--registry")
        {
            DefaultValueFactory = _ => "models",
            Description = "the folder of versions, or postgres://…"
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var name = new Argument<string>("NAME") { Description = "the model" };
        var version = new Argument<int>("VERSION");
        var wanted = new Argument<int?>("VERSION") { Arity = ArgumentArity.ZeroOrOne };
        var other = new Argument<int>("OTHER");
        ModelRegistry Open(ParseResult call) => new(ModelStores.Open(call.GetValue(registry)!), root.Catalogues(call).ModelKinds);

        var list = new Command("list", "Every model and version, and which one is current.") { registry, json };
        list.SetAction(call =>
        {
            var models = Open(call);
            var rows = models.Models()
                .SelectMany(m => models.Versions(m).Select(v => (Version: v, Current: models.Pointer(m).Current == v.Number))).ToList();
            if (call.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(rows.Select(r => new
                {
                    r.Version.Model,
                    r.Version.Number,
                    r.Current,
                    r.Version.ModelHash,
                    r.Version.Lineage
                }), Output.Json));
            else
                TableWriter.Write("", [Column.Text("Model"), Column.Number("Version"), Column.Text("Current"), Column.Text("Trainer"),
                    Column.Text("Label"), Column.Text("Trained to (UTC)"), Column.Number("Out of sample"), Column.Number("Gap")],
                    rows.Select(r => new[]
                    {
                        r.Version.Model, Cell.Count(r.Version.Number), r.Current ? "current" : "", r.Version.Lineage.Trainer,
                        r.Version.Lineage.Label,
                        RunText.Time(r.Version.Lineage.To.Ticks), MainFigure(r.Version.Lineage.OutOfSample),
                        Cell.Figure(r.Version.Lineage.TrainTestGap),
                    }), $"{call.GetValue(registry)} has no model; 'granary train BATCH.json' makes one");
            return 0;
        });
        var show = new Command("show",
            "Where a version comes from: data, window, features, parameters, seed and figures; the current one where none is named.")
                { name, wanted, registry, json };
        show.SetAction(call =>
        {
            var models = Open(call);
            var shown = call.GetValue(wanted) is { } number ? models.Version(call.GetValue(name)!, number)
                : models.Load(call.GetValue(name)!).Version;
            var current = models.Pointer(shown.Model).Current == shown.Number;
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(new
            {
                shown.Model,
                shown.Number,
                Current = current,
                shown.ModelHash,
                shown.Lineage
            }, Output.Json));
            else
                TableWriter.Write("", [Column.Text("Field"), Column.Text("Value")],
                    [["model", shown.Model], ["version", shown.Number.ToString() + (current ? ", current" : "")],
                        .. ModelRegistry.Fields(shown).Select(f => new[] { f.Key, f.Value })]);
            return 0;
        });
        var promote = new Command("promote", "Make a version the current one.") { name, version, registry };
        promote.SetAction(call =>
        {
            Console.WriteLine(
                $"{call.GetValue(name)}: version {Open(call).Promote(call.GetValue(name)!, call.GetValue(version)).Current} is current");
            return 0;
        });
        var rollback = new Command("rollback", "Make the version before the current one current again.") { name, registry };
        rollback.SetAction(call =>
        {
            Console.WriteLine($"{call.GetValue(name)}: version {Open(call).RollBack(call.GetValue(name)!).Current} is current");
            return 0;
        });
        var compare = new Command("compare", "How two versions differ.") { name, version, other, registry, json };
        compare.SetAction(call =>
        {
            var result = Open(call).Compare(call.GetValue(name)!, call.GetValue(version), call.GetValue(other));
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(result.Differences.Select(d => new
            {
                d.Field,
                d.First,
                d.Second
            }), Output.Json));
            else TableWriter.Write("", [Column.Text("Field"), Column.Text($"Version {call.GetValue(version)}"),
                Column.Text($"Version {call.GetValue(other)}")], result.Differences.Select(d => new[] { d.Field, d.First, d.Second }),
                "The versions do not differ.");
            return 0;
        });
        var table = new Argument<string>("TABLE.csv") { Description = "a table with the model's features as columns" };
        var number = new Option<int?>("--model-version") { Description = "the version (the current one)" };
        var predict = new Command("predict",
            "What a version says of the rows of a table: the probability of 1, or the number that it expects.") { name, table, number,
                registry, json };
        predict.SetAction(call =>
        {
            var (asked, rows, predictions) =
                LearnTable.Predict(Open(call), call.GetValue(name)!, call.GetValue(number), call.GetValue(table)!);
            if (call.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { asked.Model, asked.Number, Rows = rows, Predictions = predictions },
                    Output.Json));
                return 0;
            }
            Console.WriteLine("row,prediction");
            for (var i = 0; i < rows.Length; i++) Console.WriteLine($"{rows[i]},{RunText.Number(predictions[i])}");
            return 0;
        });
        return new Command("models", "Versions of trained models: list, show, promote, rollback, compare, predict.") { list, show, promote,
            rollback, compare, predict };
    }
}
