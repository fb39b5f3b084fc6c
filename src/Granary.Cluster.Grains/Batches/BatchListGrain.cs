using Granary.Cluster.Batches;

namespace Granary.Cluster.Grains.Batches;

/// <summary>The list of batches as it is kept.</summary>
[GenerateSerializer, Alias("granary.BatchListRecord")]
public sealed class BatchListRecord
{
    /// <summary>Not ended, oldest first.</summary>
    [Id(0)]
    public List<string> Unfinished { get; set; } = [];

    /// <summary>Newest last.</summary>
    [Id(1)]
    public List<string> All { get; set; } = [];
}

[GrainType("batchlist")]
internal sealed class BatchListGrain([PersistentState("batches", ClusterProviders.State)]
    IPersistentState<BatchListRecord> state, GrainSettings settings) : Grain, IBatchListGrain
{
    private const int Kept = 1000;

    public async Task<bool> AddAsync(string run)
    {
        var list = state.State;
        if (list.All.Contains(run)) return true;
        if (list.Unfinished.Count >= settings.MostWaiting + settings.BatchesAtOnce) return false;
        list.Unfinished.Add(run);
        list.All.Add(run);
        if (list.All.Count > Kept) list.All.RemoveRange(0, list.All.Count - Kept);
        await state.WriteStateAsync();
        return true;
    }

    public Task<bool> MayStartAsync(string run) => Task.FromResult(state.State.Unfinished.IndexOf(run) < settings.BatchesAtOnce);

    public async Task EndedAsync(string run)
    {
        if (state.State.Unfinished.Remove(run)) await state.WriteStateAsync();
    }

    public Task<IReadOnlyList<string>> NewestAsync(int most) =>
        Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Reverse(state.State.All).Take(most)]);

    public Task<IReadOnlyList<string>> UnfinishedAsync() => Task.FromResult<IReadOnlyList<string>>([.. state.State.Unfinished]);
}
