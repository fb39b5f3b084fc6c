using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Holds every <see cref="Dawdler"/> that minds it in the middle of its bars, so that a batch is in its middle for as long as a test looks
/// at it.
/// </summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new(false);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _bar;
    private readonly Action<Gate> _opened;

    public Gate(int bar, Action<Gate> opened)
    {
        (_bar, _opened) = (bar, opened);
        Reached = _reached.Task.WaitAsync(Eventually.Longest);
    }

    /// <summary>Completed when the first strategy waits; a gate that is never reached is found out after two minutes.</summary>
    public Task Reached { get; }

    public void Open()
    {
        _opened(this);
        _open.Set();
    }

    public void Dispose() => Open();

    internal void Pass(int bar)
    {
        if (bar != _bar) return;
        _reached.TrySetResult();
        _open.Wait();
    }
}
