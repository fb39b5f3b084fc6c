using System.Diagnostics;
using System.Globalization;

namespace Granary.Cli;

/// <summary>The time that a user waited: from the start of the process until now.</summary>
/// <param name="clock">A monotonic clock, so a change of the system's clock during a run has no effect.</param>
/// <param name="before">Uptime of the process when this was created.</param>
internal sealed class ElapsedTime(TimeProvider clock, TimeSpan before)
{
    // Between the start of the process and the first line of the program the runtime starts. A change of the system's clock in this time
    // must not count.
    private static readonly TimeSpan _longestStart = TimeSpan.FromSeconds(30);

    private readonly long _made = clock.GetTimestamp();

    /// <summary>The time of this process. Use it early: the time before the first use depends on the machine's clock.</summary>
    public static ElapsedTime OfProcess { get; } = new(TimeProvider.System, BeforeNow(TimeProvider.System.GetLocalNow(), Started()));

    public double Seconds => (before + clock.GetElapsedTime(_made)).TotalSeconds;

    public string Sentence() => string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.0} s from call to result");

    /// <param name="computed">Duration of the batch: from the first bar read until the results are ready.</param>
    public string Sentence(double computed) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Seconds:0.0} s from call to result, of which {computed:0.0} s until the results were ready and the rest for start and "
                + $"files");

    /// <summary>Uptime of the process; zero if the clock was set back meanwhile.</summary>
    internal static TimeSpan BeforeNow(DateTimeOffset now, DateTimeOffset started) =>
        now - started is var age && age >= TimeSpan.Zero && age <= _longestStart ? age : TimeSpan.Zero;

    private static DateTimeOffset Started()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime);
    }
}
