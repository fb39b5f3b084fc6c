using System.Globalization;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// The subfolder of a run's folder with the finished work of an attempt. Each numbered attempt has its own subfolder, so an earlier
/// attempt that hung and continues writes only files that are no longer read.
/// </summary>
internal static class ProgressFolder
{
    /// <summary>Log of finished strategies. It is written after their events.</summary>
    public const string Finished = "finished.jsonl";

    /// <summary>Log of trials of a search on some of the bars.</summary>
    public const string Stopped = "stopped.jsonl";

    /// <summary>The time at which the first attempt began.</summary>
    public const string Began = "began";

    private const string Name = ".progress";
    private const string Copy = ".copy-";

    /// <param name="attempt">0 = only one attempt of the run exists at a time.</param>
    public static string NameOf(long attempt) =>
        attempt == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{attempt}");

    /// <summary>
    /// Copies the finished work of the newest earlier attempt. Removes the folders of earlier attempts.
    /// </summary>
    /// <exception cref="IOException">
    /// The folder cannot be written, or the earlier attempt ended during the copy; another attempt may succeed.
    /// </exception>
    public static void TakeOver(string run, long attempt)
    {
        if (!Directory.Exists(run)) return;
        var own = Path.Combine(run, NameOf(attempt));
        foreach (var unfinished in Directory.EnumerateDirectories(run, Copy + "*").ToList()) Delete(unfinished);
        if (!Directory.Exists(own) && Earlier(run, attempt) is [var newest, ..])
        {
            // The copy gets its final name at the end, so an interrupted copy is never read.
            var copy = Path.Combine(run, string.Create(CultureInfo.InvariantCulture, $"{Copy}{attempt}"));
            Directory.CreateDirectory(copy);
            // Copies the log of finished strategies first. Their events are already complete, even if the earlier attempt still writes.
            foreach (var file in Directory.EnumerateFiles(newest).OrderBy(f => Path.GetFileName(f) == Finished ? 0 : 1))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            Directory.Move(copy, own);
        }
        RemoveEarlier(run, attempt);
    }

    /// <summary>Removes the folders of earlier attempts.</summary>
    public static void RemoveEarlier(string run, long attempt)
    {
        foreach (var path in Earlier(run, attempt)) Delete(path);
    }

    // Newest first.
    private static List<string> Earlier(string run, long attempt) =>
        [.. Directory.EnumerateDirectories(run, Name + "*").Select(d => (Path: d, Attempt: AttemptOf(d))).Where(d => d.Attempt < attempt)
            .OrderByDescending(d => d.Attempt).Select(d => d.Path)];

    /// <summary>Removes a folder if it exists.</summary>
    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A later attempt has already removed it.
        }
    }

    // A folder with another name counts as later than all attempts, so that it is never removed.
    private static long AttemptOf(string folder) => Path.GetFileName(folder) is var name && name == Name ? 0
        : long.TryParse(name.AsSpan(Math.Min(name.Length, Name.Length + 1)), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number : long.MaxValue;
}
