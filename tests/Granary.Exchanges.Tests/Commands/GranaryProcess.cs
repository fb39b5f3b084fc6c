using System.Diagnostics;
using Granary.Cli;
using Granary.Cli.Commands;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Commands;

/// <summary>The command line as a user calls it, with the keys of the local exchanges in its environment.</summary>
internal static class GranaryProcess
{
    // The console and the environment belong to the whole process of the tests.
    private static readonly SemaphoreSlim s_console = new(1, 1);

    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Programs.Granary);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in EnvironmentOf(folder)) start.Environment[name] = value;
        TestCosts.Count(Started.Process);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Runs a command in the process of the tests, one at a time: a process of its own costs half a second of start and compilation.
    /// <see cref="Start"/> is for tests that kill the process, or whose commands run side by side.
    /// </summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments)
    {
        await s_console.WaitAsync();
        var (oldOutput, oldError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            foreach (var (name, value) in EnvironmentOf(folder)) Environment.SetEnvironmentVariable(name, value);
            Console.SetOut(output);
            Console.SetError(error);
            var host = new CompositionRoot();
            var exit = await CommandLine.RunAsync(CommandTable.Create(host, arguments), host, arguments);
            return (exit, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldError);
            s_console.Release();
        }
    }

    // The keys of every exchange, and trials that are not counted against the user of the tests.
    private static IEnumerable<(string Name, string Value)> EnvironmentOf(string folder) =>
        ((string[])["KUCOIN", "GATEIO", "BINANCE"]).SelectMany(exchange => ((string, string)[])
        [
            ($"GRANARY_{exchange}_KEY", VenueDialect.Key), ($"GRANARY_{exchange}_SECRET", VenueDialect.Secret),
            ($"GRANARY_{exchange}_PASSPHRASE", VenueDialect.Passphrase),
        ]).Append(("GRANARY_TRIALS", Path.Combine(folder, "trials")));
}
