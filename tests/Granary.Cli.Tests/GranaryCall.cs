using Granary.Cli.Commands;

namespace Granary.Cli.Tests;

/// <summary>
/// A command in the process of the tests, for tests of what a command does; <see cref="GranaryProcess"/> is for tests of the process.
/// One at a time, since the console is shared. A process of its own costs half a second of start and compilation.
/// </summary>
internal static class GranaryCall
{
    private static readonly SemaphoreSlim s_console = new(1, 1);

    public static Task<GranaryProcess> RunAsync(params string[] arguments) => RunAsync(() => CommandAsync(arguments));

    /// <summary>A command in a folder, for paths that are relative to it. The tests of this project name others in full.</summary>
    public static Task<GranaryProcess> RunInAsync(string folder, params string[] arguments) => RunAsync(async () =>
    {
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder;
        try
        {
            return await CommandAsync(arguments);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    });

    private static Task<int> CommandAsync(string[] arguments)
    {
        // What tests try is not to be counted against their user.
        Environment.SetEnvironmentVariable("GRANARY_TRIALS", GranaryProcess.Trials);
        var host = new CompositionRoot();
        return CommandLine.RunAsync(CommandTable.Create(host, arguments), host, arguments);
    }

    /// <summary>Runs a part of a command that writes to the console and gives an exit code.</summary>
    public static async Task<GranaryProcess> RunAsync(Func<Task<int>> command)
    {
        await s_console.WaitAsync();
        var (oldOutput, oldError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            var code = await command();
            return new GranaryProcess(code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldError);
            s_console.Release();
        }
    }
}
