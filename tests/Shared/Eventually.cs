using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Granary.Testing;

/// <summary>Waits for something that another thread, process or machine does, by asking again and again.</summary>
internal static class Eventually
{
    /// <summary>
    /// The limit of every wait for a condition. A condition that does not hold by then fails the test with what it saw. It is many times
    /// what the slowest honest run needs on a busy machine, so that it ends tests that hang, and no others.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The limit of a wait for a computation: a batch, a session over months of bars, a process that runs one.</summary>
    public static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(TestEffort.IsLong ? 60 : 15);

    // Many of the questions are processes or requests: asked all the time they would take the processor from what they wait for.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the condition holds.</summary>
    public static Task HoldsAsync(Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))]
        string text = "") =>
        IsAsync(() => Task.FromResult(condition()), holds => holds, limit, text);

    /// <summary>Waits until the condition holds.</summary>
    public static Task HoldsAsync(Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))]
        string text = "") =>
        IsAsync(condition, holds => holds, limit, text);

    /// <summary>Waits until the value is as expected, and gives it.</summary>
    public static async Task<T> IsAsync<T>(Func<Task<T>> value, Func<T, bool> expected, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(expected))] string text = "")
    {
        var longest = limit ?? Longest;
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(PauseAfter(waited.Elapsed)))
        {
            var last = await value();
            if (expected(last)) return last;
            if (waited.Elapsed > longest)
                throw new TimeoutException($"After {longest.TotalSeconds:0} s this did not hold: {text}. The last value was: {last}");
        }
    }

    // A tenth of the time waited so far.
    private static TimeSpan PauseAfter(TimeSpan waited) =>
        TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 10, ShortestPause.Ticks, LongestPause.Ticks));
}
