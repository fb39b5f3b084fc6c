using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary models list|show|promote|rollback|compare|predict</c>: the versions of a registry.</summary>
internal sealed class ModelsCommands(CompositionRoot root)
{
    /// <summary>The registry of a batch in the current folder that names none.</summary>
    internal const string UsualRegistry = "models";

    private readonly Option<string> _registry = new("--registry")
    {
        DefaultValueFactory = _ => UsualRegistry,
        Description = "the folder of versions, or postgres://…",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print the result as JSON" };
    private readonly Argument<string> _name = new("NAME") { Description = "the model" };
    private readonly Argument<int> _version = new("VERSION");

    public static Command Create(CompositionRoot root)
    {
        var commands = new ModelsCommands(root);
        return new Command("models", "Versions of trained models: list, show, promote, rollback, compare, predict.")
        {
            commands.List(), commands.Show(), commands.Promote(), commands.RollBack(), commands.Compare(), commands.Predict(),
        };
    }

    private ModelRegistry Open(ParseResult call) =>
        root.Catalogues(call).OpenRegistry(Address.Parse(call.GetValue(_registry)!));

    private Command List()
    {
        var list = new Command("list", "Every model and version, and which one is current.") { _registry, _json };
        list.SetAction(call =>
        {
            var models = Open(call);
            var rows = new List<(ModelVersion Version, bool Current)>();
            foreach (var model in models.Models())
            {
                var current = models.CurrentOf(model, out var fault);
                rows.AddRange(models.Versions(model, out var faults).Select(v => (v, current == v.Number)));
                foreach (var sentence in fault is null ? faults : [.. faults, fault]) CommandLine.Complain(sentence);
            }
            if (call.GetValue(_json))
                Console.WriteLine(JsonSerializer.Serialize(rows.Select(r => new
                {
                    r.Version.Model,
                    r.Version.Number,
                    r.Current,
                    r.Version.ModelHash,
                    r.Version.Lineage,
                }), Output.Json));
            else
                TableWriter.Write("", [Column.Text("Model"), Column.Number("Version"), Column.Text("Current"), Column.Text("Trainer"),
                    Column.Text("Label"), Column.Text("Trained to (UTC)"), Column.Number("Out of sample"), Column.Number("Gap")],
                    rows.Select(r => new[]
                    {
                        r.Version.Model, Cell.Count(r.Version.Number), r.Current ? "current" : "", r.Version.Lineage.Trainer,
                        r.Version.Lineage.Label,
                        RunText.Time(r.Version.Lineage.To.Ticks), LearningCommands.MainFigure(r.Version.Lineage.OutOfSample),
                        Cell.Figure(r.Version.Lineage.TrainTestGap),
                    }), $"{call.GetValue(_registry)} has no model; 'granary train BATCH.json' makes one "
                        + "in the folder 'models' beside BATCH.json, or where its learning section says: name that one with --registry");
        });
        return list;
    }

    private Command Show()
    {
        var wanted = new Argument<int?>("VERSION") { Arity = ArgumentArity.ZeroOrOne };
        var show = new Command("show",
            "Show the lineage of a version: data, window, features, parameters, seed and figures. Default: the current version.")
        {
            _name, wanted, _registry, _json,
        };
        show.SetAction(call =>
        {
            var models = Open(call);
            var shown = call.GetValue(wanted) is { } number ? models.Version(call.GetValue(_name)!, number)
                : models.Load(call.GetValue(_name)!).Version;
            var current = models.Pointer(shown.Model).Current == shown.Number;
            if (call.GetValue(_json))
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    shown.Model,
                    shown.Number,
                    Current = current,
                    shown.ModelHash,
                    shown.Lineage
                }, Output.Json));
            else
                TableWriter.Write("", [Column.Text("Field"), Column.Text("Value")],
                    [["model", shown.Model], ["version", shown.Number.ToString() + (current ? ", current" : "")],
                        .. ModelRegistry.Fields(shown).Select(f => new[] { f.Key, f.Value })]);
        });
        return show;
    }

    private Command Promote()
    {
        var promote = new Command("promote", "Make a version the current one.") { _name, _version, _registry };
        promote.SetAction(call => Console.WriteLine(
            $"{call.GetValue(_name)}: version {Open(call).Promote(call.GetValue(_name)!, call.GetValue(_version)).Current} is current"));
        return promote;
    }

    private Command RollBack()
    {
        var rollback = new Command("rollback", "Make the previous version the current one again.") { _name, _registry };
        rollback.SetAction(call => Console.WriteLine(
            $"{call.GetValue(_name)}: version {Open(call).RollBack(call.GetValue(_name)!).Current} is current"));
        return rollback;
    }

    private Command Compare()
    {
        var other = new Argument<int>("OTHER");
        var compare = new Command("compare", "Show the differences of two versions.") { _name, _version, other, _registry, _json };
        compare.SetAction(call =>
        {
            var result = Open(call).Compare(call.GetValue(_name)!, call.GetValue(_version), call.GetValue(other));
            if (call.GetValue(_json))
                Console.WriteLine(JsonSerializer.Serialize(result.Differences.Select(d => new { d.Field, d.First, d.Second }),
                    Output.Json));
            else TableWriter.Write("", [Column.Text("Field"), Column.Text($"Version {call.GetValue(_version)}"),
                Column.Text($"Version {call.GetValue(other)}")], result.Differences.Select(d => new[] { d.Field, d.First, d.Second }),
                "The versions do not differ.");
        });
        return compare;
    }

    private Command Predict()
    {
        var table = new Argument<string>("TABLE.csv") { Description = "a table with the model's features as columns" };
        var number = new Option<int?>("--model-version") { Description = "the version (the current one)" };
        var dates = new Option<string?>("--dates")
        {
            Description = "order of day and month in dates such as 01/02/2013: day-first or month-first (the whole column decides)",
        };
        var predict = new Command("predict",
            "Predict the rows of a table with a version: the probability of the label 1, or the predicted number.")
        {
            _name, table, number, dates, _registry, _json,
        };
        predict.SetAction(call =>
        {
            var (asked, rows, predictions) =
                LearnTable.Predict(Open(call), call.GetValue(_name)!, call.GetValue(number), call.GetValue(table)!,
                    Given.Dates(call.GetValue(dates)));
            if (call.GetValue(_json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { asked.Model, asked.Number, Rows = rows, Predictions = predictions },
                    Output.Json));
                return;
            }
            Console.WriteLine("row,prediction");
            for (var i = 0; i < rows.Length; i++) Console.WriteLine($"{rows[i]},{RunText.Number(predictions[i])}");
        });
        return predict;
    }
}
