using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Granary.Cluster.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Simulated.Silos;

/// <summary>Where a grain without an activation gets one.</summary>
internal enum GrainPlace
{
    /// <summary>On any silo.</summary>
    Anywhere,

    /// <summary>On the silo that calls it, if a silo does.</summary>
    Caller,

    /// <summary>On the silo that its key names.</summary>
    Key,
}

/// <summary>A class of grains: what its attributes say.</summary>
internal sealed class GrainKind
{
    private static readonly FrozenDictionary<Type, GrainKind> s_byInterface = Kinds(typeof(SiloProcess).Assembly);

    private readonly ConstructorInfo _constructor;
    private readonly (ParameterInfo Parameter, PersistentStateAttribute? State)[] _parameters;

    private GrainKind(Type type)
    {
        Type = type;
        Name = type.Name;
        IsReentrant = type.GetCustomAttribute<ReentrantAttribute>() is not null;
        IsOfSilo = type.GetCustomAttribute<GrainDirectoryAttribute>() is not null;
        Place = type.GetCustomAttributes().Any(a => a.GetType().Name == "SiloKeyPlacementAttribute") ? GrainPlace.Key
            : type.GetCustomAttribute<PreferLocalPlacementAttribute>() is not null ? GrainPlace.Caller : GrainPlace.Anywhere;
        _constructor = type.GetConstructors().Single();
        _parameters = [.. _constructor.GetParameters().Select(p => (p, p.GetCustomAttribute<PersistentStateAttribute>()))];
    }

    public Type Type { get; }

    public string Name { get; }

    /// <summary>Whether all calls of an activation interleave.</summary>
    public bool IsReentrant { get; }

    /// <summary>Whether each silo has its own activation, which only it calls.</summary>
    public bool IsOfSilo { get; }

    public GrainPlace Place { get; }

    // The kinds of grains of an assembly by their interfaces.
    private static FrozenDictionary<Type, GrainKind> Kinds(Assembly grains)
    {
        var kinds = new Dictionary<Type, GrainKind>();
        foreach (var type in grains.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsSubclassOf(typeof(Grain))))
        {
            GrainKind? kind = null;
            foreach (var face in type.GetInterfaces().Where(IsOfGrain))
                kinds[face] = kind ??= new GrainKind(type);
        }
        return kinds.ToFrozenDictionary();
    }

    private static bool IsOfGrain(Type face) =>
        face.IsAssignableTo(typeof(IGrainWithStringKey)) && face != typeof(IGrainWithStringKey);

    /// <summary>The key of a grain, on one line.</summary>
    public static string Short(GrainId id) => id.Key.ToString()!.Replace('\n', ' ');

    public static GrainKind OfName(string name) => s_byInterface.Values.First(k => k.Name == name);

    public static GrainKind Of(Type face) => s_byInterface.TryGetValue(face, out var kind) ? kind
        : throw new InvalidOperationException($"no grain has the interface {face.Name}");

    /// <summary>Makes the object of an activation.</summary>
    /// <param name="state">Makes a persistent state, by its type and name.</param>
    public Grain Make(IServiceProvider services, Func<Type, string, object> state) => (Grain)_constructor.Invoke(
        [.. _parameters.Select(p => p.State is { } own
            ? state(p.Parameter.ParameterType.GetGenericArguments()[0], own.StateName)
            : services.GetRequiredService(p.Parameter.ParameterType))]);
}

/// <summary>A method of an interface of grains, and how it is called.</summary>
internal sealed class GrainMethod
{
    private static readonly KnownMethods s_known = new();
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly Func<object, Task<object?>> _await;

    private GrainMethod(MethodInfo method)
    {
        Method = method;
        Name = method.Name;
        Interleaves = method.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null;
        IsReadOnly = method.GetCustomAttribute<ReadOnlyAttribute>() is not null;
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout ?? s_timeout;
        TokenAt = Array.FindIndex(method.GetParameters(), p => p.ParameterType == typeof(CancellationToken));
        (_await, Answer) = ResultOf(method.ReturnType);
    }

    public MethodInfo Method { get; }

    public string Name { get; }

    public bool Interleaves { get; }

    public bool IsReadOnly { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Position of its cancellation token; -1 without one.</summary>
    public int TokenAt { get; }

    /// <summary>Makes what the proxy returns, of the method's type, from the answer.</summary>
    public Func<Task<object?>, object> Answer { get; }

    public static GrainMethod Of(MethodInfo method) => s_known.Of(method);

    public Task<object?> InvokeAsync(object target, object?[] arguments) =>
        _await(Method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!);

    private static (Func<object, Task<object?>> Await, Func<Task<object?>, object> Answer) ResultOf(Type type)
    {
        if (type == typeof(Task))
            return (async t =>
            {
                await (Task)t;
                return null;
            }, static a => a);
        if (type == typeof(ValueTask))
            return (async t =>
            {
                await (ValueTask)t;
                return null;
            }, static a => new ValueTask(a));
        var results = typeof(Results<>).MakeGenericType(type.GetGenericArguments());
        var name = type.GetGenericTypeDefinition() == typeof(Task<>) ? "Task" : "ValueTask";
        return (results.GetMethod($"Await{name}Async")!.CreateDelegate<Func<object, Task<object?>>>(),
            results.GetMethod($"As{name}")!.CreateDelegate<Func<Task<object?>, object>>());
    }

    // Reads the attributes of a method once.
    private sealed class KnownMethods
    {
        private readonly ConcurrentDictionary<MethodInfo, GrainMethod> _methods = new();

        public GrainMethod Of(MethodInfo method) => _methods.GetOrAdd(method, static m => new GrainMethod(m));
    }

    private static class Results<T>
    {
        public static async Task<object?> AwaitTaskAsync(object task) => await (Task<T>)task;

        public static async Task<object?> AwaitValueTaskAsync(object task) => await (ValueTask<T>)task;

        public static object AsTask(Task<object?> answer) => CastAsync(answer);

        public static object AsValueTask(Task<object?> answer) => new ValueTask<T>(CastAsync(answer));

        private static async Task<T> CastAsync(Task<object?> answer) => (T)(await answer.ConfigureAwait(false))!;
    }
}

/// <summary>Turns the calls of an interface into messages.</summary>
internal class CallProxy : DispatchProxy
{
    private Func<GrainMethod, object?[], Task<object?>> _call = null!;

    public static T Of<T>(Func<GrainMethod, object?[], Task<object?>> call) where T : class => (T)Of(typeof(T), call);

    public static object Of(Type face, Func<GrainMethod, object?[], Task<object?>> call)
    {
        var proxy = Create(face, typeof(CallProxy));
        ((CallProxy)proxy)._call = call;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = GrainMethod.Of(targetMethod!);
        return method.Answer(_call(method, args ?? []));
    }
}
