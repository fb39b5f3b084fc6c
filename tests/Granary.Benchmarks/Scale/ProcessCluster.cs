using Granary.Cluster;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Hosting;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Wire;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Benchmarks.Scale;

/// <summary>Silos of this process, with their state in memory.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private ProcessCluster(InProcessTestCluster cluster) =>
        (_cluster, Jobs) = (cluster, new ClusterJobs(cluster.Client, TimeProvider.System, TimeSpan.FromMinutes(2)));

    public ClusterJobs Jobs { get; }

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<ProcessCluster> StartAsync(int silos, string folder, Action<ISiloBuilder>? more = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddGranaryGrains(new GrainSettings { Runs = Path.Combine(folder, "runs"), Threads = 1 }, TestCatalogues.All);
            foreach (var name in (string[])[ClusterProviders.State, ClusterProviders.Subscriptions])
                silo.AddMemoryGrainStorage(name, o => o.Configure<OrleansGrainStorageSerializer>((options, serializer) =>
                    options.GrainStorageSerializer = serializer));
            silo.Services.AddSingleton<OrleansGrainStorageSerializer>();
            silo.UseInMemoryReminderService();
            silo.AddMemoryBlockStreams();
            silo.Configure<ClusterMembershipOptions>(o => (o.ProbeTimeout, o.NumMissedProbesLimit) = (TimeSpan.FromSeconds(10), 10));
            silo.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.Error));
            more?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.Services.AddWireFormat());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new ProcessCluster(cluster);
    }

    /// <summary>Runs a batch to its end.</summary>
    public async Task<JobStatus> RunAsync(string batch)
    {
        var receipt = await Jobs.SubmitAsync(new JobSubmission(
            new BacktestJob(new BatchReader(TestCatalogues.All).Read(batch, bindStrategies: false)), "benchmark", null));
        JobStatus last = receipt.Job;
        await foreach (var status in Jobs.WatchAsync(receipt.Job.Id, CancellationToken.None)) last = status;
        return last.State == JobState.Done ? last : throw new InvalidOperationException($"the batch ended as {last.State}: {last.Fault}");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
