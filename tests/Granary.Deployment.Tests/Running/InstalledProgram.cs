using System.Diagnostics;

namespace Granary.Deployment.Tests.Running;

/// <summary>A program of this machine, which another machine may lack.</summary>
internal static class InstalledProgram
{
    /// <summary>Runs it in the repository's root; skips the test where it is missing. A failure has its output.</summary>
    /// <param name="package">Debian's package of it.</param>
    public static async Task SucceedsAsync(string package, string program, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Granary.Testing.SharedData.RepositoryRoot,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"needs {program}, which this machine does not have; on Debian: apt-get install {package}");
            return;
        }
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, await output + await error);
        }
    }
}
