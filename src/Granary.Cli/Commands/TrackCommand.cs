using System.CommandLine;
using System.Globalization;
using Granary.Cli.Tables;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Learning.Tracking;
using Granary.Reporting.Runs;
using Granary.Storage.Addresses;
using Granary.Storage.Files;
using Granary.Trading.Track;

namespace Granary.Cli.Commands;

/// <summary><c>granary track</c>: replicates an index with few stocks.</summary>
internal static class TrackCommand
{
    private sealed record Options : TrackOptions
    {
        [Key("write a report to this file, such as replica.html: residual, stocks with their history, tracking error by number of stocks")]
        public string? Out { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("track", "Replicate an index with few stocks by matching pursuit.");
        var options = new OptionBinding<Options>(command);
        var batch = new Option<string?>("--batch")
        {
            Description = "write a batch that trades the replica, such as replica.json: the class IndexReplica with these weights",
        };
        command.Add(batch);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var result = await TrackIndex.RunAsync(given, given.Universe is null ? null : Address.Parse(given.Index),
                new BarFileOptions { Formats = root.Catalogues(call).Formats }, token);
            if (given.Out is { } path) AtomicFile.Write(path, w => result.Report(Path.GetFileNameWithoutExtension(given.Index)).Write(w));
            if (call.GetValue(batch) is { } file)
            {
                var text = ReplicaBatch.Text(given, result);
                AtomicFile.Write(file, w => w.Write(text));
            }
            if (given.Json)
            {
                foreach (var note in result.Notes) Console.Error.WriteLine(note);
                Console.WriteLine(TrackJson.Write(result));
                return 0;
            }
            foreach (var note in result.Notes) Output.Marked("Note", note);
            Replica(given.Index, result);
            return 0;
        });
        return command;
    }

    private static void Replica(string index, TrackResult result)
    {
        var fit = result.Fit;
        TableWriter.Write($"{index}: a replica of {Counted.Of(fit.Support.Count, result.Names.Count, "name")}, in the order of choice",
            [Column.Text("Name"), Column.Number("Weight", "%")],
            fit.Support.Select((s, i) => new[] { result.Names[s], Cell.Percent(fit.Weights[i]) })
                .Append(["Sum of the weights", Cell.Percent(fit.Support.Select((_, i) => fit.Weights[i]).Sum())]));
        if (fit.Intercept != 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Intercept {fit.Intercept:G6} a period, which no holding earns"));
        List<string[]> over = [Quality(result.OutOfSample is null ? "in sample: all periods were fitted" : "in sample: the fitted periods",
            result.Fitted, result.InSample)];
        if (result.OutOfSample is { } later)
            over.Add(Quality("out of sample: the later periods", result.Times.Length - result.Fitted, later));
        if (result.Rolling is { } rolling)
            over.Add(Quality("out of sample: the rolling choice", rolling.Replica.Length, rolling.OutOfSample));
        TableWriter.Write("Tracking quality",
            [Column.Text("Over"), Column.Number("Periods"), Column.Number("Tracking error", "% a year"), Column.Number("Correlation"),
                Column.Number("Information ratio"), Column.Number("Residual norm")], over);
        if (result.InSampleNote is { } note) Output.Marked("Note", note);

        static string[] Quality(string over, long periods, TrackingQuality q) =>
            [over, Cell.Count(periods), Cell.Percent(q.TrackingError), Cell.Figure(q.Correlation), Cell.Ratio(q.InformationRatio),
                Cell.Figure(q.ResidualNorm)];
    }
}
