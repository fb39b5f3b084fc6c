using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Granary.Api;
using Granary.Api.Health;
using Granary.Api.Hosting;
using Granary.Cluster;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Hosting;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Grains.Telemetry;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Silo.Clustering;
using Granary.Silo.Options;
using Granary.Silo.OrleansDashboard;
using Granary.Silo.Readiness;
using Granary.Silo.Retention;
using Granary.Silo.Streams;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Models;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Orleans.Storage;

namespace Granary.Silo;

/// <summary>A silo and the HTTP API in one process, put together from its settings.</summary>
internal static class SiloApplication
{
    private static readonly TimeSpan StartStalls = TimeSpan.FromSeconds(30);

    /// <summary>Invariant name by which Orleans' ADO.NET providers know PostgreSQL's dialect.</summary>
    private const string Postgres = "Npgsql";

    /// <param name="database">The prepared database with <see cref="Options.Clustering.Postgres"/>, null otherwise.</param>
    /// <param name="catalogues">Catalogues of the silo: strategy classes, factors, sources, brokers.</param>
    public static WebApplication Build(SiloSettings settings, GranaryCatalogues catalogues, NpgsqlDataSource? database)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName =
            typeof(SiloApplication).Assembly.GetName().Name
        });
        var siloName = settings.Kubernetes ? KubernetesPod.Name : $"{Environment.MachineName}-{settings.SiloPort}";
        new CertificateFiles(settings.Certificate, settings.CertificateKey, settings.CertificatePasswordFile)
            .Listen(builder, settings.Urls);
        AddLogging(builder.Logging);
        OtlpTelemetry.Add(builder, "granary-silo", siloName, new KeyValuePair<string, object>("granary.cluster.id", settings.ClusterId));

        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.DrainTimeout);
        builder.Services.AddSingleton<ClusterInstruments>();
        var api = ApiSettingsOf(settings, siloName);
        catalogues = api.Confine(catalogues);
        builder.Services.AddGranaryApi(api, catalogues);
        builder.Services.AddSingleton<IJobService>(s => new ClusterJobs(s.GetRequiredService<IGrainFactory>(),
            s.GetRequiredService<TimeProvider>(), refusal: () => s.GetRequiredService<IOverloadDetector>().IsOverloaded
                ? "this silo has little memory left; submit the job to another silo, or again when runs have ended"
                : s.GetRequiredService<RunDisk>().Fault()));
        builder.Services.AddSingleton<IRunningBatches, ClusterStrategies>();
        builder.Services.AddSingleton(new RunLibrary(Path.GetFullPath(settings.Runs)));
        builder.Services.AddSingleton<IWeightsService>(s => new ClusterWeights(s.GetRequiredService<IGrainFactory>()));
        builder.Services.AddSingleton<ISessionService>(s =>
            new ClusterSessions(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<IJobService>(), catalogues));
        builder.Services.AddSingleton<IClusterOperations, ClusterOperations>();
        builder.Services.AddSingleton(settings.State is null && settings.Connection is { } accounts ? new DatabaseAccounts(accounts)
            : AccountStores.Open(Address.Parse(settings.State ?? Path.Combine(Path.GetFullPath(settings.Runs), ".accounts"))));
        builder.Services.AddNotifications(settings.Notifications, settings.Connection);
        builder.Services.AddSingleton<IReadinessCheck, ClusterReadiness>();
        builder.Services.AddHostedService<ClockWatch>();
        builder.Services.AddSingleton<SiloVersions>();
        if (settings.KeepRuns is { } days)
            builder.Services.AddHostedService(s => new RunRetention(s.GetRequiredService<IGrainFactory>(),
                s.GetRequiredService<AuditLog>(), s.GetRequiredService<IRunUses>(), Path.GetFullPath(settings.Runs),
                TimeSpan.FromDays(days), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RunRetention>>()));
        if (database is not null) AddDatabase(builder.Services, database);
        var tls = ClusterTls.Of(settings);
        builder.UseOrleans(silo =>
        {
            if (tls is not null) silo.UseTls(tls.Configure);
            ConfigureSilo(silo, settings, catalogues, SiloRolesText.NameOf(siloName, settings.Roles), database);
        });

        var app = builder.Build();
        if (tls is not null) tls.Log = app.Services.GetRequiredService<ILogger<ClusterTls>>();
        ServeApi(app, settings.Roles);
        if (settings.OrleansDashboard) OrleansPages.Map(app);
        return app;
    }

    private static ApiSettings ApiSettingsOf(SiloSettings settings, string siloName) => new()
    {
        Keys = settings.Keys is null ? null : ApiKeys.Open(settings.Keys),
        SignIn = SignInSettings.Read(settings.SignIn, []),
        TrustedProxies = SignInSettings.ReadProxies(settings.SignIn.TrustedProxies, true, []),
        DataFolder = Path.GetFullPath(settings.Data ?? "."),
        Confined = settings.Data is not null,
        AllowedSources = settings.AllowSource,
        Models = settings.Models,
        Deployments = settings.Deployments,
        Runs = Path.GetFullPath(settings.Runs),
        RequestsPerSecond = settings.RateLimit,
        MostQueuedWork = settings.WorkLimit * 1e9,
        Assistants = settings.Mcp,
        // A log per silo: it can be written while the database is away, and its chain has one writer.
        Audit = Path.Combine(Path.GetFullPath(settings.Runs), ".audit", $"{siloName}.jsonl"),
    };

    private static void ServeApi(WebApplication app, SiloRoles roles)
    {
        if (!roles.HasFlag(SiloRoles.Api)) app.Use(WithoutApi);
        app.UseGranaryApi();
        app.Services.GetRequiredService<ClusterInstruments>().Begin();
    }

    // A silo without the role still has probes and metrics.
    private static Task WithoutApi(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments(ApiSettings.Prefix + "/health", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase)) return next(context);
        return Results.Problem("this silo does not have the role api; send the request to another silo of the cluster",
            statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context);
    }

    private static void AddDatabase(IServiceCollection services, NpgsqlDataSource database)
    {
        services.AddSingleton(database);
        services.AddSingleton<IReadinessCheck, DatabaseReadiness>();
        services.AddHostedService<DatabaseLocks>();
    }

    private static void ConfigureSilo(ISiloBuilder silo, SiloSettings settings, GranaryCatalogues catalogues, string siloName,
        NpgsqlDataSource? database)
    {
        if (settings.Kubernetes) KubernetesPod.Watch(silo);
        silo.Configure<SiloOptions>(o => o.SiloName = siloName);
        silo.Configure<ClusterMembershipOptions>(o => SiloMembership.Configure(o, settings.StartTimeout, settings.FailureTimeout));
        silo.Services.AddSingleton<IFatalErrorHandler, ImmediateExit>();
        silo.AddActivityPropagation();
        if (settings.OrleansDashboard) OrleansPages.Add(silo);
        if (settings.ShedMemory is { } percent)
        {
            // Batches use all processors, so the processor load does not show an overload.
            silo.Configure<LoadSheddingOptions>(o => (o.LoadSheddingEnabled, o.MemoryThreshold, o.CpuThreshold) = (true, percent, 100));
        }
        if (database is null)
        {
            silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, serviceId: settings.ClusterId,
                clusterId: settings.ClusterId);
            foreach (var name in (string[])[ClusterProviders.State, ClusterProviders.Subscriptions])
                silo.AddMemoryGrainStorage(name, o => o.Configure<OrleansGrainStorageSerializer>((options, serializer) =>
                    options.GrainStorageSerializer = serializer));
            silo.UseInMemoryReminderService();
        }
        else
        {
            // Each cluster has its own grain state: two clusters in one database never activate each other's grains.
            silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, settings.ClusterId));
            if (settings.SiloAddress is { } address) silo.ConfigureEndpoints(address, settings.SiloPort, settings.GatewayPort);
            else silo.ConfigureEndpoints(settings.SiloPort, settings.GatewayPort, AddressFamily.InterNetwork);
            silo.UseAdoNetClustering(o => (o.Invariant, o.DataSource) = (Postgres, database));
            silo.UseAdoNetReminderService(o => (o.Invariant, o.DataSource) = (Postgres, database));
            foreach (var name in (string[])[ClusterProviders.State, ClusterProviders.Subscriptions])
            {
                silo.AddAdoNetGrainStorage(name, o => o.Configure<OrleansGrainStorageSerializer>((options, serializer) =>
                    (options.Invariant, options.DataSource, options.GrainStorageSerializer) = (Postgres, database, serializer)));
            }
        }
        // Stores states by their field ids, like messages between grains.
        silo.Services.AddSingleton<OrleansGrainStorageSerializer>();
        StreamProviders.Add(silo, settings);
        silo.AddGranaryGrains(new GrainSettings
        {
            Runs = Path.GetFullPath(settings.Runs),
            Trials = Path.Combine(Path.GetFullPath(settings.Runs), ".trials"),
            Models = catalogues.AddressOfOperator(settings.Models ?? Path.Combine(Path.GetFullPath(settings.Data ?? "."), "models")),
            ModelDecisions = settings.ModelDecisions,
            Roles = settings.Roles,
            Threads = settings.Threads ?? Environment.ProcessorCount,
            StrategyDeadline = settings.StrategyDeadline,
            Drain = settings.DrainTimeout * 0.6,
        }, catalogues);
    }

    /// <summary>
    /// Logs one line per message to a terminal, and JSON to a redirected output, for log collectors.
    /// </summary>
    internal static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // The host says in four lines what the silo says in one.
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Microsoft.Orleans", LogLevel.Warning);
        logging.AddFilter("Orleans.Hosting.Kubernetes", LogLevel.Information);
        // Orleans places each grain through Polly, which logs each attempt: two lines for each strategy of a batch, and an error for each
        // attempt while a silo joins. A placement that fails in the end is an exception to its caller, who logs it.
        logging.AddFilter("Polly", LogLevel.Critical);
        // The loss of a silo fails every pending call to it. The membership and the callers log the loss already. These two categories log
        // nothing else: "Orleans.Messaging" has messages that could not be sent, and is not Orleans.Runtime.Messaging.
        logging.AddFilter("Orleans.Runtime.CallbackData", LogLevel.Critical);
        logging.AddFilter("Orleans.Messaging", LogLevel.Critical);
        // This category warns of each unanswered probe and message; SiloHealthMonitor logs the probes that count.
        logging.AddFilter("Orleans.Runtime.MembershipService.MembershipSystemTarget", LogLevel.Error);
        // While the process starts, compilation stalls it for longer than the watchdog expects.
        var start = Stopwatch.StartNew();
        logging.AddFilter("Orleans.Runtime.Watchdog", level => level >= LogLevel.Warning && start.Elapsed > StartStalls);
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                o.IncludeScopes = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "HH:mm:ss ";
            });
        }
    }

    /// <summary>Whether a port is free. Orleans itself would report a used port only after its retries.</summary>
    internal static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
