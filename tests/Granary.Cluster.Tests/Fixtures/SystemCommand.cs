using System.ComponentModel;
using System.Diagnostics;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Programs of the system, which a test's machine may lack or refuse.</summary>
internal static class SystemCommand
{
    /// <returns>Whether it was there and succeeded.</returns>
    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
