using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Audit;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Server.Audit;

/// <summary>
/// An append-only file with one line of JSON for each change of state. Each line contains the hash of the previous line, so
/// <see cref="Verify"/> finds lines that were changed, removed or inserted.
/// </summary>
/// <remarks>
/// Several processes may append to one file; a writer locks a second file with the extension <c>.lock</c>. A third one, <c>.head</c>, has
/// the newest entry, so missing lines at the end are detected. A started operation has a file in the folder <c>.open</c> until its
/// entry is appended.
/// </remarks>
/// <param name="path">The log file, which is created with the first entry.</param>
internal sealed class AuditLog(string path, TimeProvider clock)
{
    // The timeout for waiting on another process's lock.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Queues the writers of this process in order.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The file's path within the folder of the runs.</summary>
    public const string FileName = ".audit/audit.jsonl";

    /// <summary>Appends an entry, which is on the disk when the call returns.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written, or was truncated.</exception>
    public Task<AuditEntry> AppendAsync(string who, string what, string target, JsonNode? before, JsonNode? after,
        CancellationToken cancellationToken = default) =>
        ExclusivelyAsync(turn => turn.Append(turn.Next(who, what, target, before, after)), cancellationToken);

    /// <summary>Records the start of an operation, before it changes anything.</summary>
    /// <exception cref="ServiceUnavailableException">The log cannot be written, or was truncated.</exception>
    public Task<AuditIntent> BeginAsync(string who, string what, string target, JsonNode? before, CancellationToken cancellationToken)
    {
        var intent = new AuditIntent(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), who, what, Address.HideIn(target),
            AuditSecrets.HideIn(before));
        return ExclusivelyAsync(_ =>
        {
            Directory.CreateDirectory(OpenFolder);
            AtomicFile.Write(FileOf(intent), JsonSerializer.SerializeToUtf8Bytes(intent, JobJson.Options));
            return intent;
        }, cancellationToken);
    }

    /// <summary>Appends the entry of a started operation.</summary>
    /// <param name="target">The target of the operation, which may be known only afterwards.</param>
    /// <param name="interrupted">Whether the process ended during the operation.</param>
    /// <exception cref="ServiceUnavailableException">The file cannot be written.</exception>
    public Task CompleteAsync(AuditIntent intent, string target, JsonNode? after, bool interrupted = false) => ExclusivelyAsync(turn =>
    {
        // A process may have ended between writing its entry and removing the file.
        if (!interrupted || !Lines().Any(line => Parse(line)?.Operation == intent.Id))
            turn.Append(turn.Next(intent.Who, intent.What, target, intent.Before, after, intent.Id, interrupted));
        File.Delete(FileOf(intent));
        return true;
    }, CancellationToken.None);

    /// <summary>Removes a started operation that changed nothing.</summary>
    public void Withdraw(AuditIntent intent) => File.Delete(FileOf(intent));

    /// <summary>Returns operations that have started and not ended, oldest first.</summary>
    /// <exception cref="InputException">The file of an operation is damaged.</exception>
    public IReadOnlyList<AuditIntent> Open() => !Directory.Exists(OpenFolder) ? []
        : [.. Directory.EnumerateFiles(OpenFolder, "*.json").Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal)
            .Select(ReadIntent)];

    /// <summary>Returns entries, newest first.</summary>
    /// <param name="before">Return only entries with a smaller sequence number.</param>
    public IReadOnlyList<AuditEntry> Newest(long before, int limit)
    {
        var kept = new Queue<AuditEntry>();
        foreach (var line in Lines())
        {
            var entry = Parse(line);
            if (entry is null || entry.Sequence >= before) continue;
            kept.Enqueue(entry);
            if (kept.Count > limit) kept.Dequeue();
        }
        return [.. kept.Reverse()];
    }

    /// <summary>Verifies the chain of hashes.</summary>
    /// <returns>The number of entries, and the first faulty line with the reason; null if there is none.</returns>
    /// <exception cref="InputException">The head file is damaged.</exception>
    public (long Entries, string? Fault) Verify()
    {
        var (entries, fault, awaits) = VerifyOnce();
        if (!awaits) return (entries, fault);
        // A writer may be between the head and the line, or a process may have ended there. While it writes, it has the lock.
        using var turn = ExclusiveFile.Open(path + ".lock", LongestWait);
        (entries, fault, awaits) = VerifyOnce();
        return (entries, fault ?? (awaits ? $"{path} ends at entry {entries}, and {path}.head holds entry {entries + 1}: its line was cut "
            + "off, or a process ended before it wrote the line; the next entry writes it first" : null));
    }

    // The last value is whether the log lacks exactly the entry that its head holds.
    private (long Entries, string? Fault, bool AwaitsHead) VerifyOnce()
    {
        var head = AuditHead.Read(path);
        var (number, previous) = (0L, (AuditEntry?)null);
        AuditEntry? atHead = null;
        foreach (var line in RawLines())
        {
            number++;
            if (AuditLogLock.Parse(line) is not { } entry)
                return (number, $"{path}, line {number}: this is not an entry of an audit log", false);
            if (entry.Sequence != number || entry.Previous != (previous?.Hash ?? ""))
                return (number, $"{path}, line {number}: it does not follow the line before; a line was changed, removed or inserted "
                    + "here", false);
            if (AuditLogLock.HashOf(entry) != entry.Hash)
                return (number, $"{path}, line {number}: its content does not have its hash; it was changed", false);
            // The hash is that of the entry as it is read, so a member that is there twice, or a blank, does not show in it.
            if (!line.AsSpan().SequenceEqual(AuditLogLock.LineOf(entry)))
                return (number, $"{path}, line {number}: its bytes are not those that were written; it was changed", false);
            if (number == head?.Sequence) atHead = entry;
            previous = entry;
        }
        // Writers may have appended entries since the head was read.
        var last = atHead ?? previous;
        return (number, AuditHead.FaultOf(path, head, last), head is not null && AuditLogLock.Follows(head, last));
    }

    private string OpenFolder => path + ".open";

    private string FileOf(AuditIntent intent) => Path.Combine(OpenFolder, intent.Id + ".json");

    private static AuditIntent ReadIntent(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditIntent>(File.ReadAllBytes(file), JobJson.Options)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InputException($"{file} is damaged ({e.Message.TrimEnd('.')}): it holds an operation that was interrupted; put back "
                + "a copy, or remove it", e);
        }
    }

    private IEnumerable<string> Lines()
    {
        if (!File.Exists(path)) yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line) yield return line;
    }

    // The lines as they stand in the file, each with its line feed, which the last one may lack.
    private IEnumerable<byte[]> RawLines()
    {
        if (!File.Exists(path)) yield break;
        using var file = new BufferedStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), 1 << 16);
        var line = new List<byte>();
        for (var next = file.ReadByte(); next >= 0; next = file.ReadByte())
        {
            line.Add((byte)next);
            if (next != '\n') continue;
            yield return [.. line];
            line.Clear();
        }
        if (line.Count > 0) yield return [.. line];
    }

    private static AuditEntry? Parse(string line) => AuditLogLock.Parse(Encoding.UTF8.GetBytes(line));

    /// <summary>Runs work while no other process or thread can append.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written, or was truncated.</exception>
    /// <remarks>
    /// On Linux, .NET's lock of a file that is shared for reading does not exclude a second writer, hence the second file.
    /// </remarks>
    public async Task<T> ExclusivelyAsync<T>(Func<AuditLogLock, T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await using var turn = await ExclusiveFile.OpenAsync(path + ".lock", LongestWait, cancellationToken).ConfigureAwait(false);
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            return work(new AuditLogLock(path, file, clock));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceUnavailableException($"the audit log {path} cannot be written ({e.Message.TrimEnd('.')}); make room, or give "
                + "the user of this process the right", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
