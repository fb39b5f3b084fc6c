using Polly;
using Polly.Retry;

namespace Granary.Storage.Retries;

/// <summary>
/// The three retry policies of Granary: for a file that another process has open, for a lost call, and for an unreachable server. When a
/// policy gives up, it throws the last exception of the work.
/// </summary>
internal static class RetryPolicies
{
    private static readonly ResiliencePropertyKey<long> FirstFailure = new("granary-first-failure");

    /// <summary>For a file that another process has open briefly: retries soon, then every tenth of a second until the timeout.</summary>
    /// <param name="isInUse">Whether the exception says that the file is open elsewhere.</param>
    /// <param name="timeout">Timeout of the attempts after the first failure.</param>
    /// <param name="clock">For pauses and the timeout; null for the system's.</param>
    public static ResiliencePipeline FileInUse(Func<Exception, bool> isInUse, TimeSpan timeout, TimeProvider? clock = null) =>
        Until(timeout, clock ?? TimeProvider.System,
            new RetryStrategyOptions
            {
                Delay = TimeSpan.FromMilliseconds(5),
                MaxDelay = TimeSpan.FromMilliseconds(100),
                MaxRetryAttempts = int.MaxValue
            }, isInUse);

    /// <summary>
    /// For an unreachable server: retries after about a tenth of a second, then after pauses that double up to the longest, with random
    /// jitter, until the timeout.
    /// </summary>
    /// <param name="isAway">Whether the exception says that the server may come back.</param>
    /// <param name="timeout">
    /// How long to retry after the first failure; <see cref="Timeout.InfiniteTimeSpan"/> = without a limit.
    /// </param>
    /// <param name="clock">For pauses and the timeout; null for the system's.</param>
    /// <param name="longest">The longest pause; null = one second.</param>
    /// <param name="first">The first pause, on average.</param>
    /// <param name="attempts">Total number of attempts, at least two.</param>
    public static ResiliencePipeline ServerAway(Func<Exception, bool> isAway, TimeSpan timeout, TimeProvider? clock = null,
        TimeSpan? longest = null, TimeSpan? first = null,
        int attempts = int.MaxValue) => Until(timeout, clock ?? TimeProvider.System, new RetryStrategyOptions
        {
            Delay = first ?? TimeSpan.FromMilliseconds(100),
            MaxDelay = longest ?? TimeSpan.FromSeconds(1),
            UseJitter = true,
            MaxRetryAttempts = attempts == int.MaxValue ? attempts : Math.Max(1, attempts - 1),
        }, isAway);

    /// <summary>For a call to another process that was lost: 20 attempts, with pauses that grow by 50 ms up to one second.</summary>
    /// <param name="isLost">Whether the exception says that the same call may succeed when it is made again.</param>
    /// <param name="attempts">Total number of attempts.</param>
    /// <param name="clock">For pauses; null for the system's.</param>
    public static ResiliencePipeline LostCall(Func<Exception, bool> isLost, int attempts = 20, TimeProvider? clock = null) =>
        Build(clock ?? TimeProvider.System, new RetryStrategyOptions
        {
            BackoffType = DelayBackoffType.Linear,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(1),
            MaxRetryAttempts = attempts - 1,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } e && isLost(e)),
        });

    /// <summary>Runs work with a policy. Each attempt runs on the caller's scheduler, as a grain requires.</summary>
    public static async Task<T> RunAsync<T>(this ResiliencePipeline policy, Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            return await policy.ExecuteAsync(static (c, w) => new ValueTask<T>(w(c.CancellationToken)), context, work);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline Until(TimeSpan timeout, TimeProvider clock, RetryStrategyOptions options,
        Func<Exception, bool> passes)
    {
        options.BackoffType = DelayBackoffType.Exponential;
        options.ShouldHandle =
            args => ValueTask.FromResult(args.Outcome.Exception is { } e && passes(e) && IsInTime(args.Context, timeout, clock));
        return Build(clock, options);
    }

    private static bool IsInTime(ResilienceContext context, TimeSpan timeout, TimeProvider clock)
    {
        // Cancelled work ends with the cancellation, not with the fault before the pause.
        context.CancellationToken.ThrowIfCancellationRequested();
        if (timeout == Timeout.InfiniteTimeSpan) return true;
        if (context.Properties.TryGetValue(FirstFailure, out var first)) return clock.GetElapsedTime(first) < timeout;
        context.Properties.Set(FirstFailure, clock.GetTimestamp());
        return timeout > TimeSpan.Zero;
    }

    private static ResiliencePipeline Build(TimeProvider clock, RetryStrategyOptions options)
    {
        options.Randomizer = () => Jitter.Next(clock);
        return new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(options).Build();
    }
}
