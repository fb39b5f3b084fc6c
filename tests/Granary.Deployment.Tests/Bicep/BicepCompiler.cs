using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>Bicep's own compiler, which the package Azure.Bicep.CommandLine.linux-x64 holds. It needs no network.</summary>
internal static class BicepCompiler
{
    private static readonly string s_program = Path.GetFullPath(typeof(BicepCompiler).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "BicepPath").Value!.Replace('\\', '/'));

    /// <summary>Why the compiler cannot run on this machine; null where it can.</summary>
    public static string? MissingReason =>
        OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64
            ? null : "needs Bicep's compiler, whose package is for Linux on x64";

    /// <summary>Runs the compiler to its end.</summary>
    /// <returns>The lines of its errors and warnings.</returns>
    public static Task<IReadOnlyList<string>> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    /// <param name="environment">Variables of the environment that files of parameters read.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(s_program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(Eventually.LongestWork);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"bicep {string.Join(' ', arguments)} did not end", e);
        }
        await output;
        return (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
