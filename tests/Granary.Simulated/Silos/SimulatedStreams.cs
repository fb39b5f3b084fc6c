using Granary.Simulated.Kernel;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Simulated.Silos;

/// <summary>
/// Memory streams. A queue on one of the silos takes an event, and delivers it to the subscribers in order. What the queue of a lost silo
/// had is lost, and so is, by draw, a single event or the table of the subscriptions.
/// </summary>
internal sealed class SimulatedStreams(SiloCluster cluster, Draws draws)
{
    private readonly Dictionary<StreamId, List<IStreamReader>> _readers = [];
    private readonly Dictionary<StreamId, long> _lastAt = [];

    public SiloCluster Cluster => cluster;

    public List<IStreamReader> ReadersOf(StreamId stream)
    {
        if (!_readers.TryGetValue(stream, out var readers)) _readers[stream] = readers = [];
        return readers;
    }

    public Guid NextId() => draws.Guid();

    /// <summary>Publishes an event. Its call fails when the silo with the queue does not answer.</summary>
    public async Task PublishAsync<T>(SimulatedSilo from, StreamId stream, T item)
    {
        var silos = cluster.All.Where(s => !s.IsDeclaredDead).ToList();
        var queue = silos[(int)((uint)stream.GetKeyAsString().Sum(c => c) % (uint)silos.Count)];
        if (!cluster.Reaches(from, queue))
        {
            await Task.Delay(TimeSpan.FromSeconds(30), from.Process.Clock);
            throw new TimeoutException("the queue of the stream does not answer");
        }
        var copy = (T)Wire.Sent(item)!;
        await from.Process.CallAsync("publishes", from == queue ? TimeSpan.Zero : cluster.Latency(), () =>
        {
            if (queue.Process.IsDead || cluster.World.Faults.Happens("event lost", cluster.Rates.Stream)) return true;
            var due = Math.Max(cluster.World.Now + draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100)).Ticks,
                _lastAt.GetValueOrDefault(stream));
            _lastAt[stream] = due + 1;
            cluster.World.After(TimeSpan.FromTicks(due - cluster.World.Now), queue.Process, "delivers the stream", () =>
            {
                foreach (var reader in ReadersOf(stream).OfType<SimulatedHandle<T>>().ToList())
                    if (cluster.Reaches(queue, reader.Silo))
                        cluster.World.After(TimeSpan.FromTicks(10), reader.Silo.Process, "gets a block of the stream",
                            () => reader.Take(copy));
            });
            return true;
        }, TimeSpan.FromMilliseconds(1));
    }

    /// <summary>A silo is lost: its subscriptions are, and perhaps the table of all.</summary>
    public void Lost(SimulatedSilo silo)
    {
        foreach (var readers in _readers.Values)
        {
            readers.RemoveAll(r => r.Silo == silo);
            if (draws.Chance(0.2)) readers.Clear();
        }
    }
}

/// <summary>A subscription.</summary>
internal interface IStreamReader
{
    SimulatedSilo Silo { get; }
}

/// <summary>The streams as a silo uses them.</summary>
internal sealed class SimulatedStreamProvider(SimulatedSilo silo, string name) : IStreamProvider
{
    public string Name => name;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new SimulatedStream<T>(silo, streamId);
}

/// <summary>A stream as a silo uses it.</summary>
internal sealed class SimulatedStream<T>(SimulatedSilo silo, StreamId id) : IAsyncStream<T>
{
    private SimulatedStreams Streams => silo.Cluster.Streams;

    public bool IsRewindable => false;

    public string ProviderName => "blocks";

    public StreamId StreamId => id;

    private Task<TResult> CallAsync<TResult>(string what, Func<TResult> act) =>
        silo.Process.CallAsync(what, silo.Cluster.Latency(), act, silo.Cluster.Latency());

    public async Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() =>
        await CallAsync("asks for the subscriptions", () => (IList<StreamSubscriptionHandle<T>>)
            [.. Streams.ReadersOf(id).OfType<StreamSubscriptionHandle<T>>()]);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => CallAsync("subscribes", () =>
    {
        var handle = new SimulatedHandle<T>(silo, id, Streams.NextId(), observer);
        if (!silo.Process.IsDead) Streams.ReadersOf(id).Add(handle);
        return (StreamSubscriptionHandle<T>)handle;
    });

    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => Streams.PublishAsync(silo, id, item);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token,
        string? filterData = null) =>
        throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) =>
        throw new NotSupportedException();

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public Task OnCompletedAsync() => throw new NotSupportedException();

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();

    public bool Equals(IAsyncStream<T>? other) => other?.StreamId.Equals(id) == true;

    public int CompareTo(IAsyncStream<T>? other) => throw new NotSupportedException();
}

/// <summary>A subscription of a silo.</summary>
internal sealed class SimulatedHandle<T>(SimulatedSilo silo, StreamId stream, Guid id, IAsyncObserver<T> observer)
    : StreamSubscriptionHandle<T>, IStreamReader
{
    public SimulatedSilo Silo => silo;

    public override StreamId StreamId => stream;

    public override string ProviderName => "blocks";

    public override Guid HandleId => id;

    public void Take(T item) => _ = observer.OnNextAsync(item);

    public override Task UnsubscribeAsync() => silo.Process.CallAsync("unsubscribes", silo.Cluster.Latency(),
        () => silo.Cluster.Streams.ReadersOf(stream).Remove(this), silo.Cluster.Latency());

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) =>
        throw new NotSupportedException();

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        throw new NotSupportedException();

    public override bool Equals(StreamSubscriptionHandle<T>? other) => other?.HandleId == id;
}
