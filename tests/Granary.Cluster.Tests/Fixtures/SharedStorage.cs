using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Grain storage that outlives the silos of an in-process cluster, as a database does. Orleans' own memory storage lives in grains, and
/// dies with the silo that they are on.
/// </summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, int Version)> _states = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        (grainState.State, grainState.ETag, grainState.RecordExists) = _states.TryGetValue((stateName, grainId), out var known)
            ? ((T)known.State, $"{known.Version}", true)
            : (Activator.CreateInstance<T>(), null, false);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = (State: (object)grainState.State!, Version: int.Parse(grainState.ETag ?? "0") + 1);
        var written = _states.AddOrUpdate((stateName, grainId), _ => next.Version == 1 ? next : throw Stale(grainId),
            (_, known) => known.Version == next.Version - 1 ? next : throw Stale(grainId));
        (grainState.ETag, grainState.RecordExists) = ($"{written.Version}", true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _states.TryRemove((stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        return Task.CompletedTask;
    }

    private static InconsistentStateException Stale(GrainId grain) => new($"{grain} was written by somebody else");
}
