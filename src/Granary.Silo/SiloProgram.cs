using System.Net;
using System.Net.Sockets;
using Granary.Api.Access;
using Granary.Api.Health;
using Granary.Api.Hosting;
using Granary.Engine;
using Granary.Exchanges.Kucoin;
using Granary.Kafka;
using Granary.Kafka.Bars;
using Granary.Parquet.Reading;
using Granary.Postgres.Bars;
using Granary.QuestDb;
using Granary.Scripting;
using Granary.Server.Operations;
using Granary.Silo.Clustering;
using Granary.Silo.Options;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granary.Silo;

/// <summary>
/// Starts a silo and runs it until it is stopped. Exit codes: 0 stopped, 1 a dependency failed or a strategy did not return, 2 the call is
/// wrong.
/// </summary>
internal static partial class SiloProgram
{
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, TextWriter output, TextWriter error)
    {
        if (args is ["--help" or "-h"])
        {
            await output.WriteAsync(Help()).ConfigureAwait(false);
            return 0;
        }
        if (args is ["--version"])
        {
            await output.WriteLineAsync(ProgramVersion.Text).ConfigureAwait(false);
            return 0;
        }
        if (args is ["health"] or ["health", _])
            return await HealthProbe.AskAsync("granary-silo", args.ElementAtOrDefault(1), environment, error).ConfigureAwait(false);
        try
        {
            await RunAsync(SiloSettingsReader.Read(args, environment)).ConfigureAwait(false);
            return Environment.ExitCode;
        }
        catch (OptionsValidationException e)
        {
            foreach (var fault in e.Failures) await error.WriteLineAsync(fault).ConfigureAwait(false);
            return 2;
        }
        catch (InputException e)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 2;
        }
        catch (ServiceUnavailableException e)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task RunAsync(SiloSettings settings)
    {
        using var interrupted = new CancellationTokenSource();
        using var early = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM,
            _ => interrupted.Cancel());
        using var startLogs = LoggerFactory.Create(SiloApplication.AddLogging);
        var logger = startLogs.CreateLogger("Granary.Silo");
        var catalogues = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(KafkaBarSource).Assembly)
            .AddAssembly(typeof(KucoinBrokerFactory).Assembly).AddAssembly(typeof(ParquetSourceFactory).Assembly)
            .AddAssembly(typeof(PostgresSourceFactory).Assembly).AddAssembly(typeof(QuestDbSourceFactory).Assembly)
            .WithCompiler(settings.AllowCode ? new RoslynCompiler() : null,
                "start the silos with --allow-code, or put the class into a plug-in")
            .AddPlugins(settings.Plugins).Build();
        CheckRuns(settings.Runs);
        CheckPorts(settings);
        if (settings.Kubernetes) await KubernetesPod.CheckAsync(settings, logger, interrupted.Token).ConfigureAwait(false);
        await using var database = settings.Connection is { } connection ? ClusterDatabase.Open(connection) : null;
        if (database is not null)
        {
            await ClusterDatabase.PrepareAsync(database, settings.StartTimeout, logger, interrupted.Token).ConfigureAwait(false);
            if (!settings.NewCluster)
                await ClusterDatabase.CheckIdentityAsync(database, settings.ClusterId, interrupted.Token).ConfigureAwait(false);
            await ClusterDatabase.WaitForCrashedAsync(database, settings.ClusterId, logger, interrupted.Token).ConfigureAwait(false);
        }
        await using var app = SiloApplication.Build(settings, catalogues, database);
        await StartAsync(app, settings).ConfigureAwait(false);
        // The startup logger exists before the host. The host's logger also exports to telemetry.
        var hosted = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.Silo");
        Started(
            hosted, settings.ClusterId, string.Join(' ', app.Urls), settings.Clustering, settings.SiloPort, settings.GatewayPort,
            settings.Streams);
        ListenAddresses.WarnOfPlainText(settings.Urls, hosted);
        if (settings.ClusterCertificate is null && (settings.SiloAddress is not { } silo || !IPAddress.IsLoopback(silo)))
            IsPlain(hosted, settings.SiloPort, settings.GatewayPort);
        await app.Services.GetRequiredService<SiloVersions>().CheckAsync(interrupted.Token).ConfigureAwait(false);
        await app.WaitForShutdownAsync().ConfigureAwait(false);
        Stopped(hosted, settings.ClusterId);
    }

    private static async Task StartAsync(WebApplication app, SiloSettings settings)
    {
        using var limit = new CancellationTokenSource(settings.StartTimeout + TimeSpan.FromSeconds(10));
        try
        {
            await app.StartAsync(limit.Token).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new InputException($"--urls {settings.Urls}: another program listens there already; stop it or choose another port", e);
        }
        catch (Exception e) when (Causes(e).OfType<KafkaFailedException>().FirstOrDefault() is { } fault)
        {
            throw new ServiceUnavailableException($"--kafka: {fault.Message}", e);
        }
        catch (Exception e) when (e is not (InputException or ServiceUnavailableException))
        {
            var reason = e is OperationCanceledException ? "it took too long"
                : Causes(e).Last().Message.TrimEnd('.').ReplaceLineEndings(" ");
            throw new ServiceUnavailableException($"the silo could not join the cluster "
                + $"'{settings.ClusterId}' within {settings.StartTimeout.TotalSeconds:0} s ({reason}); its log has the details", e);
        }
    }

    // Strategies' reports are stored in this folder. If it were not writable, every batch would fail.
    private static void CheckRuns(string runs)
    {
        try
        {
            var probe = Path.Combine(Directory.CreateDirectory(runs).FullName, $".{Guid.NewGuid():N}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--runs {runs}: the folder cannot be written "
                + $"({e.Message.TrimEnd('.')}); give one that the user of this process may write to", e);
        }
    }

    private static void CheckPorts(SiloSettings settings)
    {
        var address = settings.SiloAddress ?? IPAddress.Any;
        try
        {
            if (!SiloApplication.IsFree(address, settings.SiloPort))
                throw new InputException($"--silo-port {settings.SiloPort}: another program listens there already, perhaps another silo; "
                    + $"give this one a port of its own");
            if (!SiloApplication.IsFree(address, settings.GatewayPort))
                throw new InputException($"--gateway-port {settings.GatewayPort}: another program listens there already, perhaps another "
                    + $"silo; give this one a port of its own");
        }
        catch (SocketException e)
        {
            throw new InputException($"--advertise {settings.Advertise}: this machine cannot listen on that address "
                + $"({e.Message}); give one of its own", e);
        }
    }

    /// <summary>Returns the exception and its inner exceptions, the root cause last.</summary>
    private static IEnumerable<Exception> Causes(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause is AggregateException { InnerExceptions: [var first, ..] } ? first
            : cause.InnerException) yield return cause;
    }

    private static string Help()
    {
        var text = new System.Text.StringBuilder("granary-silo: one member of a cluster that runs batches, and the HTTP API.\n\n");
        foreach (var o in SiloOption.All)
            text.Append($"  --{o.Name + (o.Value is null ? "" : " " + o.Value),-36}{o.Description}")
                .Append(o.Default is null ? "\n" : $" ({o.Default})\n");
        text.Append("\ngranary-silo health [URL] asks the silo of this machine whether it is ready, and ends with 0 if it is: for probes "
            + "of containers.\n");
        text.Append("\nEach can be given by the environment too, as GRANARY_CLUSTER_ID for --cluster-id, and secrets by a file, as "
            + "GRANARY_CONNECTION_FILE.\n");
        text.Append($"{OtlpTelemetry.EndpointVariable} turns on traces, measurements and logs over OTLP.\n");
        return text.ToString();
    }

    [LoggerMessage(1, LogLevel.Information,
        "Silo of {ClusterId} serves {Urls} (clustering {Clustering}, silo port {SiloPort}, gateway port {GatewayPort}, streams {Streams})")]
    private static partial void Started(ILogger logger, string clusterId, string urls, Options.Clustering clustering, int siloPort,
        int gatewayPort, StreamTransport streams);

    [LoggerMessage(3, LogLevel.Warning,
        "The ports {SiloPort} and {GatewayPort} take connections from other machines without TLS and without authentication. Give "
            + "--cluster-certificate and --cluster-authority, or keep the ports in a private network")]
    private static partial void IsPlain(ILogger logger, int siloPort, int gatewayPort);

    [LoggerMessage(2, LogLevel.Information, "Silo of {ClusterId} has left the cluster and stopped")]
    private static partial void Stopped(ILogger logger, string clusterId);
}
