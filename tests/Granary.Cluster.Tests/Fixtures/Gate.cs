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
    private int _spared;
    private readonly Action<Gate> _opened;

    /// <param name="spared">How many pass before it holds one.</param>
    public Gate(int bar, int spared, Action<Gate> opened)
    {
        (_bar, _spared, _opened) = (bar, spared, opened);
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
        if (bar != _bar || Interlocked.Decrement(ref _spared) >= 0) return;
        _reached.TrySetResult();
        _open.Wait();
    }
}
