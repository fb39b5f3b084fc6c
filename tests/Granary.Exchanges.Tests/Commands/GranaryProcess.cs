using System.Diagnostics;
using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Commands;

/// <summary>The command line as a user calls it, with the keys of the local exchanges in its environment.</summary>
internal static class GranaryProcess
{
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "granary.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["GRANARY_TRIALS"] = Path.Combine(folder, "trials");
        foreach (var exchange in (string[])["KUCOIN", "GATEIO", "BINANCE"])
        {
            start.Environment[$"GRANARY_{exchange}_KEY"] = VenueDialect.Key;
            start.Environment[$"GRANARY_{exchange}_SECRET"] = VenueDialect.Secret;
            start.Environment[$"GRANARY_{exchange}_PASSPHRASE"] = VenueDialect.Passphrase;
        }
        return Process.Start(start)!;
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
