using Granary.Storage.Retries;
using Granary.Testing;
using Polly;

namespace Granary.Storage.Tests.Retries;

public sealed class RetryPoliciesTests
{
    private static bool IsIo(Exception e) => e is IOException;

    private static async Task<int> FailAsync(ResiliencePipeline policy, int failures, Func<Exception>? fault = null,
        CancellationToken cancellationToken = default)
    {
        var attempts = 0;
        await policy.RunAsync(_ => ++attempts <= failures ? throw (fault ?? (() => new IOException("away")))() : Task.FromResult(0),
            cancellationToken);
        return attempts;
    }

    [Fact]
    public async Task Work_that_succeeds_in_the_end_is_done_again_until_then()
    {
        (await FailAsync(RetryPolicies.LostCall(IsIo), 0)).ShouldBe(1);
        (await FailAsync(RetryPolicies.LostCall(IsIo), 4)).ShouldBe(5);
        (await FailAsync(RetryPolicies.FileInUse(IsIo, TimeSpan.FromMinutes(1)), 4)).ShouldBe(5);
        (await FailAsync(RetryPolicies.ServerAway(IsIo, Timeout.InfiniteTimeSpan), 2)).ShouldBe(3);
    }

    [Fact]
    public async Task A_fault_of_another_kind_ends_the_work_at_once()
    {
        foreach (var policy in new[] { RetryPolicies.LostCall(IsIo), RetryPolicies.FileInUse(IsIo, TimeSpan.FromMinutes(1)),
            RetryPolicies.ServerAway(IsIo, TimeSpan.FromMinutes(1)) })
        {
            var attempts = 0;
            await Should.ThrowAsync<InvalidOperationException>(() => FailAsync(policy, 9,
                () => ++attempts == 1 ? new InvalidOperationException() : new IOException()));
            attempts.ShouldBe(1);
        }
    }

    [Fact]
    public async Task After_the_timeout_the_last_fault_is_thrown()
    {
        var (clock, timeout, attempts) = (new ManualClock(), TimeSpan.FromMilliseconds(300), 0);
        var began = clock.GetUtcNow();
        var work = FailAsync(RetryPolicies.FileInUse(IsIo, timeout, clock), int.MaxValue, () => new IOException($"{++attempts}"));
        while (!work.IsCompleted)
        {
            await Eventually.HoldsAsync(() => work.IsCompleted || clock.NextDue is not null);
            if (clock.NextDue is { } due) clock.Advance(due - clock.GetUtcNow());
        }
        (await Should.ThrowAsync<IOException>(() => work)).Message.ShouldBe($"{attempts}");
        // At 0, 5, 15, 35, 75 and 155 ms, and then each 100 ms: the first after the timeout is the last.
        attempts.ShouldBe(8);
        (clock.GetUtcNow() - began).ShouldBe(TimeSpan.FromMilliseconds(355));
    }

    [Fact]
    public async Task A_clock_that_repeats_its_times_repeats_the_pauses()
    {
        (await PausesAsync()).ShouldBe(await PausesAsync());

        static async Task<List<DateTimeOffset>> PausesAsync()
        {
            var (clock, times) = (new ManualClock(), new List<DateTimeOffset>());
            var work = FailAsync(RetryPolicies.ServerAway(IsIo, Timeout.InfiniteTimeSpan, clock), 5, () =>
            {
                times.Add(clock.GetUtcNow());
                return new IOException();
            });
            while (!work.IsCompleted)
            {
                await Eventually.HoldsAsync(() => work.IsCompleted || clock.NextDue is not null);
                if (clock.NextDue is { } due) clock.Advance(due - clock.GetUtcNow());
            }
            await work;
            return times;
        }
    }

    [Fact]
    public async Task After_the_last_attempt_the_last_fault_is_thrown()
    {
        var attempts = 0;
        foreach (var (policy, all) in new[] { (RetryPolicies.ServerAway(IsIo, Timeout.InfiniteTimeSpan, first: TimeSpan.FromMilliseconds(1),
            attempts: 4), 4), (RetryPolicies.LostCall(IsIo, attempts: 3), 7) })
        {
            (await Should.ThrowAsync<IOException>(() => FailAsync(policy, int.MaxValue, () => new IOException($"{++attempts}"))))
                .Message.ShouldBe($"{attempts}");
            attempts.ShouldBe(all);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_pause_and_is_reported_as_such()
    {
        using var stop = new CancellationTokenSource();
        var clock = new ManualClock();
        var work = FailAsync(RetryPolicies.ServerAway(IsIo, Timeout.InfiniteTimeSpan, clock, first: TimeSpan.FromHours(1),
            longest: TimeSpan.FromHours(1)), int.MaxValue, null, stop.Token);
        // The clock never reaches the end of this pause.
        await clock.WaitedForAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => work);
        await Should.ThrowAsync<OperationCanceledException>(() => FailAsync(RetryPolicies.ServerAway(IsIo, Timeout.InfiniteTimeSpan),
            int.MaxValue, null, stop.Token));
    }

    [Fact]
    public async Task Attempts_stay_on_the_scheduler_of_the_caller()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var seen = new List<TaskScheduler>();
        await Task.Factory.StartNew(() => RetryPolicies.LostCall(IsIo).RunAsync(_ =>
        {
            seen.Add(TaskScheduler.Current);
            return seen.Count < 4 ? throw new IOException() : Task.FromResult(0);
        }, CancellationToken.None), CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        seen.ShouldBe([scheduler, scheduler, scheduler, scheduler]);
    }
}
