using Granary.Cluster.Wire;
using Granary.Simulated.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Simulated.Silos;

/// <summary>Copies what crosses from one grain to another, with the product's wire format.</summary>
internal static class Wire
{
    private static readonly ServiceProvider s_services = new ServiceCollection().AddWireFormat().BuildServiceProvider();

    public static Serializer Serializer { get; } = s_services.GetRequiredService<Serializer>();

    private static readonly DeepCopier s_copier = s_services.GetRequiredService<DeepCopier>();

    public static object? Sent(object? value) => value is null or CancellationToken ? value
        : Serializer.Deserialize<object?>(Serializer.SerializeToArray<object?>(value));

    public static object? Copied(object? value) => value is null or CancellationToken ? value : s_copier.Copy<object?>(value);
}

/// <summary>A process that calls grains: a silo, or a client of the cluster.</summary>
internal class SimulatedNode(SiloCluster cluster, SimulatedProcess process) : IClusterClient
{
    private readonly List<(SimulatedSilo To, Action<Exception> Fail)> _pending = [];
    private readonly Dictionary<(Type, string), object> _proxies = [];

    public SiloCluster Cluster => cluster;

    public SimulatedProcess Process => process;

    public virtual IServiceProvider ServiceProvider => throw new NotSupportedException();

    public T GetGrain<T>(string key) where T : class => (T)Proxy(typeof(T), key);

    private object Proxy(Type face, string key)
    {
        if (_proxies.TryGetValue((face, key), out var known)) return known;
        var kind = GrainKind.Of(face);
        var id = GrainId.Create(kind.Name, key);
        return _proxies[(face, key)] = CallProxy.Of(face, (method, arguments) => CallAsync(id, kind, method, arguments));
    }

    /// <summary>Calls a grain.</summary>
    public Task<object?> CallAsync(GrainId id, GrainKind kind, GrainMethod method, object?[] arguments)
    {
        if (process.IsDead) return new TaskCompletionSource<object?>().Task;
        SimulatedSilo? to;
        try
        {
            to = cluster.Resolve(this, id, kind);
        }
        catch (SiloUnavailableException e)
        {
            return Task.FromException<object?>(e);
        }
        return SendAsync(to, $"{kind.Name} {GrainKind.Short(id)}.{method.Name}", method, arguments, (invoke, answered, failed) =>
            to!.Receive(new GrainMessage(method.Name, method.Interleaves, method.IsReadOnly, invoke)
            {
                Target = (id, kind),
                Answered = answered,
                Failed = failed,
            }));
    }

    /// <summary>Sends a call over the network, with the ways in which it can fail.</summary>
    /// <param name="to">The silo; null if no silo gets it.</param>
    /// <param name="deliver">Gives the call to its target: how to invoke it, and what takes its answer or its fault.</param>
    public async Task<object?> SendAsync(SimulatedSilo? to, string what, GrainMethod method, object?[] arguments,
        Action<Func<object, Task<object?>>, Action<object?>, Action<Exception>> deliver)
    {
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = method.TokenAt < 0 ? default : (CancellationToken)arguments[method.TokenAt]!;
        if (token.IsCancellationRequested) throw new OperationCanceledException(token);
        var isOwn = to == this;
        object?[] sent = [.. arguments.Select(a => isOwn ? Wire.Copied(a) : Wire.Sent(a))];
        using var there = new CancellationTokenSource();
        if (method.TokenAt >= 0) sent[method.TokenAt] = there.Token;
        using var cancelled = token.Register(() =>
        {
            answer.TrySetCanceled(token);
            if (to is not null) cluster.World.After(cluster.Latency(), to.Process, $"cancels {what}", () => Cancel(there));
        });
        using var late = process.Clock.CreateTimer(_ => answer.TrySetException(new TimeoutException($"no answer of {what} in time")), null,
            method.Timeout, Timeout.InfiniteTimeSpan);
        if (to is { IsDeclaredDead: true } && !isOwn) throw new SiloUnavailableException($"{to.Name} is dead");
        (SimulatedSilo, Action<Exception>)? pending = to is null ? null : (to, e => answer.TrySetException(e));
        if (pending is { } own) _pending.Add(own);
        if (to is not null && (isOwn || cluster.Reaches(this, to) && !cluster.World.Faults.Happens("request lost", cluster.Rates.Loss)))
            cluster.World.After(isOwn ? TimeSpan.Zero : cluster.Latency(), to.Process, $"gets {what}", () => deliver(
                target => method.InvokeAsync(target, sent),
                result => Back(() => answer.TrySetResult(isOwn ? Wire.Copied(result) : Wire.Sent(result))),
                fault => Back(() => answer.TrySetException(fault))));
        try
        {
            return await answer.Task;
        }
        finally
        {
            if (pending is { } over) _pending.Remove(over);
        }

        void Back(Action act)
        {
            if (isOwn) cluster.World.After(TimeSpan.Zero, process, $"has the answer of {what}", act);
            else if (CanAnswer(to!) && !cluster.World.Faults.Happens("answer lost", cluster.Rates.Loss))
                cluster.World.After(cluster.Latency(), process, $"has the answer of {what}", act);
        }
    }

    private bool CanAnswer(SimulatedSilo to) => this is SimulatedSilo own ? cluster.Reaches(to, own) : !to.IsCut && !to.IsDeclaredDead;

    private static void Cancel(CancellationTokenSource there)
    {
        try
        {
            there.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended.
        }
    }

    /// <summary>Fails the calls to a silo that was declared dead.</summary>
    public void Broken(SimulatedSilo silo)
    {
        if (silo == this) return;
        foreach (var (to, fail) in _pending.Where(p => p.To == silo).ToList())
            cluster.World.After(cluster.Latency(), process, $"finds {silo.Name} dead", () =>
                fail(new SiloUnavailableException($"{silo.Name} was lost")));
    }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => (TGrainInterface)Proxy(typeof(TGrainInterface), primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable =>
        throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj) where TGrainObserverInterface : IGrainObserver =>
        throw new NotSupportedException();
}
