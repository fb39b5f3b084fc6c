using Granary.Application.Jobs;
using Granary.Application.Operations;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Metadata;
using Xunit;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Silos of which one has no compute service in its list of grains, as those of the version before had none.</summary>
public sealed class EarlierSilosTests
{
    [Fact]
    public async Task A_silo_without_a_compute_service_computes_beside_one_that_has_it_and_takes_its_operators_orders()
    {
        using var batches = new TestBatches();
        var made = 0;
        await using var cluster = await TestSilos.StartAsync(2, more: silo =>
        {
            if (Interlocked.Increment(ref made) == 2)
                silo.Services.Remove(silo.Services.Single(s => s.ServiceType == typeof(IGrainPropertiesProvider)
                    && s.ImplementationType == typeof(ComputeServiceProperty)));
        });
        var kinds = cluster.Alive.ToLookup(s => cluster.Computes.Of(s.SiloAddress) is EarlierCompute);
        (kinds[true].Count(), kinds[false].Count()).ShouldBe((1, 1));

        var ended = await cluster.RunAsync(batches.Mixed);
        (ended.State, ended.Digest).ShouldBe((JobState.Done, (await batches.EmbeddedAsync(batches.Mixed)).Model.Digest));
        cluster.Alive.ShouldAllBe(s => cluster.ComputeOf(s).Begun > 0);

        var operations = new ClusterOperations(cluster.Grains, cluster.Computes,
            cluster.ServiceOf<IOptions<ClusterOptions>>(cluster.Alive[0]), cluster.Batches,
            new ClusterSessions(cluster.Grains, cluster.Batches, TestCatalogues.All));
        (await operations.StandingAsync()).Silos.ShouldAllBe(s => s.Threads == 1 && s.Version != null);
        foreach (var silo in cluster.Alive)
        {
            (await operations.OrderAsync(silo.Name, SiloOrder.Drain))!.Draining.ShouldBeTrue();
            (await operations.OrderAsync(silo.Name, SiloOrder.Resume))!.Draining.ShouldBeFalse();
        }
    }
}
