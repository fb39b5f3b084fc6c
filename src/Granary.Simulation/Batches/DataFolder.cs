using System.Text;
using Granary.Storage.Files;

namespace Granary.Simulation.Batches;

/// <summary>
/// The folder from which relative paths in the files of a run start. A confined server writes them relative to its data folder, and notes
/// that folder in its folder of runs, where the command line finds it. A folder without the note is the base of its own files.
/// </summary>
internal static class DataFolder
{
    private const string Note = ".data";

    /// <summary>Notes the data folder of a folder of runs, relative to it, so both can be moved together.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(string runs, string data)
    {
        Directory.CreateDirectory(runs);
        AtomicFile.Write(Path.Combine(runs, Note), Encoding.UTF8.GetBytes(Path.GetRelativePath(runs, data)), AtomicFile.OwnerOnly);
    }

    /// <summary>Returns the base folder of the files in a folder.</summary>
    /// <param name="run">The folder of a run, which has a manifest; another folder is the base of its files.</param>
    public static string Of(string run)
    {
        var folder = Path.GetFullPath(run);
        return File.Exists(Path.Combine(folder, "manifest.json"))
            && Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) is { } runs
            && Path.Combine(runs, Note) is var note && File.Exists(note) ? Path.GetFullPath(File.ReadAllText(note), runs) : folder;
    }
}
