using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Cli.Reinforcement;
using Granary.Cli.Tables;
using Granary.Engine;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary>
/// <c>granary reinforce BATCH.json</c>: runs a batch whose weights a policy learns, and compares the policy with baselines.
/// </summary>
internal static class ReinforceBatch
{
    /// <param name="file">The batch file.</param>
    /// <exception cref="InputException">The batch's weights are not learned, or it is wrong.</exception>
    public static async Task<int> RunAsync(BatchSpec spec, string file, BatchOptions options, (bool Quiet, bool Json) output,
        CancellationToken cancellationToken)
    {
        LearnedWeights.Require(spec, file);
        var runner = new BatchRunner(new EmbeddedHost(options.Threads), TimeProvider.System);
        BatchRun run;
        using (var view = new ReinforceView(output.Quiet || output.Json))
            run = await runner.RunAsync(spec, options with { Allocator = view }, null, cancellationToken);
        var allocator = run.Model.Section<AllocatorResults>();
        if (output.Json) Console.WriteLine(Outcome(run, allocator));
        else if (!output.Quiet) Show(run, allocator);
        if (run.Interrupted)
            CommandLine.Complain($"stopped; continue with: granary reinforce {file} --out {run.Folder} --resume");
        else if (allocator is null)
            CommandLine.Complain(run.Model.Notes.FirstOrDefault(n => n.Code == NoteCode.Weights)?.Sentence
                ?? "no policy was trained, since no strategy finished");
        return run.Interrupted || allocator is null ? CommandLine.Failed : 0;
    }

    private static string Outcome(BatchRun run, AllocatorResults? allocator) => JsonSerializer.Serialize(new
    {
        Run = run.Folder,
        Seconds = Math.Round(run.Model.Seconds, 4),
        run.Model.Digest,
        run.Report,
        run.Interrupted,
        allocator?.Promoted,
        Version = allocator?.Windows[^1].Version,
        Windows = allocator?.Windows.Count,
        Growth = allocator?.Growth.Select(g => new { g.Method, g.Value, Interval = new[] { g.Low, g.High } }),
        Improvement = allocator?.Improvement.Select(Shown),
        ImprovementStressed = allocator?.ImprovementStressed.Select(Shown),
        Notes = Output.Notes(run.Model),
    }, Output.Json);

    private static object Shown(BaselineImprovement i) => new { i.Baseline, i.Value, Interval = new[] { i.Low, i.High } };

    private static void Show(BatchRun run, AllocatorResults? allocator)
    {
        if (allocator is not null)
        {
            TableWriter.Write($"{run.Model.Name}: log growth over the test windows",
                [Column.Text("Method"), Column.Number("Interquartile mean", "%"), Column.Number("Low 95 %", "%"),
                    Column.Number("High 95 %", "%")],
                allocator.Growth.Select(g => new[] { g.Method, Cell.Percent(g.Value), Cell.Percent(g.Low), Cell.Percent(g.High) }));
            TableWriter.Write("Probability that the policy does better",
                [Column.Text("Than"), Column.Number("Probability"), Column.Number("Low 95 %"), Column.Number("With doubled costs"),
                    Column.Number("Low 95 %")],
                allocator.Improvement.Zip(allocator.ImprovementStressed, (a, b) => new[]
                {
                    a.Baseline, Cell.Ratio(a.Value), Cell.Ratio(a.Low), Cell.Ratio(b.Value), Cell.Ratio(b.Low),
                }));
            var last = allocator.Windows[^1];
            var state = allocator.Promoted ? "promoted" : "not promoted";
            Console.WriteLine($"{Counted.Of(allocator.Windows.Count, "window")}, {Counted.Of(last.Seeds.Count, "seed")} each"
                + (last.Version is { } version ? $"; the last policy is {version}, {state}" : ""));
        }
        Output.WriteNotes(run.Model, run.Folder);
        Output.WriteRun(run.Model.Digest, run.Report, run.Folder);
    }
}
