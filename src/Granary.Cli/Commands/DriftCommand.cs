using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Engine.Catalogues;
using Granary.Learning.Drift;
using Granary.Modelling.Drift;

namespace Granary.Cli.Commands;

/// <summary><c>granary drift SERIES.csv</c>: changes in one column of a file.</summary>
internal static class DriftCommand
{
    private sealed record Options
    {
        [Key("the column to examine")]
        public required string Column { get; init; }
        [Key("adwin, page-hinkley, ddm or kswin, row by row; psi compares all rows with the first ones")]
        public required string Detector { get; init; }
        [Key("the detector's parameters, such as \"delta=0.002;clock=32\"; names as in river; psi: bins, alpha, features, looks, "
            + "threshold")]
        public string? Params { get; init; }
        [Key("for psi: the number of first rows, with which all others are compared")]
        public int? Reference { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create()
    {
        var file = new Argument<string>("SERIES.csv") { Description = "a table with a header, rows in time order" };
        var command = new Command("drift", "Find changes in a series of numbers, such as a model's losses.") { file };
        var options = new OptionBinding<Options>(command);
        command.SetAction(call =>
        {
            var given = options.Read(call);
            var request = new DriftRequest(call.GetValue(file)!, given.Column, given.Detector,
                Given.Parameters(given.Params?.Replace(',', ';')), given.Reference);
            if (given.Detector == SeriesDrift.Stability) Write(SeriesDrift.Compare(request), given.Json, Sentence);
            else Write(SeriesDrift.Detect(request, DriftDetectorCatalogue.BuiltIn), given.Json, Sentence);
        });
        return command;
    }

    private static void Write<T>(T findings, bool json, Func<T, string> sentence)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(findings, Output.Json));
            return;
        }
        TableWriter.Write("", [Column.Text("Figure"), Column.Text("Value")],
            JsonSerializer.SerializeToElement(findings, Output.Json).EnumerateObject().Select(p => new[]
            {
                p.Name,
                p.Value.ValueKind == JsonValueKind.Array ? string.Join(", ", p.Value.EnumerateArray()) : p.Value.ToString(),
            }));
        Console.WriteLine(sentence(findings));
    }

    private static string Sentence(DriftFindings found) => found.Drifts.Count switch
    {
        0 => $"No drift in {found.Rows} rows.",
        1 => $"One drift in {found.Rows} rows, at row {found.Drifts[0]} (counted from 0).",
        var count => $"{count} drifts in {found.Rows} rows, the first at row {found.Drifts[0]} (counted from 0).",
    };

    private static string Sentence(StabilityFindings found) => string.Create(CultureInfo.InvariantCulture,
        $"{(found.Drift ? "The distribution has changed" : "No change is shown")}: index {found.Value:0.000}, "
            + $"threshold {found.Threshold:0.000}, false alarms {found.FalseAlarmRate:0.0 %}.");
}
