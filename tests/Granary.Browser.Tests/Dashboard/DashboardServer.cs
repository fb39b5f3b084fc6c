using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Testing;

[assembly: AssemblyFixture(typeof(Granary.Browser.Tests.Dashboard.DashboardServer))]

namespace Granary.Browser.Tests.Dashboard;

/// <summary>A real <c>granary serve</c> for all tests of the dashboard, with a folder of runs of its own.</summary>
public sealed class DashboardServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-dashboard-").FullName;
    private readonly Lazy<Task<string>> _address;
    private Process? _process;

    public DashboardServer() => _address = new Lazy<Task<string>>(StartAsync);

    /// <summary>Where it listens; the tests skip where the command line or the dashboard was not built.</summary>
    public async Task<string> AddressAsync()
    {
        var address = await _address.Value;
        using var client = new HttpClient();
        if (!(await client.GetStringAsync(address)).Contains("<html", StringComparison.Ordinal))
            Assert.Skip("the dashboard was not built: Node.js 20.19 or newer is missing, or 'npm ci' failed in src/Granary.Web");
        return address;
    }

    private async Task<string> StartAsync()
    {
        var binary = Path.Combine(SharedData.RepositoryRoot, "src/Granary.Cli/bin/Release/net10.0/granary.dll");
        if (!File.Exists(binary)) Assert.Skip($"needs {binary}; build src/Granary.Cli in Release");
        var listens = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", ["exec", binary, "serve", "--urls", "http://127.0.0.1:0", "--runs", _folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = _folder,
            },
        };
        _process.OutputDataReceived += (_, line) =>
        {
            if (Regex.Match(line.Data ?? "", @"listens on (http://[\d.:]+)", RegexOptions.None, TimeSpan.FromSeconds(1)) is
                { Success: true } found) listens.TrySetResult(found.Groups[1].Value);
        };
        _process.ErrorDataReceived += (_, _) => { };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return await listens.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
