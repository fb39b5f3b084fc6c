using System.CommandLine;
using System.Text.Json.Serialization;
using Granary.Backtesting.FactorStudies;
using Granary.Cli.Tables;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;
using Spectre.Console;

namespace Granary.Cli.Commands;

/// <summary><c>granary factors study</c>: tests whether factors order the later returns of symbols.</summary>
internal static class FactorStudyCommand
{
    internal sealed record Options : FactorStudyOptions
    {
        [Key("symbols of a SOURCE, with commas between", Without = "all")]
        public IReadOnlyList<string>? Symbols { get; init; }
        [Key("timeframe of a SOURCE's bars (1d)")]
        public string? Timeframe { get; init; }
        [Key("first bar of a SOURCE, UTC; earlier bars warm up the factors")]
        [JsonConverter(typeof(UtcTicks))]
        public long? From { get; init; }
        [Key("end of a SOURCE's bars, UTC: the first that is left out"), JsonConverter(typeof(UtcTicks))]
        public long? To { get; init; }
        [Key("the folder of the study (runs/study-<UTC>)")]
        public string? Out { get; init; }
        [Key("embedded, or the address of a server")]
        public string Host { get; init; } = "embedded";
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("print only faults")]
        public bool Quiet { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var source = new Argument<string>("SOURCE|BATCH.json")
        {
            Description = "bars, such as csv:DIR or store:DIR, or a batch file whose sections data and universe are used",
        };
        var command = new Command("study",
            "Test whether factors order the later returns of symbols: information coefficients, quantiles, turnover, false discoveries.")
        {
            source,
        };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var threads = Given.Threads(given.Threads);
            var request = FactorStudyRequest.Of(call.GetValue(source)!, given);
            var (results, folder) = await ShowAsync(given.Quiet || given.Json, progress => given.Host == "embedded"
                ? HereAsync(root.Catalogues(call), request, given, threads, progress, token)
                : ThereAsync(root, request, given, progress, token));
            if (given.Json) Console.WriteLine(FactorStudyJson.Write(results));
            else if (!given.Quiet) Show(results, folder);
            return 0;
        });
        return command;
    }

    private static async Task<T> ShowAsync<T>(bool silent, Func<IProgress<string>?, Task<T>> work)
    {
        if (silent || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return await work(null);
        return await AnsiConsole.Status().StartAsync("opening the bars",
            context => work(new Stages(s => context.Status(Markup.Escape(s)))));
    }

    private static async Task<(FactorStudyResults, string)> HereAsync(Simulation.Catalogues.GranaryCatalogues catalogues,
        FactorStudyRequest request, Options given, int threads, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var spec = request.Read(catalogues);
        FactorStudy study;
        try
        {
            study = await new FactorStudyRun(threads).RunAsync(spec, progress, cancellationToken);
        }
        catch (InputException e)
        {
            throw request.Shown(e);
        }
        var folder = Path.GetFullPath(given.Out ?? RunFolder.UsualPath("study", TimeProvider.System.GetUtcNow().UtcDateTime));
        FactorStudyFiles.Write(folder, study);
        return (study.Results, folder);
    }

    private static async Task<(FactorStudyResults, string)> ThereAsync(CompositionRoot root, FactorStudyRequest request, Options given,
        IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var client = root.Server(given.Host);
        try
        {
            var job = await client.SubmitJobAsync(request.Body, request.Folder, request.File, cancellationToken);
            await RemoteJob.EndAsync(client, job, s => progress?.Report(s.Progress.Stage ?? "waiting"), cancellationToken);
            var folder = Path.GetFullPath(given.Out ?? Path.Combine("runs", job.Id));
            await client.DownloadAsync(job.Id, folder, cancellationToken);
            return (FactorStudyJson.Read(folder), folder);
        }
        catch (InputException e)
        {
            throw request.Shown(e);
        }
    }

    private static void Show(FactorStudyResults study, string folder)
    {
        TableWriter.Write($"{Counted.Of(study.Symbols, "symbol")}, {Counted.Of(study.Dates, "date")}; q is corrected for "
            + $"{Counted.Of(study.Tests, "test")} (Benjamini and Yekutieli), and at most {study.Level:0.##%} of the discoveries are expected "
            + "to be chance",
            [Column.Text("Factor"), Column.Number("Horizon", "bars"), Column.Number("Mean IC"), Column.Number("95 % low"),
                Column.Number("95 % high"), Column.Number("t"), Column.Number("p"), Column.Number("q"), Column.Number("Spread", "%"),
                Column.Text("Finding")],
            study.Factors.SelectMany(f => f.Horizons.Select(h => new[]
            {
                f.Factor, Cell.Count(h.Horizon), Cell.Figure(h.Ic.Mean), Cell.Figure(h.Ic.Low), Cell.Figure(h.Ic.High),
                Cell.Ratio(h.Ic.T ?? double.NaN), P(h.Ic.P), P(h.Q), Cell.Percent(h.Spread.Mean), h.IsDiscovery ? "discovery" : "",
            })));
        foreach (var note in study.Notes) Output.Marked("Note", note);
        if (study.Trials is { } trials)
            Console.WriteLine(trials.Fault is { } fault ? $"The trials of others are not counted: {fault}"
                : $"Trials ever made on these bars: {trials.All:N0}");
        Console.WriteLine(ElapsedTime.OfProcess.Sentence());
        Output.WriteRun(study.Digest, Path.Combine(folder, FactorStudyFiles.Page), folder);
    }

    private static string P(double? p) => p is { } value ? NumberText.PValue(value) : NumberText.Undefined;

    private sealed class Stages(Action<string> show) : IProgress<string>
    {
        public void Report(string value) => show(value);
    }
}
