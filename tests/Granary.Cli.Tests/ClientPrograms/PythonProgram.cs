using System.Diagnostics;
using Granary.Testing;

namespace Granary.Cli.Tests.ClientPrograms;

/// <summary>A Python of this machine, with the modules that a test needs.</summary>
internal static class PythonProgram
{
    // Debian's packages belong to its own Python, which need not be the first on the path.
    private static readonly string[] s_programs = ["python3", "/usr/bin/python3", "python"];

    /// <summary>The folder of the client.</summary>
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "clients", "python");

    /// <summary>Runs a script of the client's folder, or skips the test where no Python has the modules.</summary>
    /// <param name="modules">Modules to import, with commas between; empty = none.</param>
    /// <param name="package">What installs them, for the reason of the skip.</param>
    public static async Task<(int Code, string Output)> RunAsync(string modules, string package, params string[] arguments)
    {
        foreach (var program in s_programs)
            if (await StartAsync(program, ["-c", $"import sys{(modules.Length == 0 ? "" : ", ")}{modules}; sys.exit(sys.version_info < (3, 9))"])
                is (0, _))
                return (await StartAsync(program, arguments))!.Value;
        Assert.Skip($"needs Python 3.9 or newer{(modules.Length == 0 ? "" : $" with {modules}")} (apt-get install {package})");
        return default;
    }

    private static async Task<(int Code, string Output)?> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["GRANARY"] = Programs.Granary;
        start.Environment["GRANARY_TRIALS"] = GranaryProcess.Trials;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUTF8"] = "1";
        start.Environment.Remove("GRANARY_KEY");
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
