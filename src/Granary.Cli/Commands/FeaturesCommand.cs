using System.CommandLine;
using System.Text.Json;
using Granary.Backtesting.Screening;
using Granary.Cli.Tables;
using Granary.Engine.Catalogues;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary features BATCH.json</c>: distributions of features, and tests of their relation to the label.</summary>
internal static class FeaturesCommand
{
    private const int MostShown = 20;

    private sealed record Options : FeatureLabOptions
    {
        [Key("write the page of the study to this file")]
        public string? Out { get; init; }
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "a batch file with a learning section" };
        var command = new Command("features", "Show the distributions of a batch's features, and test which are related to the label.")
        {
            batch,
        };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var threads = Given.Threads(given.Threads);
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            var studies = await new FeatureLab(new EmbeddedHost(threads), threads).RunAsync(spec, given, token);
            if (given.Out is { } path) AtomicFile.Write(path, writer => FeaturePage.Write(writer, studies));
            if (given.Json) Console.WriteLine(JsonSerializer.Serialize(studies, Output.Json));
            else Show(studies);
            return studies.Studies.All(s => s.Error is not null) ? CommandLine.Failed : 0;
        });
        return command;
    }

    private static void Show(FeatureStudies studies)
    {
        foreach (var study in studies.Studies)
        {
            if (study.Error is { } error)
            {
                CommandLine.Complain($"{study.Data}, {study.Label}: {error}");
                continue;
            }
            TableWriter.Write($"{study.Data}, {study.Label}: {Counted.Of(study.Samples, "sample")} whose labels do not overlap"
                + (study.Features.Count > MostShown ? $"; the first {MostShown} of {Counted.Of(study.Features.Count, "feature")}" : ""),
                [Column.Text("Feature"), Column.Number("Missing", "%"), Column.Number("Rank correlation"), Column.Number("p"),
                    Column.Number("Corrected p"), Column.Text("Finding")],
                study.Features.Take(MostShown).Select(f => new[]
                {
                    f.Name, Cell.Percent(f.Figures.Missing), Cell.Figure(f.Correlation), NumberText.PValue(f.PValue),
                    NumberText.PValue(f.Adjusted), f.Remark,
                }));
            if (study.ReferenceSentence is { Length: > 0 } read) Console.WriteLine(read);
            Console.WriteLine(study.Chosen.Count == 0 ? "No feature is relevant."
                : $"Chosen: \"features\": [{string.Join(", ", study.Chosen.Select(c => $"\"{c}\""))}]");
        }
        Console.WriteLine(ElapsedTime.OfProcess.Sentence());
    }
}
