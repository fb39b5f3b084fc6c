using System.Text.Json;
using Granary.Engine;
using Granary.Storage.Files;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>The files of a server's sessions: <c>RUNS/.sessions/ACCOUNT.json</c>, each written atomically.</summary>
internal static class SessionFile
{
    private const string Folder = ".sessions";

    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(string runs, StoredSession session) =>
        AtomicFile.Write(Path.Combine(Directory.CreateDirectory(Path.Combine(runs, Folder)).FullName, session.View.Id + ".json"),
            JsonSerializer.SerializeToUtf8Bytes(session, SessionControl.Json), AtomicFile.OwnerOnly);

    /// <summary>Returns all sessions, sorted by account.</summary>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static IEnumerable<StoredSession> ReadAll(string runs)
    {
        var folder = Path.Combine(runs, Folder);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read) : [];
    }

    private static StoredSession Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredSession>(File.ReadAllBytes(path), SessionControl.Json)
                ?? throw new JsonException("the file is empty");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InputException($"{path} cannot be read ({e.Message}); put back a copy of it, or remove it and start the session "
                + "again on its account", e);
        }
    }
}
