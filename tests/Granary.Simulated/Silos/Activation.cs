using System.Reflection;
using Granary.Cluster.Grains;
using Granary.Simulated.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Simulated.Silos;

/// <summary>
/// An activation of a grain. Its turns run one at a time on its own scheduler. A request waits until no other one runs, unless one of
/// both interleaves (Orleans documentation, "Request scheduling"). A deactivation waits for the requests that run; those that wait go to
/// the next activation ("Grain lifecycle overview").
/// </summary>
internal sealed class Activation : IGrainContext
{
    private static readonly MethodInfo s_setContext = typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext")!
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        .Single(m => m.Name == "SetExecutionContext" && m.GetParameters().Length == 2);
    private static readonly MethodInfo s_resetContext = typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext")!
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Single(m => m.Name == "ResetExecutionContext");

    private readonly TurnScheduler _turns;
    private readonly List<GrainMessage> _waiting = [];
    private readonly List<GrainMessage> _running = [];
    private readonly List<GrainTimer> _timers = [];
    private readonly List<IStoredState> _states = [];
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Type, object> _components = [];
    private DeactivationReason? _leaving;
    private bool _isActive, _isEnding;

    public Activation(SimulatedSilo silo, GrainKind kind, GrainId id)
    {
        (Silo, Kind, GrainId) = (silo, kind, id);
        _turns = new TurnScheduler(silo.Process);
        Address = new GrainAddress { SiloAddress = silo.Address, GrainId = id, ActivationId = ActivationId };
    }

    public SimulatedSilo Silo { get; }

    public GrainKind Kind { get; }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public GrainAddress Address { get; }

    public Grain? Instance { get; private set; }

    /// <summary>Whether it takes requests.</summary>
    public bool IsValid => _leaving is null && !_isEnding;

    public TaskScheduler Turns => _turns;

    public object GrainInstance => Instance!;

    public GrainReference GrainReference => throw new NotSupportedException();

    public IServiceProvider ActivationServices => Silo.Services;

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => _deactivated.Task;

    public override string ToString() => $"{Kind.Name} {GrainKind.Short(GrainId)}";

    /// <summary>Makes the grain, reads its states and activates it.</summary>
    public void Begin() => Turn(async () =>
    {
        try
        {
            object?[] set = [this, null];
            s_setContext.Invoke(null, set);
            try
            {
                Instance = Kind.Make(Silo.Services, StateOf);
            }
            finally
            {
                s_resetContext.Invoke(null, [set[1]]);
            }
            foreach (var state in _states) await state.ReadAsync();
            await Instance.OnActivateAsync(CancellationToken.None);
            _isActive = true;
        }
        catch (Exception e) when (e is not OracleException)
        {
            // Orleans sends such a fault to those that wait.
            Silo.Say($"{this} cannot be activated: {e.Message}");
            _isEnding = true;
            Silo.Remove(this);
            foreach (var message in Taken()) message.Fail(GrainFaults.Of(e));
            _deactivated.TrySetResult();
            return;
        }
        Pump();
    });

    private object StateOf(Type type, string name)
    {
        var state = Activator.CreateInstance(typeof(StoredState<>).MakeGenericType(type), Silo, GrainId, name)!;
        _states.Add((IStoredState)state);
        return state;
    }

    private void Turn(Func<Task> turn) => _ = Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.None, _turns).Unwrap()
        .ContinueWith(t => Silo.Process.World.Break(t.Exception!.InnerException!), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    public void Receive(GrainMessage message)
    {
        _waiting.Add(message);
        Pump();
    }

    private List<GrainMessage> Taken()
    {
        List<GrainMessage> taken = [.. _waiting];
        _waiting.Clear();
        return taken;
    }

    private void Pump()
    {
        if (!_isActive || _isEnding) return;
        if (_leaving is not null)
        {
            if (_running.Count == 0) End();
            return;
        }
        for (var i = 0; i < _waiting.Count; i++)
        {
            var message = _waiting[i];
            if (!MayRun(message)) continue;
            _waiting.RemoveAt(i--);
            _running.Add(message);
            Turn(() => RunAsync(message));
        }
    }

    private bool MayRun(GrainMessage message) => Kind.IsReentrant || message.Interleaves
        || _running.TrueForAll(r => r.Interleaves || r.IsReadOnly && message.IsReadOnly);

    private async Task RunAsync(GrainMessage message)
    {
        try
        {
            var answer = await message.InvokeAsync(Instance!);
            message.Answer(answer);
        }
        catch (Exception e) when (e is not OracleException)
        {
            // Orleans ends an activation whose state was written by another one.
            if (e is InconsistentStateException) Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, e.Message));
            message.Fail(GrainFaults.Of(e));
        }
        _running.Remove(message);
        if (IsValid && Silo.Cluster.EndsAfterTurn())
            Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "drawn"));
        Pump();
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (_leaving is not null || _isEnding) return;
        _leaving = deactivationReason;
        Pump();
    }

    private void End()
    {
        _isEnding = true;
        foreach (var timer in _timers.ToArray()) timer.Dispose();
        Turn(async () =>
        {
            try
            {
                await Instance!.OnDeactivateAsync(_leaving!.Value, CancellationToken.None);
            }
            catch (Exception e) when (e is not OracleException)
            {
                Silo.Say($"{this} ends with a fault: {e.Message}");
            }
            Silo.Remove(this);
            _deactivated.TrySetResult();
            foreach (var message in Taken().Where(m => m.Target is not null)) Silo.Forward(message);
        });
    }

    public void Add(GrainTimer timer) => _timers.Add(timer);

    public void Remove(GrainTimer timer) => _timers.Remove(timer);

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => _components[typeof(TComponent)] = value!;

    public TComponent? GetComponent<TComponent>() where TComponent : class =>
        (TComponent?)_components.GetValueOrDefault(typeof(TComponent));

    public object? GetComponent(Type componentType) => _components.GetValueOrDefault(componentType);

    public object? GetTarget() => Instance;

    public TTarget? GetTarget<TTarget>() where TTarget : class => Instance as TTarget;

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);
}

/// <summary>Runs the turns of an activation one after another. Those of a dead process do not run.</summary>
internal sealed class TurnScheduler(SimulatedProcess process) : TaskScheduler, IThreadPoolWorkItem
{
    private readonly Queue<Task> _tasks = new();
    private bool _isQueued;

    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        if (process.IsDead) return;
        _tasks.Enqueue(task);
        if (_isQueued) return;
        _isQueued = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        _isQueued = false;
        if (process.IsDead || !_tasks.TryDequeue(out var task)) return;
        if (_tasks.Count > 0)
        {
            _isQueued = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        TryExecuteTask(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && !process.IsDead && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}

/// <summary>
/// A timer of a grain. Its callback is a request of the activation; the next period begins when it has ended (Orleans documentation,
/// "Timers and reminders").
/// </summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly bool _interleaves;
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _period;
    private int _version;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback, _interleaves) = (activation, callback, options.Interleave);
        activation.Add(this);
        Change(options.DueTime, options.Period);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _version++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan) Schedule(dueTime, _version);
    }

    private void Schedule(TimeSpan delay, int version) =>
        _activation.Silo.Process.World.After(delay, _activation.Silo.Process, $"timer of {_activation}", () =>
        {
            if (version != _version || _stop.IsCancellationRequested) return;
            _activation.Receive(new GrainMessage("timer", _interleaves, false, async _ =>
            {
                if (!_stop.IsCancellationRequested)
                    try
                    {
                        await _callback(_stop.Token);
                    }
                    catch (Exception e) when (e is not OracleException)
                    {
                        _activation.Silo.Say($"timer of {_activation} failed: {e.Message}");
                    }
                if (version == _version && !_stop.IsCancellationRequested && _period > TimeSpan.Zero) Schedule(_period, version);
                return null;
            }));
        });

    public void Dispose()
    {
        if (_stop.IsCancellationRequested) return;
        _version++;
        _activation.Remove(this);
        _stop.Cancel();
    }
}

/// <summary>A request of an activation.</summary>
/// <param name="name">For the trace.</param>
internal sealed class GrainMessage(string name, bool interleaves, bool isReadOnly, Func<object, Task<object?>> invoke)
{
    public string Name => name;

    public bool Interleaves => interleaves;

    public bool IsReadOnly => isReadOnly;

    /// <summary>Whose call it is, to find the next activation; null for a timer.</summary>
    public (GrainId Id, GrainKind Kind)? Target { get; init; }

    /// <summary>How often it was sent on.</summary>
    public int Forwards { get; set; }

    public Action<object?>? Answered { get; init; }

    public Action<Exception>? Failed { get; init; }

    public Task<object?> InvokeAsync(object grain) => invoke(grain);

    public void Answer(object? answer) => Answered?.Invoke(answer);

    public void Fail(Exception fault) => Failed?.Invoke(fault);
}
