using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Storage.Files;

namespace Granary.Application.Audit;

/// <summary>
/// An append-only file with a line of JSON for each change of state. Each line has the hash of the line before, so that a line that is
/// changed, removed or inserted later is found by <see cref="Verify"/>.
/// </summary>
/// <remarks>
/// Several processes may append to one file: who appends holds the lock of a second file, with the ending <c>.lock</c>. The chain does not
/// show that lines at the end were cut off; keep a copy of the newest hash elsewhere to see that.
/// </remarks>
/// <param name="path">The file; made with the first entry.</param>
public sealed class AuditLog(string path, TimeProvider clock)
{
    private const int MostOfLine = 1 << 24;

    // How long another process may append before this one gives up.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Writers of this process wait for their turn here, in order.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The name of the file in the folder of the runs.</summary>
    public const string FileName = ".audit/audit.jsonl";

    /// <summary>Appends an entry; it is on the disk when the call returns.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written.</exception>
    public async Task<AuditEntry> AppendAsync(string who, string what, string target, JsonNode? before, JsonNode? after,
        CancellationToken cancellationToken = default)
    {
        return await ExclusivelyAsync(file =>
        {
            var last = Last(file);
            var entry = new AuditEntry((last?.Sequence ?? 0) + 1, clock.GetUtcNow(), who, what, target, before, after, last?.Hash ?? "",
                "");
            entry = entry with { Hash = HashOf(entry) };
            file.Seek(0, SeekOrigin.End);
            file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, JobJson.Options), (byte)'\n']);
            file.Flush(flushToDisk: true);
            return entry;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes sure that an entry could be appended now.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written.</exception>
    public Task CheckWritableAsync(CancellationToken cancellationToken) => ExclusivelyAsync(_ => true, cancellationToken);

    /// <summary>Entries, the newest first.</summary>
    /// <param name="before">Only those with a smaller sequence number.</param>
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

    /// <summary>Checks the chain.</summary>
    /// <returns>How many entries there are, and the first line that is wrong with the reason; null where all are right.</returns>
    public (long Entries, string? Fault) Verify()
    {
        var (number, previous) = (0L, "");
        foreach (var line in Lines())
        {
            number++;
            if (Parse(line) is not { } entry) return (number, $"{path}, line {number}: this is no entry of an audit log");
            if (entry.Sequence != number || entry.Previous != previous)
                return (number, $"{path}, line {number}: it does not follow the line before; a line was changed, removed or inserted here");
            if (HashOf(entry) != entry.Hash) return (number, $"{path}, line {number}: its content does not have its hash; it was changed");
            previous = entry.Hash;
        }
        return (number, null);
    }

    private static string HashOf(AuditEntry entry) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(entry with { Hash = "" }, JobJson.Options)));

    private IEnumerable<string> Lines()
    {
        if (!File.Exists(path)) yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, JobJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AuditEntry? Last(FileStream file)
    {
        if (file.Length == 0) return null;
        // The last line: from its end back to the line break before.
        for (var size = 1 << 12; ; size <<= 1)
        {
            var from = Math.Max(0, file.Length - size);
            file.Seek(from, SeekOrigin.Begin);
            var tail = new byte[file.Length - from];
            file.ReadExactly(tail);
            var start = tail.AsSpan(0, tail.Length - 1).LastIndexOf((byte)'\n') + 1;
            if (start == 0 && from > 0 && size < MostOfLine) continue;
            return Parse(Encoding.UTF8.GetString(tail.AsSpan(start))) ?? throw new ServiceUnavailableException(
                $"the audit log {path} ends with a damaged line; move the file away after 'granary audit verify {path}'");
        }
    }

    // .NET's locks of files that are shared for reading do not keep a second writer out on Linux, hence the second file.
    private async Task<T> ExclusivelyAsync<T>(Func<FileStream, T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await using var turn = await ExclusiveFile.OpenAsync(path + ".lock", LongestWait, cancellationToken).ConfigureAwait(false);
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            return work(file);
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
