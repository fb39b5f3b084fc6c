using System.CommandLine;

namespace Granary.Cli.Commands;

/// <summary><c>granary quickstart</c>: the two commands of a first run, printed and run.</summary>
internal static class QuickstartCommand
{
    public static Command Create(CompositionRoot root)
    {
        var parent = new Option<string>("--in")
        {
            DefaultValueFactory = _ => ".",
            Description = "the folder in which the folder samples is created",
        };
        var run = new Option<string?>("--out") { Description = "the run's folder (runs/<name>-<UTC>)" };
        var command = new Command("quickstart", "Copy the sample batches and their bars, unless they are there, and run a first batch.")
        {
            parent, run,
        };
        command.SetAction(async (call, token) =>
        {
            var folder = call.GetValue(parent)!;
            var batch = Path.Combine(folder is "." ? "" : folder, "samples", "quickstart.json");
            List<string[]> steps = [];
            if (!File.Exists(batch)) steps.Add(folder is "." ? ["new", "samples"] : ["new", "samples", "--in", folder]);
            steps.Add(call.GetValue(run) is { } given ? ["backtest", batch, "--out", given] : ["backtest", batch]);
            foreach (var step in steps)
            {
                Console.WriteLine($"$ {FirstSteps.Words(step)}");
                var code = await CommandTable.Create(root, step).Parse(step).InvokeAsync(call.InvocationConfiguration, token);
                if (code != 0) return code;
            }
            return 0;
        });
        return command;
    }
}
