using Granary.Application.Batches;
using Granary.Testing;

namespace Granary.Application.Tests.Batches;

public sealed class StoppableCodeTests
{
    [Fact]
    public async Task Code_that_never_comes_back_is_stopped_when_there_is_no_live_account_any_more()
    {
        var (turns, stopped) = (0L, new TaskCompletionSource());
        var code = new StoppableCode();
        var stop = new CancellationTokenSource();
        var thread = new Thread(() =>
        {
            try
            {
                StoppableCode.Run(() =>
                {
                    while (true) Interlocked.Increment(ref turns);
                }, stop.Token);
            }
            catch (OperationCanceledException)
            {
                stopped.SetResult();
            }
        })
        { IsBackground = true };
        thread.Start();
        (await Eventually.IsAsync(() => Task.FromResult(Interlocked.Read(ref turns)), t => t > 0))
            .ShouldBeGreaterThan(0);

        var first = code.OpenAccount();
        var second = code.OpenAccount();
        code.Stop(stop);
        first.Dispose();
        first.Dispose();
        stop.IsCancellationRequested.ShouldBeFalse("an account is still open");
        var before = Interlocked.Read(ref turns);
        (await Eventually.IsAsync(() => Task.FromResult(Interlocked.Read(ref turns)), t => t > before))
            .ShouldBeGreaterThan(before, "the code goes on");
        stopped.Task.IsCompleted.ShouldBeFalse();

        second.Dispose();
        await stopped.Task.WaitAsync(Eventually.Longest);
    }
}
