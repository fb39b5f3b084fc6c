using System.CommandLine;
using Granary.Backtesting.NewProjects;
using Granary.Cli.Tables;

namespace Granary.Cli.Commands;

/// <summary>new, doctor.</summary>
internal static class HostCommands
{
    public static Command New(CompositionRoot root)
    {
        var command = new Command("new", "Make a plug-in project that builds and runs, with tests.");
        foreach (var template in PluginTemplate.All)
        {
            var name = new Argument<string>("NAME") { Description = "the class's name, such as GoldenHour" };
            var parent = new Option<string>("--in")
            {
                DefaultValueFactory = _ => ".",
                Description = "the folder in which the project's folder is created",
            };
            var kind = new Command(template.Kind, $"Make a {template.Kind}.") { name, parent };
            kind.SetAction(call =>
            {
                foreach (var path in NewPluginProject.Create(template, call.GetValue(name)!, call.GetValue(parent)!, root.Catalogues(call)))
                    Console.WriteLine(path);
                return 0;
            });
            command.Subcommands.Add(kind);
        }
        return command;
    }

    public static Command Doctor(CompositionRoot root)
    {
        var command = new Command("doctor", "Check this machine: installed programs, open ports and writable folders.");
        command.SetAction(async (call, token) =>
        {
            var checks = await Machine.CheckAsync(root.Catalogues(call), token);
            TableWriter.Write("", [Column.Text("Check"), Column.Text("Result"), Column.Text("Found")],
                checks.Select(c => new[] { c.What, c.Result, c.Found }));
            return checks.Any(c => c.IsFault) ? CommandLine.Failed : 0;
        });
        return command;
    }
}
