using System.Diagnostics;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The command line as a user calls it: a process with arguments, its output and its exit code.</summary>
internal sealed record GranaryProcess(int ExitCode, string Output, string Error)
{
    private static readonly string s_trials = NewTrials();

    /// <summary>
    /// The folder of the trials of the class of the test. Classes run side by side, and trials of one on the days of another would count.
    /// </summary>
    public static string Trials => Path.Combine(s_trials, TestContext.Current.TestClass?.TestClassName ?? "fixtures");

    // Of these tests alone: what earlier ones tried does not count.
    private static string NewTrials()
    {
        var folder = Directory.CreateTempSubdirectory("granary-trials-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    public static async Task<GranaryProcess> RunAsync(params string[] arguments) => await RunInAsync(Path.GetTempPath(), arguments);

    public static async Task<GranaryProcess> RunInAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new GranaryProcess(process.ExitCode, await output, await error);
    }

    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Programs.Granary);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // What tests try is not to be counted against their user.
        start.Environment["GRANARY_TRIALS"] = Trials;
        TestCosts.Count(Started.Process);
        return Process.Start(start)!;
    }
}

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("granary-cli-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
