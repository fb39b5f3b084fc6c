using System.Diagnostics.Metrics;
using Granary.Cluster.Grains.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Simulated.Silos;

/// <summary>The services of a silo by their types; building a container for each silo of each seed would take most of a run.</summary>
internal sealed class SiloServiceProvider : IServiceProvider, IKeyedServiceProvider
{
    private readonly Dictionary<(Type, object?), object> _services = [];

    /// <summary>Makes the logger of a category.</summary>
    public Func<Type, object> Logger { get; set; } = static _ => throw new NotSupportedException();

    public SiloServiceProvider Add<T>(T service, object? key = null) where T : class
    {
        _services[(typeof(T), key)] = service;
        return this;
    }

    public object? GetService(Type serviceType)
    {
        if (_services.TryGetValue((serviceType, null), out var known)) return known;
        if (serviceType is not { IsGenericType: true } || serviceType.GetGenericTypeDefinition() != typeof(ILogger<>)) return null;
        return _services[(serviceType, null)] = Logger(serviceType.GetGenericArguments()[0]);
    }

    public object? GetKeyedService(Type serviceType, object? serviceKey) => _services.GetValueOrDefault((serviceType, serviceKey));

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => GetKeyedService(serviceType, serviceKey)
        ?? throw new InvalidOperationException($"there is no {serviceType.Name} of the key {serviceKey}");
}

/// <summary>The members as one silo knows them.</summary>
internal sealed class SimulatedMembership(SimulatedSilo silo) : IClusterMembershipService
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = new([], MembershipVersion.MinValue);

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => UpdatesAsync();

    public void Take(ClusterMembershipSnapshot snapshot)
    {
        CurrentSnapshot = snapshot;
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private async IAsyncEnumerable<ClusterMembershipSnapshot> UpdatesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var changed = _changed.Task;
            yield return CurrentSnapshot;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException($"silo {silo.Number} kills none");
}

/// <summary>Writes what the product logs into the trace.</summary>
internal sealed class SiloLogger<T>(SimulatedSilo silo) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) silo.Say($"{typeof(T).Name}: {formatter(state, exception)}");
    }
}

/// <summary>The meters of all silos, with what the survivors of a run count as recovered.</summary>
internal static class SimulatedInstruments
{
    private sealed class Factory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    public static ClusterInstruments All { get; } = new(new Factory());

    /// <summary>Recovered work of the current run.</summary>
    public static RecoveryCount Recovered { get; } = new();
}

/// <summary>Counts the work that the survivors of a run take over.</summary>
internal sealed class RecoveryCount
{
    private readonly MeterListener _listener;

    public RecoveryCount()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Name == "granary.recoveries") l.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Count += count);
        _listener.Start();
    }

    public long Count { get; private set; }

    /// <summary>A run of a seed begins.</summary>
    public void Begin() => Count = 0;
}
