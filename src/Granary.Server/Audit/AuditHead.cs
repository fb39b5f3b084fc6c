using System.Text.Json;
using Granary.Contracts.Audit;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Server.Audit;

/// <summary>The newest entry of an audit log, in a separate file, which reveals that lines at the end of the log are missing.</summary>
internal static class AuditHead
{
    private static string FileOf(string log) => log + ".head";

    /// <returns>Null if the file does not exist.</returns>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static AuditEntry? Read(string log)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(FileOf(log));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return AuditLogLock.Parse(bytes) is { } entry && AuditLogLock.HashOf(entry) == entry.Hash ? entry
            : throw new InputException($"{FileOf(log)} is damaged: it does not hold the newest entry of {log}; put back a copy");
    }

    public static void Write(string log, AuditEntry entry) =>
        AtomicFile.Write(FileOf(log), JsonSerializer.SerializeToUtf8Bytes(entry, JobJson.Options));

    /// <summary>Returns the fault of a log that ends with an entry; null if the head is that entry or the next one.</summary>
    public static string? FaultOf(string log, AuditEntry? head, AuditEntry? last)
    {
        if (head?.Hash == last?.Hash || head is not null && AuditLogLock.Follows(head, last)) return null;
        if (head is null) return $"{FileOf(log)} is missing: without it nothing shows whether lines at the end of {log} were cut off";
        var end = $"{log} ends at entry {last?.Sequence ?? 0}, and {FileOf(log)} holds entry {head.Sequence}";
        return head.Sequence > (last?.Sequence ?? 0) ? $"{end}: lines at the end were cut off" : $"{end}: one of them was replaced";
    }
}
