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
            var packages = new Option<bool>("--packages")
            {
                Description = "reference Granary's packages of this version, not the assemblies of this installation",
            };
            var kind = new Command(template.Kind, $"Make a {template.Kind}.") { name, parent, packages };
            kind.SetAction(call =>
            {
                foreach (var path in NewPluginProject.Create(template, call.GetValue(name)!, call.GetValue(parent)!, root.Catalogues(call),
                    call.GetValue(packages)))
                    Console.WriteLine(path);
                return 0;
            });
            command.Subcommands.Add(kind);
        }
        command.Subcommands.Add(Samples());
        return command;
    }

    private static Command Samples()
    {
        var parent = new Option<string>("--in")
        {
            DefaultValueFactory = _ => ".",
            Description = "the folder in which the folder samples is created",
        };
        var command = new Command("samples", "Copy the sample batches and their bars.") { parent };
        command.SetAction(call =>
        {
            var source = Path.Combine(AppContext.BaseDirectory, "samples");
            NewFolder.Create(Path.GetFullPath(Path.Combine(call.GetValue(parent)!, "samples")),
                Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                    .Select(f => (Path.GetRelativePath(source, f), File.ReadAllBytes(f))));
            var samples = Path.Combine(call.GetValue(parent) is "." ? "" : call.GetValue(parent)!, "samples");
            Console.WriteLine($"{samples}: the sample batches and their bars. Run one: granary backtest {Path.Combine(samples, "quickstart.json")}");
            return 0;
        });
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
