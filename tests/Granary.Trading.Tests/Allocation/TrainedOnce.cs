using Granary.Backtesting.Runs;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Allocation;

/// <summary>One training for all tests of a class, of which each test has a copy.</summary>
public abstract class TrainedOnce : IDisposable
{
    private readonly SessionUnderTest _under = new();
    private readonly Lazy<Task<BatchRun>> _run;

    private protected TrainedOnce(Func<SessionUnderTest, Task<BatchRun>> train) => _run = new Lazy<Task<BatchRun>>(() => train(_under));

    public void Dispose()
    {
        _under.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<BatchRun> CopyAsync(SessionUnderTest to) => to.CopyOf(_under, await _run.Value);
}
