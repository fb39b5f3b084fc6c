using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Granary.Benchmarks.Api;

/// <summary>A <c>granary serve</c> of its own: the Release build of Granary.Cli on a free port, with a temporary folder of runs.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _runs = Directory.CreateTempSubdirectory("granary-api-");
    private readonly Process _process;

    /// <param name="more">Options of <c>serve</c>.</param>
    private ServerProcess(int port, string[] more)
    {
        Port = port;
        var start = new ProcessStartInfo("dotnet",
            ["exec", Path.Combine(Root, "src", "Granary.Cli", "bin", "Release", "net10.0", "granary.dll"), "serve",
                "--urls", $"http://127.0.0.1:{port}", "--runs", _runs.FullName, .. more])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, line) => { if (line.Data is { } text) Console.Error.WriteLine($"server: {text}"); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    public int Port { get; }

    /// <summary>Resident memory of the server, MB.</summary>
    public double Memory =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;

    /// <summary>Processor time of the server, over all cores.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(params string[] more)
    {
        var port = FreePort();
        var server = new ServerProcess(port, more);
        using var http = new HttpClient();
        for (var turn = 0; turn < 100; turn++)
        {
            try
            {
                using var answer = await http.GetAsync($"http://127.0.0.1:{port}/health/live");
                if (answer.IsSuccessStatusCode) return server;
            }
            catch (HttpRequestException)
            {
                // It is still starting.
            }
            await Task.Delay(200);
        }
        await server.DisposeAsync();
        throw new TimeoutException($"no server answers on port {port}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public HttpClient Connect() => new() { BaseAddress = new Uri($"http://127.0.0.1:{Port}/"), Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>The text of a batch over the hourly samples: each pair of averages is six strategies.</summary>
    public static string Batch(string name, IEnumerable<int> fast, IEnumerable<int> slow) => new JsonObject
    {
        ["name"] = name,
        ["data"] = new JsonObject
        {
            ["source"] = "csv:" + Path.Combine(Root, "samples", "data", "1h"),
            ["symbols"] = "*",
            ["timeframe"] = "1h",
        },
        ["strategies"] = new JsonArray(new JsonObject
        {
            ["class"] = "SmaCross",
            ["params"] = new JsonObject { ["fast"] = Numbers(fast), ["slow"] = Numbers(slow) },
            ["size"] = new JsonObject { ["percentOfEquity"] = 10 },
        }),
    }.ToJsonString();

    private static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _runs.Delete(recursive: true);
    }
}
