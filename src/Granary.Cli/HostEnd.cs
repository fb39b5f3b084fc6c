namespace Granary.Cli;

/// <summary>The end of a process with a host of jobs and sessions.</summary>
internal static class HostEnd
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Disposes of the host. Work that does not stop in time counts as killed with its process: the next one does it again from
    /// what is stored. The folders stay locked until this process is gone.
    /// </summary>
    /// <param name="code">The exit code of a process that ends here.</param>
    public static async Task DisposeAsync(IAsyncDisposable host, int code)
    {
        var disposal = Task.Run(() => host.DisposeAsync().AsTask());
        if (await Task.WhenAny(disposal, Task.Delay(Longest)) != disposal) Environment.Exit(code);
        await disposal;
    }
}
