using System.Globalization;

namespace Granary.Application.Batches;

/// <summary>
/// Runs a constructor that is users' code on a thread of its own, and finds out whether it comes back. It is judged by what its thread does
/// and not by the clock on the wall: every silo makes the same plan by itself, and one that stands still or shares its processors with many
/// must not make another.
/// </summary>
internal static class Constructing
{
    /// <summary>Processor time; healthy constructors take thousandths of it.</summary>
    private static readonly TimeSpan MostWork = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // Looks in a row that find it waiting for something: a machine that stands still does not look.
    private const int MostWaits = 100;

    // Looks at a thread whose processor time is unknown, as outside of Linux.
    private const int MostLooks = 2400;

    /// <param name="fault">What it threw.</param>
    /// <param name="mostWork">Other processor time than the usual.</param>
    /// <returns>false where it does not come back; its thread is stopped where it can be.</returns>
    public static bool Returns(Action construct, out Exception? fault, TimeSpan? mostWork = null)
    {
        var most = mostWork ?? MostWork;
        Exception? thrown = null;
        string? stat = null;
        var abort = new CancellationTokenSource();
        var thread = new Thread(() =>
        {
            try
            {
                Volatile.Write(ref stat, StatOfThisThread());
                StoppableCode.Run(construct, abort.Token);
            }
            catch (Exception e)
            {
                thrown = e;
            }
        })
        { IsBackground = true, Name = "strategy's references" };
        thread.Start();
        var waits = 0;
        for (var look = 1; !thread.Join(Look); look++)
        {
            waits = (thread.ThreadState & ThreadState.WaitSleepJoin) != 0 ? waits + 1 : 0;
            var work = Volatile.Read(ref stat) is { } file ? WorkOf(file) : null;
            if (waits < MostWaits && (work is { } spent ? spent < most : look < MostLooks)) continue;
            StoppableCode.OfProcess.Stop(abort);
            fault = null;
            return false;
        }
        fault = thrown;
        return true;
    }

    private static string? StatOfThisThread()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            // "PID/task/TID"
            return new FileInfo("/proc/thread-self").LinkTarget is { } self ? $"/proc/{self}/stat" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // proc(5): behind the name in parentheses, fields 14 and 15 are user and system time in ticks of 1/100 s.
    private static TimeSpan? WorkOf(string stat)
    {
        try
        {
            var text = File.ReadAllText(stat);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (double.Parse(fields[11], CultureInfo.InvariantCulture)
                + double.Parse(fields[12], CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
