using System.Globalization;
using Granary.Simulated.Kernel;
using Granary.Simulation.Json;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Simulated.Silos;

/// <summary>The database of the grains' states, which outlives the silos. Each write checks the ETag, in one step.</summary>
internal sealed class StateStore(SiloCluster cluster, Draws draws)
{
    private readonly Dictionary<(GrainId, string), (byte[] Bytes, long Etag)> _rows = [];
    private long _writes;

    public (byte[] Bytes, long Etag)? Read(GrainId id, string name) => _rows.TryGetValue((id, name), out var row) ? row : null;

    /// <summary>Writes a state, or clears it for null.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written since.</exception>
    public long Write(GrainId id, string name, byte[]? bytes, long etag)
    {
        var known = Read(id, name)?.Etag ?? 0;
        if (known != etag)
            throw new InconsistentStateException($"the state {name} of {GrainKind.Short(id)} was written by another activation",
                known.ToString(CultureInfo.InvariantCulture), etag.ToString(CultureInfo.InvariantCulture));
        if (bytes is null)
        {
            _rows.Remove((id, name));
            return 0;
        }
        _rows[(id, name)] = (bytes, ++_writes);
        return _writes;
    }

    /// <summary>A call of the database from a silo: it may fail before it happens, or after.</summary>
    public async Task<T> CallAsync<T>(SimulatedSilo silo, string what, Func<T> act)
    {
        var fails = cluster.World.Faults.Happens("store fails", cluster.Rates.Store);
        var isDone = !fails || draws.Chance(0.5);
        var back = draws.Between(TimeSpan.FromMilliseconds(0.3), fails ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(10));
        return await silo.Process.CallAsync(what, draws.Between(TimeSpan.FromMilliseconds(0.3), TimeSpan.FromMilliseconds(10)), () =>
        {
            var result = isDone ? act() : default!;
            return fails ? throw new ServiceUnavailableException("the database does not answer") : result;
        }, back);
    }
}

/// <summary>What an activation reads before it is active.</summary>
internal interface IStoredState
{
    Task ReadAsync();
}

/// <summary>The state of a grain in memory, as the ADO.NET provider keeps it.</summary>
internal sealed class StoredState<T>(SimulatedSilo silo, GrainId id, string name) : IPersistentState<T>, IStoredState where T : new()
{
    private long _etag;

    public T State { get; set; } = new();

    public string? Etag => _etag.ToString(CultureInfo.InvariantCulture);

    public bool RecordExists => _etag != 0;

    public Task ReadAsync() => ReadStateAsync();

    public async Task ReadStateAsync()
    {
        var row = await silo.Cluster.Store.CallAsync(silo, $"reads {name} of {GrainKind.Short(id)}",
            () => silo.Cluster.Store.Read(id, name));
        var before = State;
        (State, _etag) = row is { } known ? (Wire.Serializer.Deserialize<T>(known.Bytes)!, known.Etag) : (new T(), 0);
        silo.Cluster.Read?.Invoke(silo, id, before!, State!);
    }

    public async Task WriteStateAsync()
    {
        var (bytes, etag) = (Wire.Serializer.SerializeToArray(State), _etag);
        _etag = await silo.Cluster.Store.CallAsync(silo, $"writes {name} of {GrainKind.Short(id)}",
            () => silo.Cluster.Store.Write(id, name, bytes, etag));
    }

    public async Task ClearStateAsync()
    {
        var etag = _etag;
        await silo.Cluster.Store.CallAsync(silo, $"clears {name} of {GrainKind.Short(id)}",
            () => silo.Cluster.Store.Write(id, name, null, etag));
        (State, _etag) = (new T(), 0);
    }

    public Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();

    public Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    public Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();
}
