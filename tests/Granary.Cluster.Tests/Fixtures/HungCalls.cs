using Orleans.Runtime;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Calls of grains as on a silo that hangs: they are answered only in the end. As an outgoing filter, it holds the calls of services too.
/// </summary>
/// <param name="after">Number of calls that are answered before; int.MaxValue: all until <see cref="Hang"/>.</param>
/// <param name="methods">Their names.</param>
internal sealed class HungCalls(int after, params string[] methods) : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls, _after = after;

    /// <summary>Number of calls that had to wait.</summary>
    public int Held => Math.Max(0, _calls - _after);

    public void Hang() => _after = _calls;

    public void Release() => _end.TrySetResult();

    public Task Invoke(IIncomingGrainCallContext context) => HoldAsync(context);

    public Task Invoke(IOutgoingGrainCallContext context) => HoldAsync(context);

    private async Task HoldAsync(IGrainCallContext context)
    {
        if (methods.Contains(context.MethodName) && Interlocked.Increment(ref _calls) > _after) await _end.Task;
        await context.Invoke();
    }
}
