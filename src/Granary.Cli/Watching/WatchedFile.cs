namespace Granary.Cli.Watching;

/// <summary>Waits until a file has changed.</summary>
/// <remarks>
/// It looks at the file at intervals. Notifications of the system are lost on network folders and at the limit of watches, and name another
/// file if an editor replaces the file by renaming.
/// </remarks>
internal sealed class WatchedFile(string path)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    // Looks until a missing file is reported: an editor that replaces it removes it for a moment.
    private const int LooksUntilGone = 10;

    private (DateTime Written, long Length)? _seen = Look(path);

    /// <summary>Waits for a change, and until no program has written to the file for an interval.</summary>
    /// <param name="gone">Called once if the file is missing.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task ChangedAsync(Action gone, CancellationToken cancellationToken)
    {
        for (var missing = 0; ;)
        {
            var now = Look(path);
            if (now is null)
            {
                if (++missing == LooksUntilGone) gone();
            }
            else if (now != _seen)
            {
                await Task.Delay(s_interval, cancellationToken);
                if (Look(path) == now)
                {
                    _seen = now;
                    return;
                }
                continue;
            }
            else missing = 0;
            await Task.Delay(s_interval, cancellationToken);
        }
    }

    private static (DateTime, long)? Look(string path)
    {
        var file = new FileInfo(path);
        try
        {
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        }
        catch (IOException)
        {
            // It was removed between the two questions, or its network folder is away: both look like a missing file.
            return null;
        }
    }
}
