using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Hosting;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Wire;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Silos in this process, with storage that outlives them and one folder of runs.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly string _folder;

    private TestSilos(InProcessTestCluster cluster, string folder, Gates gates, DatabaseStorage storage, SiloLog log)
    {
        (Gates, Storage, Log) = (gates, storage, log);
        _cluster = cluster;
        _folder = folder;
        Batches = new ClusterJobs(cluster.Client, TimeProvider.System, Eventually.Longest);
    }

    public InProcessTestCluster Cluster => _cluster;

    public ClusterJobs Batches { get; }

    /// <summary>The gates of the strategies on these silos.</summary>
    public Gates Gates { get; }

    /// <summary>The states of the grains.</summary>
    public DatabaseStorage Storage { get; }

    public IGrainFactory Grains => _cluster.Client;

    public string Runs => Path.Combine(_folder, "runs");

    public IReadOnlyList<InProcessSiloHandle> Alive => [.. _cluster.GetActiveSilos()];

    /// <param name="streams">Adds the stream of blocks; null for that of the silos' memory.</param>
    public static async Task<TestSilos> StartAsync(int silos, Func<GrainSettings, GrainSettings>? change = null,
        Action<ISiloBuilder>? more = null, Action<ISiloBuilder>? streams = null)
    {
        var folder = Directory.CreateTempSubdirectory("granary-cluster-").FullName;
        var settings = new GrainSettings
        {
            Runs = Path.Combine(folder, "runs"),
            Threads = 1,
            Tick = TimeSpan.FromMilliseconds(100),
            StrategyDeadline = TimeSpan.FromMinutes(5),
            Drain = TimeSpan.FromSeconds(5),
        };
        settings = change?.Invoke(settings) ?? settings;
        var storage = new DatabaseStorage();
        var (gates, log) = (new Gates(), new SiloLog());
        var catalogues = TestCatalogues.With(gates);
        IGrainStorage StorageOf(IServiceProvider s) =>
            storage.For(s.GetRequiredService<Serializer>(), s.GetRequiredService<ILocalSiloDetails>().SiloAddress);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton(ClusterProviders.State, (s, _) => StorageOf(s));
            silo.Services.AddKeyedSingleton(ClusterProviders.Subscriptions, (s, _) => StorageOf(s));
            silo.AddGranaryGrains(settings, catalogues);
            silo.UseInMemoryReminderService();
            silo.AddActivityPropagation();
            silo.Configure<ClusterMembershipOptions>(o =>
            {
                // Many processes share the machine that tests run on: no silo is declared dead for being slow.
                o.ProbeTimeout = TimeSpan.FromSeconds(10);
                o.NumMissedProbesLimit = 10;
            });
            silo.Services.AddLogging(l => l.AddFilter("Granary", LogLevel.Information).AddFilter("Orleans", LogLevel.Error)
                .AddFilter("Microsoft", LogLevel.Error).AddFilter("Polly", LogLevel.Critical).AddProvider(log));
            if (streams is not null) streams(silo);
            else silo.AddMemoryBlockStreams();
            more?.Invoke(silo);
        });
        builder.ConfigureClient(client =>
        {
            client.AddActivityPropagation();
            client.Services.AddWireFormat();
        });
        for (var silo = 0; silo < silos; silo++) TestCosts.Count(Started.Silo);
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new TestSilos(cluster, folder, gates, storage, log);
    }

    /// <summary>Every line that these silos wrote.</summary>
    public SiloLog Log { get; }

    internal SiloCompute ComputeOf(InProcessSiloHandle silo) =>
        _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<SiloCompute>();

    /// <summary>The compute services as the first silo calls them.</summary>
    public ComputeServices Computes => ServiceOf<ComputeServices>(Alive[0]);

    public T ServiceOf<T>(InProcessSiloHandle silo) where T : notnull =>
        _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<T>();

    public async Task<string> SubmitAsync(string batch, string? key = null)
    {
        var receipt = await Batches.SubmitAsync(
            new JobSubmission(new BacktestJob(new BatchReader(TestCatalogues.All).Read(batch, bindStrategies: false)), "test", key));
        return receipt.Job.Id;
    }

    /// <summary>Waits for the batch's end.</summary>
    public async Task<JobStatus> EndAsync(string id, TimeSpan? timeout = null)
    {
        using var stop = new CancellationTokenSource(timeout ?? Eventually.LongestWork);
        JobStatus? last = null;
        try
        {
            await foreach (var status in Batches.WatchAsync(id, stop.Token)) last = status;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{id} did not end: {last}\n{Log.Text}", e);
        }
        return last ?? throw new InvalidOperationException($"there is no batch {id}");
    }

    /// <summary>Waits until the batch is so far.</summary>
    public async Task UntilAsync(string id, Func<JobStatus, bool> so)
    {
        using var stop = new CancellationTokenSource(Eventually.Longest);
        JobStatus? last = null;
        try
        {
            await foreach (var status in Batches.WatchAsync(id, stop.Token))
                if (so(last = status))
                    return;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{id} did not get so far: {last}\n{Log.Text}", e);
        }
        throw new InvalidOperationException($"{id} ended before: {last}");
    }

    public async Task<JobStatus> RunAsync(string batch) => await EndAsync(await SubmitAsync(batch));

    /// <summary>
    /// Kills a silo. Its objects stay in this process, and end in order where they can: they must store nothing that a killed process
    /// would not have stored.
    /// </summary>
    public Task KillAsync(InProcessSiloHandle silo)
    {
        Storage.Cut(silo.SiloAddress);
        return _cluster.KillSiloAsync(silo);
    }

    /// <summary>Kills the silo that a grain is active on.</summary>
    public async Task KillSiloOfAsync(IAddressable grain)
    {
        var home = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        await KillAsync(Alive.Single(s => s.SiloAddress.Equals(home)));
    }

    /// <summary>Repeats a call until it succeeds: calls fail until the cluster has noticed the loss of a silo.</summary>
    public static async Task<T> AfterLossAsync<T>(Func<Task<T>> call) where T : class => (await Eventually.IsAsync(async () =>
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null;
        }
    }, answer => answer is not null))!;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _cluster.StopClusterClientAsync();
            foreach (var silo in _cluster.GetActiveSilos().ToList()) await _cluster.KillSiloAsync(silo);
        }
        finally
        {
            await _cluster.DisposeAsync();
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                // A run that was cancelled a moment ago is still writing what it had; the system's temporary folder is cleared by others.
            }
        }
    }
}
