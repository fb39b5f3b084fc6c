using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Exchanges.Tests;

/// <summary>A local exchange in a process of its own, as a test commands it.</summary>
internal sealed class ExchangeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();

    private ExchangeProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, e) =>
        {
            lock (_error) _error.AppendLine(e.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>As it was after the last command.</summary>
    public ExchangeState State { get; private set; } = null!;

    public static async Task<ExchangeProcess> StartAsync(TestExchange exchange, params IEnumerable<string> coins)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[typeof(ExchangeProcess).Assembly.Location, ExchangeHost.Word, exchange.Name, .. coins])
            start.ArgumentList.Add(argument);
        TestCosts.Count(Started.Process);
        var started = new ExchangeProcess(Process.Start(start)!);
        await started.CommandAsync("state");
        return started;
    }

    /// <summary>Gives a command of <see cref="ExchangeHost"/>.</summary>
    public async Task<ExchangeState> CommandAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        if (await _process.StandardOutput.ReadLineAsync() is { } line) return State = JsonSerializer.Deserialize<ExchangeState>(line)!;
        lock (_error) throw new InvalidOperationException($"the exchange has ended: {_error}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
