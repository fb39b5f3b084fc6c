namespace Granary.Cluster.Grains.Batches;

/// <summary>Work that runs once at a time. Requests during a run make it run once more, directly after it.</summary>
/// <param name="work">The work; it throws nothing.</param>
internal sealed class CoalescedWork(Func<Task> work)
{
    private bool _isRunning, _isRequested;

    public async Task RequestAsync()
    {
        _isRequested = true;
        if (_isRunning) return;
        _isRunning = true;
        try
        {
            while (_isRequested)
            {
                _isRequested = false;
                await work();
            }
        }
        finally
        {
            _isRunning = false;
        }
    }
}
