using Granary.Cluster.Batches;

namespace Granary.Cluster.Grains.Batches;

[GenerateSerializer, Alias("granary.IdempotencyRecord")]
internal sealed class IdempotencyRecord
{
    [Id(0)]
    public string? Run { get; set; }

    [Id(1)]
    public string? Hash { get; set; }
}

// A key is claimed once and asked seldom.
[CollectionAgeLimit(Minutes = 2)]
[GrainType("idempotency")]
internal sealed class IdempotencyGrain([PersistentState("key", ClusterProviders.State)]
    IPersistentState<IdempotencyRecord> state) : Grain, IIdempotencyGrain
{
    public async Task<KeyAnswer> ClaimAsync(string run, string hash)
    {
        if (state.State.Run is null)
        {
            (state.State.Run, state.State.Hash) = (run, hash);
            await StoredState.WriteAsync(this, () => state.WriteStateAsync());
        }
        return new KeyAnswer(state.State.Run, state.State.Hash == hash);
    }

    public async Task ReleaseAsync(string run)
    {
        if (state.State.Run != run) return;
        await StoredState.WriteAsync(this, () => state.ClearStateAsync());
        // Not every provider empties what is in memory.
        state.State = new IdempotencyRecord();
    }
}
