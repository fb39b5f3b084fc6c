using System.Diagnostics;
using System.Globalization;

namespace Granary.Cli;

/// <summary>The time that a user waited: from the start of the process until now.</summary>
/// <param name="clock">Its timestamps only go forward, so that a clock that is set while a run is under way changes nothing.</param>
/// <param name="before">Uptime of the process when this was created.</param>
internal sealed class FeltTime(TimeProvider clock, TimeSpan before)
{
    // Between the start of the process and the first line of the program lies the start of the runtime. A clock that was set within that
    // time must not count.
    private static readonly TimeSpan _longestStart = TimeSpan.FromSeconds(30);

    private readonly long _made = clock.GetTimestamp();

    /// <summary>Of this process. The first use must be early, since only the time before it depends on the machine's clock.</summary>
    public static FeltTime OfProcess { get; } = new(TimeProvider.System, BeforeNow(TimeProvider.System.GetLocalNow(), Started()));

    public double Seconds => (before + clock.GetElapsedTime(_made)).TotalSeconds;

    public string Sentence() => string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.0} s from call to result");

    /// <param name="computed">The batch's own clock: from the first bar read to the results being ready.</param>
    public string Sentence(double computed) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Seconds:0.0} s from call to result, of which {computed:0.0} s until the results were ready and the rest for start and "
                + $"files");

    /// <summary>How long the process has run; zero where the clock was set meanwhile.</summary>
    internal static TimeSpan BeforeNow(DateTimeOffset now, DateTimeOffset started) =>
        now - started is var age && age >= TimeSpan.Zero && age <= _longestStart ? age : TimeSpan.Zero;

    private static DateTimeOffset Started()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime);
    }
}
