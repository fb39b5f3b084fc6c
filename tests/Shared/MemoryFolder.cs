namespace Granary.Testing;

/// <summary>Folders for tests that write thousands of small files, or flush them: in memory where the system has that.</summary>
internal static class MemoryFolder
{
    private const string Memory = "/dev/shm";

    /// <summary>Makes an empty folder. Where temporary files are in memory already, as in test.sh, it is beside them and goes with
    /// them.</summary>
    public static string Create(string prefix) =>
        !Directory.Exists(Memory) || Path.GetTempPath().StartsWith(Memory, StringComparison.Ordinal)
            ? Directory.CreateTempSubdirectory(prefix).FullName
            : Directory.CreateDirectory(Path.Combine(Memory, prefix + Path.GetRandomFileName())).FullName;
}
