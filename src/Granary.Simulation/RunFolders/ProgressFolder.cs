using System.Globalization;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// The folder in a run's folder with what an attempt at the run has finished. Each numbered attempt has its own, so that an earlier one
/// that hung and continues writes into files that nothing reads any more.
/// </summary>
internal static class ProgressFolder
{
    /// <summary>The log of finished strategies. It is written after the events of these strategies.</summary>
    public const string Finished = "finished.jsonl";

    private const string Name = ".progress";

    /// <param name="attempt">0 = the attempts of the run exclude one another.</param>
    public static string NameOf(long attempt) =>
        attempt == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{attempt}");

    /// <summary>Copies what the newest earlier attempt had finished, if the run is resumed, and removes the folders of earlier
    /// ones.</summary>
    /// <exception cref="IOException">The folder cannot be written, or the earlier attempt ended meanwhile; another try may
    /// succeed.</exception>
    public static void TakeOver(string run, long attempt, bool resume)
    {
        if (!Directory.Exists(run)) return;
        var own = Path.Combine(run, NameOf(attempt));
        var earlier = Directory.EnumerateDirectories(run, Name + "*").Select(d => (Path: d, Attempt: AttemptOf(d)))
            .Where(d => d.Attempt < attempt).OrderByDescending(d => d.Attempt).ToList();
        if (resume && !Directory.Exists(own) && earlier is [var newest, ..])
        {
            // A copy that was cut off has another name.
            var copy = Path.Combine(run, string.Create(CultureInfo.InvariantCulture, $".copy-{attempt}"));
            Delete(copy);
            Directory.CreateDirectory(copy);
            // Finished strategies first: their events are there already, also if the earlier attempt still writes.
            foreach (var file in Directory.EnumerateFiles(newest.Path).OrderBy(f => Path.GetFileName(f) == Finished ? 0 : 1))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            Directory.Move(copy, own);
        }
        foreach (var (path, _) in earlier) Delete(path);
    }

    /// <summary>Removes a folder, if it is there.</summary>
    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A later attempt has removed it.
        }
    }

    // A folder of another kind counts as later than all attempts, so that none removes it.
    private static long AttemptOf(string folder) => Path.GetFileName(folder) is var name && name == Name ? 0
        : long.TryParse(name.AsSpan(Math.Min(name.Length, Name.Length + 1)), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number : long.MaxValue;
}
