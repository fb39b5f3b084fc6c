using System.CommandLine;
using Granary.Application.Access;
using Granary.Application.Json;
using Granary.Application.NewProjects;
using Granary.Cli.Tables;

namespace Granary.Cli.Commands;

/// <summary>keys, new, doctor.</summary>
internal static class HostCommands
{
    public static Command Keys()
    {
        var name = new Argument<string>("NAME") { Description = "whose key it is" };
        var role = new Option<string>("--role") { Required = true, Description = "viewer, submitter or admin" };
        var file = new Option<string>("--file") { Required = true, Description = "the file of keys; made where it is not there" };
        var add = new Command("add", "Make an API key, print it once, and store its hash.") { name, role, file };
        add.SetAction(async (call, token) =>
        {
            if (!Enum.TryParse<Role>(call.GetValue(role), ignoreCase: true, out var granted) || !Enum.IsDefined(granted))
                throw new InputException($"--role {call.GetValue(role)}: use viewer, submitter or admin");
            Console.WriteLine(await ApiKeys.AddAsync(call.GetValue(file)!, call.GetValue(name)!, granted, TimeProvider.System, token));
            return 0;
        });
        return new Command("keys", "API keys of the server.") { add };
    }

    public static Command New(CompositionRoot root)
    {
        var command = new Command("new", "Make a plug-in project that builds and runs, with tests.");
        foreach (var template in PluginTemplate.All)
        {
            var name = new Argument<string>("NAME") { Description = "the class's name, as GoldenHour" };
            var parent = new Option<string>("--in")
            {
                DefaultValueFactory = _ => ".",
                Description = "the folder in which the project's folder is made",
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
        var command = new Command("doctor", "What is installed, reachable and writable.");
        command.SetAction(call =>
        {
            var checks = Machine.Check(root.Catalogues(call));
            TableWriter.Write("", [Column.Text("Check"), Column.Text("Result"), Column.Text("Found")],
                checks.Select(c => new[] { c.What, c.Result, c.Found }));
            return checks.Any(c => c.IsFault) ? CommandLine.Failed : 0;
        });
        return command;
    }
}
