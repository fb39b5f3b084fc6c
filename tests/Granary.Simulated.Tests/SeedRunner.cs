using System.Diagnostics;
using Granary.Testing;

namespace Granary.Simulated.Tests;

/// <summary>Runs seeds as <c>tests/seeds.sh</c> does, in a process of their own.</summary>
internal static class SeedRunner
{
    private static readonly string Program = Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Simulated", "bin", "Release",
        "net10.0", "Granary.Simulated.dll");

    /// <summary>Returns the exit code, the lines of the output, and what was written to the error stream.</summary>
    public static async Task<(int ExitCode, string[] Lines, string Error)> RunAsync(params string[] arguments)
    {
        TestCosts.Count(Started.Process);
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), await error);
    }
}
