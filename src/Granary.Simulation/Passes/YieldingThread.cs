using System.Runtime.InteropServices;

namespace Granary.Simulation.Passes;

/// <summary>
/// Lowers the priority of a thread that computes beside a server's requests. On Linux it calls <c>setpriority</c> for the thread, because
/// the runtime ignores <see cref="Thread.Priority"/> there.
/// </summary>
internal static class YieldingThread
{
    /// <summary>
    /// Niceness of the thread: with 3 it gets a third of a processor that another thread also needs. With 10 a batch nearly stood still
    /// beside other programs of the machine.
    /// </summary>
    internal const int Niceness = 3;

    private const int Process = 0, Self = 0;

    /// <summary>
    /// Lowers the priority of the calling thread until it ends. Without the right to do so, the thread keeps its priority.
    /// </summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux()) Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        else if (getpriority(Process, Self) < Niceness) _ = setpriority(Process, Self, Niceness);
    }

#pragma warning disable SYSLIB1054 // A source-generated import needs unsafe code, which this project does not allow.
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setpriority(int which, int who, int priority);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getpriority(int which, int who);
#pragma warning restore SYSLIB1054
}
