using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Engine.Catalogues;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Cli.Commands;

/// <summary>The machine-learning commands of a batch: <c>train</c> and <c>evaluate</c>.</summary>
internal static class LearningCommands
{
    internal record TrainOptions : LearningOptions
    {
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("print no progress")]
        public bool Quiet { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Train(CompositionRoot root) => Make(root, "train",
        "Train the models of a batch walk-forward and add a version of each to its registry; a stopped training continues where it was.",
        async (threads, spec, strategies, json, progress, token) =>
            Later(await Learn(threads).TrainAsync(spec, strategies, progress, token), json, RegistriesOf(spec)));

    public static Command Evaluate(CompositionRoot root) =>
        Make(root, "evaluate", "Run the strategies of a batch with and without their models, and compare their trades out of sample.",
        async (threads, spec, strategies, json, progress, token) =>
            Later(await Learn(threads).EvaluateAsync(spec, strategies, progress, token),
            json));

    // As the other commands take them: from the current folder.
    private static IReadOnlyList<string> RegistriesOf(BatchSpec spec) => [.. LearningReader.Read(spec).Select(s => s.Registry)
        .Select(r => r.Path is { } path ? Path.GetRelativePath(Environment.CurrentDirectory, path) : r.ToString())
        .Distinct(StringComparer.Ordinal)];

    private static LearnBatch Learn(int threads) => new(new EmbeddedHost(threads), TimeProvider.System, threads);

    /// <param name="work">Does the work with the number of threads, the batch, its strategies, and whether the result is JSON. Returns
    /// a function that prints the result and returns the exit code.</param>
    internal static Command Make(CompositionRoot root, string name, string description, Func<int, BatchSpec, int?, bool,
        IProgress<TrainingProgress>?, CancellationToken, Task<Func<int>>> work)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "a batch file with a learning section" };
        var command = new Command(name, description) { batch };
        var options = new OptionBinding<TrainOptions>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var count = Given.Threads(given.Threads);
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            var show = await ProgressView.ShowTrainingAsync(given.Quiet || given.Json,
                progress => work(count, spec, given.Strategies, given.Json, progress, token));
            return show();
        });
        return command;
    }

    // The result is shown after the progress view has ended.
    private static Func<int> Later(LearningReport report, bool json, IReadOnlyList<string>? registries = null) =>
        () => Show(report, json, registries ?? []);

    private static int Show(LearningReport report, bool json, IReadOnlyList<string> registries)
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
                [Column.Text("Strategy"), Column.Number("Trades without"), Column.Number("Trades with"),
                    Column.Number("Return without", "%"), Column.Number("Return with", "%"),
                    Column.Number("Won without", "%"), Column.Number("Won with", "%")],
                report.Units.SelectMany(u => u.Strategies).Select(e => new[]
                {
                    e.Strategy, Cell.Count(e.Trades), Cell.Count(e.Taken), Cell.Percent(e.ReturnWithout), Cell.Percent(e.ReturnWith),
                    Cell.Percent(e.WinRateWithout), Cell.Percent(e.WinRateWith),
                }));
            if (report.Risk is { } risk) Show(risk);
            foreach (var registry in registries.Where(r => r != ModelsCommands.UsualRegistry))
                Console.WriteLine($"The versions are in {registry}; 'granary models list --registry {registry}' lists them.");
            Console.WriteLine(ElapsedTime.OfProcess.Sentence());
        }
        return report.Units.Count > 0 && report.Units.All(u => u.Error is not null) ? CommandLine.Failed : 0;
    }

    private static void Show(RiskWorth risk)
    {
        TableWriter.Write($"The portfolio with the cap by a predicted drawdown and without, from {risk.From:yyyy-MM-dd} (UTC) on",
            [Column.Text("Portfolio"), Column.Number("Return", "%"), Column.Number("Max drawdown", "%"),
                Column.Number("Mean exposure", "%")],
            new[] { ("with the cap", risk.With), ("without", risk.Without) }.Select(r => new[]
            {
                r.Item1, Cell.Percent(r.Item2.Return), Cell.Percent(r.Item2.MaxDrawdown), Cell.Percent(r.Item2.MeanExposure),
            }));
        Console.WriteLine($"Of {Counted.Of(risk.Asked, "entry")}, {risk.Judged:N0} had a predicted drawdown: the cap reduced "
            + $"{risk.Cut:N0} of them and refused {risk.Refused:N0}.");
    }

    internal static string MainFigure(IReadOnlyDictionary<string, double> figures) =>
        figures.TryGetValue("auc", out var auc) ? string.Create(CultureInfo.InvariantCulture, $"AUC {auc:0.000}")
        : figures.TryGetValue("r2", out var r2) ? string.Create(CultureInfo.InvariantCulture, $"R² {r2:0.000}") : "";
}
