using System.CommandLine;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Reporting.Html.Pages;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary report RUN_DIR</c>: rebuilds the report of a finished run.</summary>
internal static class ReportCommand
{
    public static Command Create(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "a run's folder" };
        var command = new Command("report", "Rebuild a run's report from its manifest.") { run };
        command.SetAction(async (call, token) =>
        {
            var folder = call.GetValue(run)!;
            var manifest = RunManifest.Read(folder);
            if (manifest.Interrupted)
                throw new InputException($"{folder} was interrupted, and its report has only the finished strategies; finish it with "
                    + $"{RunManifest.CommandOf(manifest.Kind)} --resume, which writes the whole report");
            if (LiveDivergence.IsLive(folder))
                throw new InputException($"{folder} is the run of a live session, whose bars and fills cannot be run again; its "
                    + "report is written when the session ends");
            var spec = manifest.ReadBatch(root.Catalogues(call), Path.Combine(folder, "manifest.json (spec)"));
            // The page names the run by its folder.
            var parent = Directory.CreateTempSubdirectory("granary-report-").FullName;
            var temporary = Path.Combine(parent, Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)));
            try
            {
                var options = new BatchOptions
                {
                    Out = temporary,
                    Yes = true,
                    Only = ["report"],
                    Versions = VersionUse.Find,
                    Validation = manifest.HasChecks,
                    Rebuilds = manifest,
                    Optimises = spec.HasSearch && manifest.Kind != RunKinds.WalkForward,
                };
                var again = manifest.Kind == RunKinds.WalkForward
                    ? (await new WalkForwardRunner(new EmbeddedHost(options.Threads), TimeProvider.System)
                        .RunAsync(spec, options, null, token)).Run
                    : await new BatchRunner(new EmbeddedHost(Environment.ProcessorCount), TimeProvider.System)
                        .RunAsync(WithReport(spec), options, null, token);
                foreach (var file in (string[])["report.html", RunReport.AnalysisFile])
                    AtomicFile.Write(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(temporary, file)));
                Console.WriteLine($"Report {Path.GetFullPath(Path.Combine(folder, "report.html"))}");
                if (again.Model.Digest == manifest.Digest) return 0;
                CommandLine.Complain($"the bars or the program have changed: the run's digest "
                    + $"is {manifest.Digest}, and the rebuilt report is of {again.Model.Digest}");
                return CommandLine.Failed;
            }
            finally
            {
                Directory.Delete(parent, recursive: true);
            }
        });
        return command;
    }

    // A run without a report gets one with all that can be shown.
    private static BatchSpec WithReport(BatchSpec spec) => spec.Outputs.Has("report") ? spec : spec with
    {
        Outputs = spec.Outputs with
        {
            Names = [.. spec.Outputs.Names.Union(["report", "trades", "signals"], StringComparer.Ordinal)],
        },
    };
}
