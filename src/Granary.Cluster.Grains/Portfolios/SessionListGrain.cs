using Granary.Cluster.Portfolios;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Persistent state of the list of sessions.</summary>
[GenerateSerializer, Alias("granary.SessionListRecord")]
internal sealed class SessionListRecord
{
    [Id(0)]
    public List<string> Running { get; set; } = [];

    /// <summary>Newest last.</summary>
    [Id(1)]
    public List<string> All { get; set; } = [];
}

[GrainType("sessionlist")]
internal sealed class SessionListGrain([PersistentState("sessions", ClusterProviders.State)]
    IPersistentState<SessionListRecord> state) : Grain, ISessionListGrain
{
    private const int Kept = 1000;

    public async Task StartedAsync(string session)
    {
        var list = state.State;
        // A session calls this again after every restart.
        if (list.Running.Contains(session) && list.All is [.., var newest] && newest == session) return;
        if (!list.Running.Contains(session)) list.Running.Add(session);
        list.All.Remove(session);
        list.All.Add(session);
        if (list.All.Count > Kept) list.All.RemoveRange(0, list.All.Count - Kept);
        await StoredState.WriteAsync(this, () => state.WriteStateAsync());
    }

    public async Task EndedAsync(string session)
    {
        if (state.State.Running.Remove(session)) await StoredState.WriteAsync(this, () => state.WriteStateAsync());
    }

    public Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. state.State.Running]);

    public Task<IReadOnlyList<string>> AllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Reverse(state.State.All)]);
}
