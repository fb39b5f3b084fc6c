using Granary.Cluster.Batches;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Storage;

/// <summary>A grain whose state could not be written answers from what is stored, and the same call again is done in full.</summary>
[Collection<PlainSilos>]
public sealed class FailedWritesTests(PlainSilos.Cluster shared)
{
    [Fact]
    public async Task A_session_that_the_list_could_not_store_is_not_listed_and_is_stored_when_it_is_announced_again()
    {
        // A silo looks at its sessions, also when the membership changes, and ends the entry of one that does not run: these get no answer.
        var asked = new HungCalls(0, nameof(ISessionGrain.SessionAsync));
        await using var silos = await TestSilos.StartAsync(1, more: silo => silo.AddIncomingGrainCallFilter(asked));
        var list = silos.Grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key);
        await list.StartedAsync("first");
        silos.Storage.Away = "sessions";
        await Should.ThrowAsync<OrleansException>(() => list.StartedAsync("second"));
        (await list.RunningAsync()).ShouldBe(["first"]);
        await Should.ThrowAsync<OrleansException>(() => list.EndedAsync("first"));
        (await list.RunningAsync()).ShouldBe(["first"]);

        silos.Storage.Away = null;
        await list.StartedAsync("second");
        await list.EndedAsync("first");
        await DeactivateAsync(silos);
        (await list.RunningAsync()).ShouldBe(["second"]);
        (await list.AllAsync()).ShouldBe(["second", "first"]);
        asked.Release();
    }

    [Fact]
    public async Task A_key_that_could_not_be_stored_belongs_to_the_run_that_claims_it_next()
    {
        var silos = shared.Silos;
        var key = silos.Grains.GetGrain<IIdempotencyGrain>("someone/key");
        silos.Storage.Away = "key";
        await Should.ThrowAsync<OrleansException>(() => key.ClaimAsync("run-1", "hash"));
        silos.Storage.Away = null;
        (await key.ClaimAsync("run-2", "hash")).Run.ShouldBe("run-2");
        silos.Storage.Away = "key";
        await Should.ThrowAsync<OrleansException>(() => key.ReleaseAsync("run-2"));
        silos.Storage.Away = null;
        (await key.ClaimAsync("run-3", "hash")).Run.ShouldBe("run-2");
    }

    private static Task DeactivateAsync(TestSilos silos) =>
        silos.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
}
