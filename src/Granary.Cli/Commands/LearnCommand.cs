using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Engine.Catalogues;
using Granary.Modelling.Learning;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary learn FEATURES.csv</c>: any trainer on any table.</summary>
internal static class LearnCommand
{
    private sealed record Options
    {
        [Key("the column to predict")]
        public required string Label { get; init; }
        [Key("the trainer's name; 'granary trainers' lists them")]
        public required string Trainer { get; init; }
        [Key("share of the rows that the model is trained on")]
        public double Split { get; init; } = 0.7;
        [Key("rows between training and test that are left out")]
        public int Gap { get; init; }
        [Key("the column with the time at which the label was known; training rows whose label the test's first row did not know "
            + "are left out (label_time)")]
        public string? LabelTime { get; init; }
        [Key("order of day and month in dates such as 01/02/2013: day-first or month-first (the whole column decides)")]
        public string? Dates { get; init; }
        [Key("seed of the trainer's random numbers")]
        public long Seed { get; init; } = 1;
        [Key("the trainer's parameters, such as \"trees=200;leaves=15\"; 'granary trainers' lists them")]
        public string? Params { get; init; }
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("add the model to a registry under this name; 'granary models predict' uses it")]
        public string? Save { get; init; }
        [Key("for --save: the folder of versions, or postgres://…")]
        public string Registry { get; init; } = "models";
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var file = new Argument<string>("FEATURES.csv") { Description = "a table with a header, rows in time order" };
        var command = new Command("learn", "Train any trainer on any table and judge it on the newest rows.") { file };
        var options = new OptionBinding<Options>(command);
        command.SetAction((call, token) =>
        {
            var given = options.Read(call);
            var request = new LearnRequest(call.GetValue(file)!, given.Label, given.Trainer, given.Split, given.Seed,
                Given.Threads(given.Threads), Given.Parameters(given.Params))
            {
                Gap = given.Gap,
                LabelTime = given.LabelTime,
                Dates = Given.Dates(given.Dates),
            };
            var known = root.Catalogues(call);
            LearnResult result;
            if (given.Save is { } name)
            {
                (result, var version) = LearnTable.RunAndAdd(request, known.Trainers,
                    known.OpenRegistry(Address.Parse(given.Registry)), name, TimeProvider.System, token);
                Console.Error.WriteLine($"{version.Model}: version {version.Number} added");
            }
            else
            {
                result = LearnTable.Run(request, known.Trainers, TimeProvider.System, token);
            }
            if (given.Json) Console.WriteLine(JsonSerializer.Serialize(result, Output.Json));
            else
                TableWriter.Write("", [Column.Text("Figure"), Column.Number("Value")],
                    JsonSerializer.SerializeToElement(result with { Notes = null }, Output.Json).EnumerateObject()
                        .Select(p => new[] { p.Name, p.Value.ToString() }));
            foreach (var note in result.Notes ?? []) CommandLine.Complain(note);
            return Task.FromResult(0);
        });
        return command;
    }
}
