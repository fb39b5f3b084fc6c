using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Grain storage that outlives the silos of one test, as a database does: states are kept as bytes, with versions, by the name of the
/// state and the key of the grain, whatever its type.
/// </summary>
internal sealed class DatabaseStorage
{
    private readonly ConcurrentDictionary<(string, IdSpan), (byte[] Bytes, string Version)> _states = new();
    private readonly ConcurrentDictionary<SiloAddress, bool> _cut = new();

    /// <summary>Name of the state whose writes fail, as if the database were away; null = none.</summary>
    public string? Away { get; set; }

    /// <summary>Makes the fault of every access; null = they succeed.</summary>
    public Func<Exception>? Fault { get; set; }

    /// <param name="silo">The silo that uses it.</param>
    public IGrainStorage For(Serializer serializer, SiloAddress silo) => new Storage(this, serializer, silo);

    /// <summary>Ends all access of a silo, as its death does.</summary>
    public void Cut(SiloAddress silo) => _cut.TryAdd(silo, true);

    /// <summary>Gives a stored state another version, as if another activation had written it.</summary>
    public void Rewrite(string stateName, GrainId grainId)
    {
        var (bytes, _) = _states[(stateName, grainId.Key)];
        _states[(stateName, grainId.Key)] = (bytes, Guid.NewGuid().ToString("N"));
    }

    private sealed class Storage(DatabaseStorage owner, Serializer serializer, SiloAddress silo) : IGrainStorage
    {
        private void Check(string? stateName = null)
        {
            if (owner.Fault is { } fault) throw fault();
            if (owner._cut.ContainsKey(silo)) throw new IOException($"the silo {silo} is dead");
            if (stateName is not null && stateName == owner.Away) throw new IOException($"the storage of '{stateName}' is away");
        }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check();
            if (owner._states.TryGetValue((stateName, grainId.Key), out var kept))
                (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(kept.Bytes), kept.Version, true);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(stateName);
            var version = Guid.NewGuid().ToString("N");
            var next = (serializer.SerializeToArray(grainState.State), version);
            var kept = owner._states.AddOrUpdate((stateName, grainId.Key), _ => next,
                (_, before) => before.Version == grainState.ETag ? next
                    : throw new InconsistentStateException("another activation wrote", before.Version, grainState.ETag));
            (grainState.ETag, grainState.RecordExists) = (kept.Version, true);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(stateName);
            owner._states.TryRemove((stateName, grainId.Key), out _);
            (grainState.ETag, grainState.RecordExists) = (null, false);
            return Task.CompletedTask;
        }
    }
}
