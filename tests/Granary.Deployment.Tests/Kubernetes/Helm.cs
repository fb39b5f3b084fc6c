using System.Diagnostics;
using Granary.Testing;

namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>The program helm, of <c>GRANARY_TEST_HELM</c> or PATH.</summary>
internal static class Helm
{
    private static readonly string? s_program = Environment.GetEnvironmentVariable("GRANARY_TEST_HELM") is { Length: > 0 } given ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, "helm"))
            .FirstOrDefault(File.Exists);

    /// <summary>Why helm cannot run on this machine; null where it can.</summary>
    public static string? MissingReason => File.Exists(s_program) ? null
        : "needs helm: put it into PATH, or its path into GRANARY_TEST_HELM (test.sh fetches it where npm is)";

    /// <summary>Folder of the chart.</summary>
    public static string Chart => Path.Combine(SharedData.RepositoryRoot, "deploy", "helm", "granary");

    /// <summary>Runs helm to its end.</summary>
    /// <returns>Exit code, and the texts of its output and of its errors.</returns>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(s_program!, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Chart,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(Eventually.LongestWork);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"helm {string.Join(' ', arguments)} did not end", e);
        }
        return (process.ExitCode, await output, await error);
    }
}
