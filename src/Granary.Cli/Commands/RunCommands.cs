using System.CommandLine;
using System.Text;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Causality;
using Granary.Application.RunFolders;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Application.Verification;
using Granary.Application.WalkForward;
using Granary.Data.Files;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary>What is done with a finished run: verify, report.</summary>
internal static class RunCommands
{
    public static Command Verify(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "a run's folder" };
        var sample = new Option<int?>("--sample") { Description = "how many strategies the look-ahead check covers (all)" };
        var cuts = new Option<int>("--cuts")
        {
            DefaultValueFactory = _ => 12,
            Description = "how often the future of each strategy is changed: half of them at random times, half right after its own "
                + "decisions"
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("verify",
            "Run a finished run again from its manifest, compare the digests, and check for look-ahead.") { run, sample, cuts, json };
        command.SetAction(async (call, token) =>
        {
            var host = new EmbeddedHost(Environment.ProcessorCount, VerifyRun.BlockSize);
            var result = await VerifyRun.RunAsync(call.GetValue(run)!, root.Catalogues(call), host,
                TimeProvider.System, LookAheadEffort.OfCuts(call.GetValue(sample) ?? int.MaxValue, call.GetValue(cuts)), null, token);
            if (call.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    result.Passed,
                    result.Expected,
                    result.Actual,
                    result.DataChanged,
                    causality = new
                    {
                        result.Causality.Passed,
                        result.Causality.Strategies,
                        result.Causality.Cuts,
                        result.Causality.Found,
                        result.Causality.Factors,
                        result.Causality.FactorsFound,
                        result.Causality.Classes,
                        Reaches = result.Causality.Reaches.Select(r => new
                        {
                            r.Class,
                            Kind = JsonNamingPolicy.CamelCase.ConvertName(r.Kind.ToString()),
                            r.Sentence
                        })
                    },
                    result.Proofs
                },
                            Output.Json));
            }
            else
            {
                Console.WriteLine(result.Expected == result.Actual ? $"The digest is the same: {result.Actual}"
                    : $"The digest differs: the run has {result.Expected}, now it is {result.Actual}");
                foreach (var symbol in result.DataChanged) Console.WriteLine($"The bars of {symbol} are not those of the run");
                Console.WriteLine(result.Causality.Passed
                    ? $"No look-ahead: {result.Causality.Strategies:N0} strategies "
                        + $"and {result.Causality.Factors:N0} factors did the same "
                        + $"before {result.Causality.Cuts} times after which prices, volumes and times of every bar were changed"
                    : $"LOOK-AHEAD in {result.Causality.Found.Count} strategies "
                        + $"and {result.Causality.FactorsFound.Count} factors; {result.Causality.Reaches.Select(r => r.Class).Distinct().Count()} classes reach beyond their bars:");
                foreach (var found in result.Causality.Found.Concat(result.Causality.FactorsFound))
                    Console.WriteLine($"  {found.Strategy}: {found.Sentence} (cut at {RunText.Time(found.Cut.Ticks)})");
                foreach (var reach in result.Causality.Reaches) Console.WriteLine($"  {reach.Class}: {reach.Sentence}");
                foreach (var claim in result.Proofs)
                    Console.WriteLine($"{(claim.Holds ? "Holds" : "DOES NOT HOLD")}: {claim.Claim} ({claim.Figures})");
            }
            return result.Passed ? 0 : CommandLine.Failed;
        });
        return command;
    }

    public static Command Report(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "a run's folder" };
        var command = new Command("report", "Rebuild a run's report from its manifest.") { run };
        command.SetAction(async (call, token) =>
        {
            var folder = call.GetValue(run)!;
            var manifest = RunManifest.Read(folder);
            var spec = new BatchReader(root.Catalogues(call))
                .Read(Path.Combine(folder, "manifest.json (spec)"), Encoding.UTF8.GetBytes(manifest.BatchText), manifest.Folder);
            // The page names the run by its folder.
            var parent = Directory.CreateTempSubdirectory("granary-report-").FullName;
            var temporary = Path.Combine(parent, Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)));
            try
            {
                var options = new BatchOptions { Out = temporary, Yes = true, Only = ["report"] };
                var again = manifest.IsWalkForward
                    ? (await new WalkForwardRunner(TimeProvider.System, TrialLedger.OfUser()).RunAsync(spec, options, null, token)).Run
                    : await new BatchRunner(new EmbeddedHost(Environment.ProcessorCount), TimeProvider.System,
                        ledger: TrialLedger.OfUser()).RunAsync(
                        spec with
                        {
                            Outputs = spec.Outputs
                            with
                            { Names = [.. spec.Outputs.Names.Union(["report", "trades", "signals"], StringComparer.Ordinal)] }
                        },
                            options, null, token);
                AtomicFile.Write(Path.Combine(folder, "report.html"), File.ReadAllBytes(Path.Combine(temporary, "report.html")));
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
}
