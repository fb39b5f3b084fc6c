using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A real silo in a process of its own: the published program, as users start it.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly string _runs = Directory.CreateTempSubdirectory("granary-silo-").FullName;

    private SiloProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, int siloPort, int httpPort,
        string host = "127.0.0.1", IReadOnlyList<string>? through = null)
    {
        SiloPort = siloPort;
        HttpPort = httpPort;
        Client = new HttpClient { BaseAddress = new Uri($"http://{host}:{httpPort}"), Timeout = Eventually.Longest };
        // A program before dotnet becomes the program that it starts, so that signals reach the silo.
        string[] words = [.. through ?? [], "dotnet"];
        var start = new ProcessStartInfo(words[0])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _runs
        };
        foreach (var word in words.Skip(1)) start.ArgumentList.Add(word);
        start.ArgumentList.Add(Programs.Silo);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // Silos start and answer slowly where many tests share the processors; tests of these time-outs give shorter ones as arguments.
        start.Environment["GRANARY_START_TIMEOUT"] = Eventually.Longest.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        start.Environment["GRANARY_FAILURE_TIMEOUT"] = "60";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => { lock (_output) _output.AppendLine(e.Data); };
        _process.ErrorDataReceived += (_, e) => { if (e.Data is not null) lock (_error) _error.AppendLine(e.Data); };
        TestCosts.Count(Started.Process);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int SiloPort { get; }

    public int HttpPort { get; }

    /// <summary>Of the HTTP API of a silo in a network namespace.</summary>
    public const int PortInSpace = 8080;

    /// <summary>Seconds after which <see cref="Mortal"/> silos declare another one dead.</summary>
    public const int FailureTimeout = 8;

    /// <summary>Arguments of silos that are killed or stopped: long enough for a busy machine, short enough to wait for.</summary>
    public static readonly string[] Mortal = ["--failure-timeout", $"{FailureTimeout}"];

    public bool HasExited => _process.HasExited;

    public HttpClient Client { get; }

    public string Output { get { lock (_output) return _output.ToString(); } }

    private string Tail => Output.Length > 3000 ? Output[^3000..] : Output;

    public string Error { get { lock (_error) return _error.ToString().Trim(); } }

    /// <summary>Starts a silo with exactly these arguments; nothing is waited for.</summary>
    public static SiloProcess Start(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, int httpPort = 1) =>
        new(arguments, environment ?? new Dictionary<string, string>(), 0, httpPort);

    /// <summary>Starts a silo of a PostgreSQL cluster on free ports of loopback and waits until it is ready.</summary>
    public static async Task<SiloProcess> JoinAsync(string connection, string clusterId = "granary", params string[] more)
    {
        var silo = Launch(connection, clusterId, more);
        await silo.ReadyAsync();
        return silo;
    }

    public static SiloProcess Launch(string connection, string clusterId = "granary", params string[] more) =>
        Launch(connection, clusterId, FreePorts.Take(3), new Dictionary<string, string>(), more);

    /// <param name="ports">Of its HTTP API, for other silos, and for clients.</param>
    public static SiloProcess Launch(string connection, string clusterId, int[] ports, IReadOnlyDictionary<string, string> environment,
        params string[] more) => new(
        ["--urls", $"http://127.0.0.1:{ports[0]}", "--clustering", "postgres", "--cluster-id", clusterId,
            "--silo-port", $"{ports[1]}", "--gateway-port", $"{ports[2]}", .. more],
        new Dictionary<string, string>(environment) { ["GRANARY_CONNECTION"] = connection }, ports[1], ports[0]);

    /// <summary>Starts a silo of a PostgreSQL cluster with variables of its own.</summary>
    public static SiloProcess Launch(string connection, IReadOnlyDictionary<string, string> environment, params string[] more)
    {
        var ports = FreePorts.Take(3);
        return new SiloProcess(
            ["--urls", $"http://127.0.0.1:{ports[0]}", "--clustering", "postgres", "--silo-port", $"{ports[1]}",
                "--gateway-port", $"{ports[2]}", .. more],
            new Dictionary<string, string>(environment) { ["GRANARY_CONNECTION"] = connection }, ports[1], ports[0]);
    }

    /// <summary>Starts a silo of a PostgreSQL cluster in a network namespace, on ports that no other silo of the namespace has.</summary>
    /// <param name="host">The namespace's address.</param>
    public static SiloProcess LaunchIn(string space, string host, string connection, IReadOnlyDictionary<string, string> environment,
        params string[] more) => new(
        ["--urls", $"http://{host}:{PortInSpace}", "--clustering", "postgres", "--advertise", host, .. more],
        new Dictionary<string, string>(environment) { ["GRANARY_CONNECTION"] = connection }, 11111, PortInSpace, host,
        ["ip", "netns", "exec", space]);

    /// <summary>Starts a silo of a PostgreSQL cluster in a pod.</summary>
    /// <param name="pod">Program and arguments that start it in the pod's file system, and the pod's variables.</param>
    /// <param name="ports">Of its HTTP API, for other silos, and for clients.</param>
    public static SiloProcess LaunchIn((IReadOnlyList<string> Through, IReadOnlyDictionary<string, string> Environment) pod,
        string connection, int[] ports, params string[] more) => new(
        ["--urls", $"http://127.0.0.1:{ports[0]}", "--clustering", "postgres", "--silo-port", $"{ports[1]}", "--gateway-port",
            $"{ports[2]}", .. more],
        new Dictionary<string, string>(pod.Environment) { ["GRANARY_CONNECTION"] = connection }, ports[1], ports[0], through: pod.Through);

    public async Task ReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Eventually.Longest)
        {
            if (_process.HasExited) throw new InvalidOperationException($"the silo ended with {_process.ExitCode}: {Error}\n{Tail}");
            if (await IsReadyAsync()) return;
            await Task.Delay(100);
        }
        throw new TimeoutException($"the silo was not ready within {Eventually.Longest.TotalSeconds:0} s: {Error}\n{Tail}");
    }

    /// <summary>Whether the silo says that it is ready.</summary>
    public Task<bool> IsReadyAsync() => Answering.IsReadyAsync(Client, "/api/v1/health/ready");

    public void Kill() => Signal(SigKill);

    /// <summary>Stops the process, which keeps its connections and open files, until <see cref="Continue"/>.</summary>
    public void Stop() => Signal(SigStop);

    public void Continue() => Signal(SigCont);

    public void Terminate() => Signal(SigTerm);

    /// <summary>Stops the silo as an orchestrator does, and waits until it has left.</summary>
    public async Task LeaveAsync()
    {
        Terminate();
        (await ExitCodeAsync()).ShouldBe(0);
    }

    public async Task<int> ExitCodeAsync()
    {
        using var timeout = new CancellationTokenSource(Eventually.Longest);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        Directory.Delete(_runs, recursive: true);
    }

    private void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0) throw new InvalidOperationException($"signal {signal} could not be sent");
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
