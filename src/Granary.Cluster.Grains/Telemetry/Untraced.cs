using System.Diagnostics;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Telemetry;

/// <summary>Excludes calls from the traces until it is disposed: frequent calls, and calls for each single strategy.</summary>
internal sealed class Untraced : IDisposable
{
    // Orleans sends the parent of a call's span in this entry, and keeps it for calls without a span of their own.
    private const string Parent = "traceparent";

    private readonly object? _parent = RequestContext.Get(Parent);
    private readonly Activity _activity = new Activity("untraced")
        .SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None).Start();

    public Untraced() => RequestContext.Remove(Parent);

    /// <summary>Makes one call outside the traces.</summary>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        using var untraced = new Untraced();
        return await call();
    }

    public void Dispose()
    {
        _activity.Dispose();
        if (_parent is not null) RequestContext.Set(Parent, _parent);
    }
}
