using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Testing;

/// <summary>
/// Runs small JavaScript programs with packages of npm, which are installed once under .build/; a test that needs them skips, with the
/// reason, where node is missing or the registry cannot be reached.
/// </summary>
internal static class NodeTools
{
    private static readonly SemaphoreSlim One = new(1, 1);

    /// <summary>Runs a script with these packages beside it and gives what it printed.</summary>
    /// <param name="packages">With their versions, as ajv@8.17.1.</param>
    public static async Task<string> RunAsync(string script, string[] packages, params string[] arguments)
    {
        var folder = await InstallAsync(packages);
        var copy = Copy(script, folder);
        var (code, output, error) = await ExecuteAsync("node", [copy, .. arguments], folder, Eventually.LongestWork);
        return code == 0 ? output : throw new InvalidOperationException($"node {Path.GetFileName(script)} ended with {code}: {error}");
    }

    // Another test, also one of another process, may be reading the script: it is never half written.
    private static string Copy(string script, string folder)
    {
        var copy = Path.Combine(folder, Path.GetFileName(script));
        var unfinished = Path.Combine(folder, Path.GetRandomFileName());
        File.Copy(script, unfinished);
        File.Move(unfinished, copy, overwrite: true);
        return copy;
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // another process installs
        }
    }

    private static async Task<string> InstallAsync(string[] packages)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
            packages.Order(StringComparer.Ordinal)))))[..12];
        var folder = Path.Combine(SharedData.RepositoryRoot, ".build", "node-tools", key);
        var done = Path.Combine(folder, "installed");
        await One.WaitAsync();
        try
        {
            if (File.Exists(done)) return folder;
            Directory.CreateDirectory(folder);
            using var installing = await Eventually.IsAsync(() => Task.FromResult(TryLock(folder + ".lock")), l => l is not null);
            if (File.Exists(done)) return folder;
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{ "private": true, "type": "module" }""");
            try
            {
                var (code, _, error) = await ExecuteAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", .. packages],
                    folder, Eventually.LongestWork);
                if (code != 0) Assert.Skip($"needs {string.Join(", ", packages)} from npm, which could not be "
                    + "installed: "
                    + (error.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))
                        ?? $"npm ended with {code}"));
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or TimeoutException)
            {
                Assert.Skip($"needs node and npm with {string.Join(", ", packages)}: {e.Message}");
            }
            await File.WriteAllTextAsync(done, "");
            return folder;
        }
        finally
        {
            One.Release();
        }
    }

    private static async Task<(int Code, string Output, string Error)> ExecuteAsync(string program, string[] arguments, string folder,
        TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {timeout.TotalSeconds:0} s", e);
        }
        return (process.ExitCode, await output, await error);
    }
}
