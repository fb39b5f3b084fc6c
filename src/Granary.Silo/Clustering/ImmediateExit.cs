namespace Granary.Silo.Clustering;

/// <summary>Ends the process at once when its silo cannot continue, for example because other silos have declared it dead.</summary>
/// <remarks>
/// Orleans' handler first waits two seconds for the logs. Meanwhile the compute threads would continue runs that other silos have taken
/// over, perhaps on the same processors, and the supervisor would start the silo later.
/// </remarks>
internal sealed partial class ImmediateExit(ILogger<ImmediateExit> logger, IEnumerable<ILoggerProvider> logs) : IFatalErrorHandler
{
    /// <summary>The exit code; the same as for an aborted process.</summary>
    public const int ExitCode = 134;

    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(1), LongestExit = TimeSpan.FromSeconds(2);

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        Ends(logger, sender, context, exception);
        // An exit that hangs, for instance in a native library, becomes an abort.
        new Thread(() =>
        {
            Thread.Sleep(LongestExit);
            Environment.FailFast(context, exception);
        })
        { IsBackground = true }.Start();
        Task.Run(Flush).Wait(LongestFlush);
        Environment.Exit(ExitCode);
    }

    // Log providers write their buffered messages when they are disposed.
    private void Flush()
    {
        foreach (var log in logs) log.Dispose();
    }

    [LoggerMessage(1, LogLevel.Critical, "This silo ends at once, and its supervisor starts it again: {Sender}: {Context}")]
    private static partial void Ends(ILogger logger, object? sender, string? context, Exception? exception);
}
