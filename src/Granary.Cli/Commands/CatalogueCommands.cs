using System.CommandLine;
using Granary.Cli.Tables;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;

namespace Granary.Cli.Commands;

/// <summary><c>granary strategies</c> and <c>granary factors</c>: the catalogues, with parameters, defaults and ranges.</summary>
internal static class CatalogueCommands
{
    public static Command Strategies(CompositionRoot root)
    {
        var command = new Command("strategies", "List the strategy classes.");
        command.SetAction(call =>
        {
            List("Class", "What it does",
                root.Catalogues(call).Strategies.All.Select(d => (d.Name, BrokerCommands.Parameters(d.Parameters), d.Summary)));
            return 0;
        });
        return command;
    }

    public static Command Factors(CompositionRoot root)
    {
        var command = new Command("factors", "List the factors, compute them over a file, or study whether they order later returns.")
        {
            ComputeFactorsCommand.Create(root), FactorStudyCommand.Create(root),
        };
        command.SetAction(call =>
        {
            List("Factor", "What it is", root.Catalogues(call).Factors.All.Select(d =>
            {
                var lines = string.Concat(d.Lines.Where(l => l.Length > 0).Select(l => " ." + l));
                return (d.Name, BrokerCommands.Parameters(d.Parameters) + (lines.Length > 0 ? "; lines" + lines : ""), d.Summary);
            }));
            return 0;
        });
        return command;
    }

    public static Command Trainers(CompositionRoot root)
    {
        var command = new Command("trainers", "List the trainers of models, including ML.NET's if they are installed.");
        command.SetAction(call =>
        {
            var (trainers, missing) = root.Catalogues(call).Trainers.List();
            List("Trainer", "What it is", trainers.Select(d => (d.Name, BrokerCommands.Parameters(d.Parameters), d.Summary)));
            foreach (var sentence in missing) CommandLine.Complain(sentence);
            return 0;
        });
        return command;
    }

    private static void List(string name, string summary, IEnumerable<(string Name, string Parameters, string Summary)> rows) =>
        TableWriter.Write("", [Column.Text(name), Column.Text("Parameters: default (range)"), Column.Text(summary)],
            rows.Select(r => new[] { r.Name, r.Parameters, r.Summary }));
}
