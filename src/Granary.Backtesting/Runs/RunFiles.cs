using System.Runtime.ExceptionServices;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;
using Granary.Storage.Files;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "write": writes the files of a run concurrently. Each file has one writer, so its content does not depend on the threads.
/// </summary>
internal sealed class RunFiles(RunContext run)
{
    /// <summary>Writes some of the files before <see cref="WriteAll"/>.</summary>
    public void Write(params IEnumerable<OutputFile> files) => AtOnce(files);

    /// <summary>
    /// Writes the report with its figures and results.json, which show the complete model, the given files and, last, the manifest.
    /// </summary>
    /// <param name="events">The events for the report's tables of single trades.</param>
    public void WriteAll(RunModel model, IRunEvents events, IEnumerable<OutputFile> files)
    {
        model = run.Options.Rebuilds is { } first ? first.Restore(model) : model with { ElapsedSeconds = run.ElapsedSeconds };
        run.Options.OnFinished?.Invoke(model, events);
        var isWalkForward = model.Section<WalkForwardResults>() is not null;
        var report = new RunReport(model, events);
        // Files that take longest come first.
        AtOnce([
            OutputFile.Text(isWalkForward ? null : "report", "report.html", report.WritePage),
            new OutputFile(isWalkForward ? null : "results", "results.json", s => ResultsJson.Write(s, model)),
            .. files,
            OutputFile.Typed(StrategyTable.Name, () => StrategyTable.Of([.. model.Strategies.Select(StrategyOfRun.Of)])),
            .. model.Section<ResamplingResults>() is { } resampling
                ? [OutputFile.Of("resampling", ResamplingTable.Name, ResamplingTable.Of(resampling))]
                : (OutputFile[])[],
            new OutputFile(isWalkForward ? null : "report", RunReport.AnalysisFile, report.WriteAnalysis),
        ]);
        // Last, so that a folder with a manifest is complete.
        AtomicFile.Write(run.Folder.PathOf("manifest.json"), RunManifest.Write(model, run.Plan, run.Options.Validation));
    }

    private void AtOnce(IEnumerable<OutputFile> files)
    {
        try
        {
            Parallel.ForEach(files.Where(IsWanted).SelectMany(f => f.In(run.OutputFormats)),
                new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, run.Options.Threads) }, Write);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
    }

    private void Write(OutputFile file)
    {
        using var step = GranaryInstruments.Traces.StartActivity("file");
        step?.SetTag(GranaryInstruments.File, file.Name);
        var path = run.Folder.PathOf(file.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, file.Write);
        step?.SetTag(GranaryInstruments.Bytes, new FileInfo(path).Length);
    }

    private bool IsWanted(OutputFile file) => file.Output is not { } output
        || run.Spec.Outputs.Has(output) && run.Options.Only?.Contains(output, StringComparer.Ordinal) != false;
}
