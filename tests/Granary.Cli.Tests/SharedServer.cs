using System.Diagnostics;
using Granary.Testing;

[assembly: AssemblyFixture(typeof(Granary.Cli.Tests.SharedServer))]

namespace Granary.Cli.Tests;

/// <summary>One <c>granary serve</c> for the tests that need a server and do not end it; the first of them starts it.</summary>
public sealed class SharedServer : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Lazy<Task<string>> _url;
    private Process? _process;

    public SharedServer() => _url = new Lazy<Task<string>>(StartAsync);

    /// <summary>Where it listens.</summary>
    public Task<string> UrlAsync => _url.Value;

    /// <summary>The folder of its runs.</summary>
    internal string Runs => _folder.At("served");

    /// <summary>Its process, after <see cref="UrlAsync"/>.</summary>
    internal int ProcessId => _process!.Id;

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
        _folder.Dispose();
    }

    private async Task<string> StartAsync()
    {
        TestCosts.Count(Started.Server);
        _process = GranaryProcess.Start(_folder.Path, "serve", "--urls", "http://127.0.0.1:0", "--runs", Runs);
        return await ListeningServer.AddressAsync(_process);
    }
}
