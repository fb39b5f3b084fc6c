using System.Globalization;
using Granary.Storage.Files;

namespace Granary.Data.Journals;

/// <summary>
/// Keeps a second session off an account's folder: a file that the operating system keeps locked while its process lives.
/// </summary>
internal sealed class FolderLease : IDisposable
{
    private readonly FileStream _lock;

    private FolderLease(FileStream held)
    {
        _lock = held;
    }

    /// <exception cref="LeaseException">Another process, or another session of this one, has it.</exception>
    public static FolderLease Take(string folder, string name, string holder, TimeProvider clock)
    {
        var path = Path.Combine(folder, name + ".lease");
        // Who has it stands in a file beside, which can be read while this one is locked.
        var who = path + ".holder";
        FileStream file;
        try
        {
            file = ExclusiveFile.Open(path);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            throw new LeaseException($"the account in {folder} is traded by {Read(who)}; stop that session first, or give this one another "
                + $"--state");
        }
        File.WriteAllText(who, string.Create(CultureInfo.InvariantCulture,
            $"{holder}, process {Environment.ProcessId} on {Environment.MachineName}, since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z"));
        return new FolderLease(file);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : "another session";
        }
        catch (IOException)
        {
            return "another session";
        }
    }

    public void Dispose() => _lock.Dispose();
}
